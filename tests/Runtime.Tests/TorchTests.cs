using System.Runtime.CompilerServices;
using Proxima.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Tensor = Proxima.Tensor;

namespace Proxima.Tests;

/// <summary>Sharing memory with torch, and networks as torch modules.</summary>
[Collection("Torch")]
public sealed class TorchTests
{
    // ---- a network and its functions such as the generator prints them ----

    private sealed class Affine(int inputs, int outputs) : Network
    {
        private Tensor _weight = null!;

        public Tensor Weight => _weight;

        protected override void Visit(NetworkVisitor visitor)
            => visitor.Parameter("Weight", ref _weight, DType.Float32, Init.KaimingUniform, [inputs, outputs]);
    }

    /// <summary>tanh(x W0) W1, scaled by a buffer.</summary>
    private sealed class Perceptron(int inputs, int hidden, int outputs) : Network
    {
        public readonly Affine First = new(inputs, hidden);
        public readonly Affine[] Blocks = [new(hidden, outputs), new(hidden, outputs)];
        private Tensor _bias = null!, _scale = null!;

        public Tensor Bias => _bias;

        public Tensor Scale => _scale;

        protected override void Visit(NetworkVisitor visitor)
        {
            visitor.Parameter("Bias", ref _bias, DType.Float32, Init.Zeros, [outputs]);
            visitor.Parameter("Scale", ref _scale, DType.Float32, Init.Ones, [], isBuffer: true);
            visitor.Child("first", First);
            visitor.Children("blocks", Blocks);
        }

        private static float[] Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int m, int n, int k)
        {
            var c = new float[m * n];
            for (var i = 0; i < m; i++)
                for (var l = 0; l < k; l++)
                    for (var j = 0; j < n; j++)
                        c[i * n + j] += a[i * k + l] * b[l * n + j];
            return c;
        }

        private static float[] Transposed(ReadOnlySpan<float> a, int m, int n)
        {
            var t = new float[m * n];
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                    t[j * m + i] = a[i * n + j];
            return t;
        }

        /// <summary>Outputs: the hidden units, the scaled result of block 0 plus bias, and the row-wise sign count as integers.</summary>
        public sealed class Forward(Perceptron network) : ITorchFunction
        {
            public int Calls { get; private set; }

            public Exception? Fault { get; set; }

            private (int Batch, int Inputs, int Hidden, int Outputs) Sizes(Tensor x)
            {
                var (inputs, hidden, outputs) = (network.First.Weight.Dim(0), network.First.Weight.Dim(1), network.Bias.Dim(0));
                if (x.DType != DType.Float32 || x.Rank != 2 || x.Dim(1) != inputs)
                    throw new ArgumentException($"Forward: x is {x.DType} {string.Join("x", x.Shape.ToArray())}, not [b, {inputs}].");
                return (x.Dim(0), inputs, hidden, outputs);
            }

            Tensor[] ITorchFunction.Forward(Tensor[] inputs)
            {
                Calls++;
                var (b, n, h, o) = Sizes(inputs[0]);
                var hidden = Array.ConvertAll(Product(inputs[0].AsSpan<float>(), network.First.Weight.AsSpan<float>(), b, h, n), MathF.Tanh);
                var result = Product(hidden, network.Blocks[0].Weight.AsSpan<float>(), b, o, h);
                var scale = network.Scale.Item<float>();
                for (var i = 0; i < result.Length; i++)
                    result[i] = scale * result[i] + network.Bias.AsSpan<float>()[i % o];
                return [Tensor.From(hidden, b, h), Tensor.From(result, b, o), Tensor.From(Array.ConvertAll(result, v => v > 0 ? 1L : 0), b, o)];
            }

            public void Backward(Tensor[] inputs, Tensor[] cotangents, Tensor?[] inputGradients, Gradients gradients)
            {
                if (Fault is not null) throw Fault;
                var (b, n, h, o) = Sizes(inputs[0]);
                var hidden = Array.ConvertAll(Product(inputs[0].AsSpan<float>(), network.First.Weight.AsSpan<float>(), b, h, n), MathF.Tanh);
                var scale = network.Scale.Item<float>();
                var scaled = Array.ConvertAll(cotangents[1].ToArray<float>(), v => scale * v);
                Product(Transposed(hidden, b, h), scaled, h, o, b).CopyTo(gradients.Of("blocks.0.Weight").AsSpan<float>());
                var bias = gradients.Of("Bias").AsSpan<float>();
                for (var i = 0; i < b * o; i++)
                    bias[i % o] += cotangents[1].AsSpan<float>()[i];
                var inner = Product(scaled, Transposed(network.Blocks[0].Weight.AsSpan<float>(), h, o), b, h, o);
                for (var i = 0; i < b * h; i++)
                    inner[i] = (inner[i] + cotangents[0].AsSpan<float>()[i]) * (1 - hidden[i] * hidden[i]);
                Product(Transposed(inputs[0].AsSpan<float>(), b, n), inner, n, h, b).CopyTo(gradients.Of("first.Weight").AsSpan<float>());
                if (inputGradients[0] is { } into)
                    Product(inner, Transposed(network.First.Weight.AsSpan<float>(), n, h), b, n, h).CopyTo(into.AsSpan<float>());
            }
        }
    }

    private sealed class Module : TorchNetwork
    {
        public Module(Perceptron inner) : base("Perceptron", inner) => Function = new Perceptron.Forward(inner);

        public Perceptron.Forward Function { get; }

        public torch.Tensor[] Forward(torch.Tensor x) => Apply(Function, x);
    }

    private sealed class Layer : TorchLayer
    {
        private readonly Perceptron.Forward _function;

        public Layer(Perceptron inner) : base("Perceptron", inner) => _function = new(inner);

        public override torch.Tensor forward(torch.Tensor x) => Apply(_function, x)[1];
    }

    private sealed class Identity(Network network) : ITorchFunction
    {
        public Tensor[] Forward(Tensor[] inputs) => [inputs[0], network.Parameters[0].Value.View(0, network.Parameters[0].Value.Shape)];

        public void Backward(Tensor[] inputs, Tensor[] cotangents, Tensor?[] inputGradients, Gradients gradients) => inputGradients[0]?.CopyFrom(cotangents[0]);
    }

    private sealed class IdentityModule(Network inner) : TorchNetwork("Identity", inner)
    {
        public torch.Tensor[] Forward(torch.Tensor x) => Apply(new Identity(Inner), x);
    }

    private static float[] Values(torch.Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    /// <summary>The same network in torch's own operations.</summary>
    private static (torch.Tensor Hidden, torch.Tensor Result) Oracle(torch.Tensor x, torch.Tensor first, torch.Tensor block, torch.Tensor bias, float scale)
    {
        var hidden = x.matmul(first).tanh();
        return (hidden, scale * hidden.matmul(block) + bias);
    }

    // ---- memory ----

    [Fact]
    public void TorchSeesTheSameMemory()
    {
        var ours = Tensor.From<float>([1, 2, 3, 4, 5, 6], 2, 3);
        using var theirs = ours.ToTorch();
        Assert.Equal([2, 3], theirs.shape);
        Assert.Equal(ScalarType.Float32, theirs.dtype);
        ours.AsSpan<float>()[4] = 50;
        Assert.Equal(50, theirs[1, 1].item<float>());
        theirs.mul_(2);
        Assert.Equal([2f, 4, 6, 8, 100, 12], ours.ToArray<float>());
    }

    [Fact]
    public void ProximaSeesTheSameMemory()
    {
        using var theirs = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        var ours = theirs.ToProxima();
        Assert.Equal([2, 3], ours.Shape.ToArray());
        ours.AsSpan<float>()[5] = -1;
        Assert.Equal(-1, theirs[1, 2].item<float>());
        var row = theirs[1].ToProxima(); // a view that starts further on
        Assert.Equal([3f, 4, -1], row.ToArray<float>());
    }

    [Theory, InlineData(DType.Float32), InlineData(DType.Float64), InlineData(DType.Int64), InlineData(DType.Bool)]
    public void EveryTypeAndShapeGoesBothWays(DType dtype)
    {
        foreach (var shape in new int[][] { [], [0], [3], [2, 0, 4], [2, 3, 4] })
        {
            var ours = Tensor.Ones(shape, dtype);
            using var theirs = ours.ToTorch();
            Assert.Equal(shape.Select(size => (long)size), theirs.shape);
            Assert.Equal(ours.Length, theirs.sum().to_type(ScalarType.Float64).item<double>());
            var back = theirs.ToProxima();
            Assert.Equal(dtype, back.DType);
            Assert.Equal(shape, back.Shape.ToArray());
            Assert.Equal(ours.ToString(), back.ToString());
        }
    }

    [Fact]
    public void WhatIsNotRowMajorIsCopied()
    {
        using var theirs = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        using var transposed = theirs.t();
        var ours = transposed.ToProxima();
        Assert.Equal([0f, 3, 1, 4, 2, 5], ours.ToArray<float>());
        ours.AsSpan<float>()[0] = 9;
        Assert.Equal(0, theirs[0, 0].item<float>());
        using var expanded = ones(1).expand(4);
        Assert.Equal([1f, 1, 1, 1], expanded.ToProxima().ToArray<float>());
    }

    [Fact]
    public void OtherElementTypesAndLayoutsAreRefused()
    {
        using var half = ones(2, dtype: ScalarType.Float16);
        Assert.Contains("Float16", Assert.Throws<NotSupportedException>(() => half.ToProxima()).Message);
        using var sparse = ones(2, 2).to_sparse();
        Assert.Contains("sparse", Assert.Throws<NotSupportedException>(() => sparse.ToProxima()).Message);
    }

    [Fact]
    public void MemoryLivesAsLongAsEitherSideUsesIt()
    {
        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static torch.Tensor Lend(int i) => Tensor.Full([1000], i).ToTorch();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor Borrow(int i)
        {
            using var scope = NewDisposeScope();
            return full(1000, i, dtype: ScalarType.Float32).ToProxima();
        }

        var lent = new List<torch.Tensor>();
        var borrowed = new List<Tensor>();
        for (var i = 0; i < 50; i++)
        {
            lent.Add(Lend(i));
            borrowed.Add(Borrow(i));
            if (i % 10 == 0) Collect();
        }
        for (var i = 0; i < 50; i++) // memory given back too early would be used again here
        {
            _ = Lend(-1);
            _ = Borrow(-1);
        }
        Collect();
        for (var i = 0; i < 50; i++)
        {
            Assert.All(Values(lent[i]), value => Assert.Equal(i, value));
            Assert.All(borrowed[i].ToArray<float>(), value => Assert.Equal(i, value));
        }
        foreach (var tensor in lent) tensor.Dispose();
        Assert.All(borrowed[7].ToArray<float>(), value => Assert.Equal(7, value));
    }

    [Fact]
    public void LoansAreReturned()
    {
        var ours = Tensor.Ones(10);
        var before = TorchConversions.Lent;
        var first = ours.ToTorch();
        var second = ours.ToTorch();
        var view = first[0];
        Assert.Equal(before + 2, TorchConversions.Lent);
        first.Dispose();
        second.Dispose();
        Assert.Equal(before + 1, TorchConversions.Lent);
        view.Dispose();
        Assert.Equal(before, TorchConversions.Lent);
    }

    // ---- modules ----

    [Fact]
    public void ParametersKeepTheirNamesAndMemory()
    {
        var inner = new Perceptron(3, 4, 2);
        using var module = new Module(inner);
        Assert.Equal(["Bias", "Scale", "blocks.0.Weight", "blocks.1.Weight", "first.Weight"], module.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["Bias", "blocks.0.Weight", "blocks.1.Weight", "first.Weight"], module.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
        using (no_grad())
            foreach (var (name, parameter) in module.named_parameters())
            {
                parameter.fill_(name.Length);
                Assert.All(inner.Find(name).ToArray<float>(), value => Assert.Equal(name.Length, value));
            }
    }

    [Fact]
    public void StateMovesBetweenModules()
    {
        Perceptron source = new(3, 4, 2), byState = new(3, 4, 2), byFile = new(3, 4, 2);
        source.Initialize(seed: 5);
        source.Scale.Fill(3);
        using var from = new Module(source);
        using var to = new Module(byState);
        using var loaded = new Module(byFile);
        to.load_state_dict(from.state_dict());
        using var stream = new MemoryStream();
        from.save(stream); // closes the stream
        loaded.load(new MemoryStream(stream.ToArray()));
        foreach (var parameter in source.Parameters)
        {
            Assert.Equal(parameter.Value.ToArray<float>(), byState.Find(parameter.Name).ToArray<float>());
            Assert.Equal(parameter.Value.ToArray<float>(), byFile.Find(parameter.Name).ToArray<float>());
        }
    }

    [Fact]
    public void AModuleStaysWhereItsNetworkIs()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        module.to(CPU);
        module.to(ScalarType.Float32);
        Assert.Contains("Float32", Assert.Throws<NotSupportedException>(() => module.to(ScalarType.Float64)).Message);
        Assert.Throws<NotSupportedException>(() => module.to(DeviceType.META));
        using var nested = nn.Sequential(("layer", new Layer(new Perceptron(3, 4, 2))));
        Assert.Throws<NotSupportedException>(() => nested.to(ScalarType.Float64));
        Assert.All(module.parameters().Concat(nested.parameters()), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
    }

    // ---- autograd ----

    [Fact]
    public void GradientsReachInputsAndParameters()
    {
        manual_seed(1);
        var inner = new Perceptron(3, 4, 2);
        inner.Scale.Fill(1.5);
        using var module = new Module(inner);
        using var x = randn(5, 3, requires_grad: true);
        using var y = x.detach().clone().requires_grad_();
        using var first = inner.First.Weight.Clone().ToTorch().requires_grad_();
        using var block = inner.Blocks[0].Weight.Clone().ToTorch().requires_grad_();
        using var bias = inner.Bias.Clone().ToTorch().requires_grad_();
        using var u = randn(5, 4);
        using var v = randn(2, 5).t(); // its products have gradients in an order of their own

        var outputs = module.Forward(x);
        (outputs[0] * u).sum().add((outputs[1] * v).sum()).backward();
        var (hidden, result) = Oracle(y, first, block, bias, 1.5f);
        (hidden * u).sum().add((result * v).sum()).backward();

        Assert.True(outputs[0].allclose(hidden) && outputs[1].allclose(result));
        Assert.Equal(ScalarType.Int64, outputs[2].dtype);
        Assert.False(outputs[2].requires_grad);
        Assert.True(x.grad!.allclose(y.grad!, atol: 1e-5));
        var named = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.True(named["first.Weight"].grad!.allclose(first.grad!, atol: 1e-5));
        Assert.True(named["blocks.0.Weight"].grad!.allclose(block.grad!, atol: 1e-5));
        Assert.True(named["Bias"].grad!.allclose(bias.grad!, atol: 1e-5));
        Assert.All(Values(named["blocks.1.Weight"].grad!), value => Assert.Equal(0, value));
    }

    [Fact]
    public void GradientsAddUpOverPasses()
    {
        var inner = new Perceptron(3, 4, 2);
        using var module = new Module(inner);
        using var x = randn(5, 3);
        module.Forward(x)[1].sum().backward();
        var once = Values(inner.Bias.ToTorch()); // values stay
        var parameter = module.named_parameters().First(p => p.name == "first.Weight").parameter;
        var first = Values(parameter.grad!);
        module.Forward(x)[1].sum().backward();
        Assert.Equal(first.Select(g => 2 * g), Values(parameter.grad!));
        Assert.Equal(once, inner.Bias.ToArray<float>());
    }

    [Fact]
    public void AnUnusedOutputAndAnExpandedCotangentAreFine()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3, requires_grad: true);
        module.Forward(x)[0].sum().backward(); // the cotangent of sum() has stride 0
        Assert.True(x.grad!.isfinite().all().item<bool>());
        Assert.All(Values(module.named_parameters().First(p => p.name == "Bias").parameter.grad!), value => Assert.Equal(0, value));
    }

    [Fact]
    public void AdamTrainsTheNetwork()
    {
        manual_seed(2);
        using var layer = new Layer(new Perceptron(3, 16, 1));
        using var model = nn.Sequential(("layer", layer));
        using var adam = optim.Adam(model.parameters(), lr: 2e-2);
        using var x = randn(64, 3);
        using var target = x.sum(1, keepdim: true).sin();
        double start = 0, end = 0;
        for (var step = 0; step < 150; step++)
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            var loss = (model.forward(x) - target).pow(2).mean();
            loss.backward();
            adam.step();
            end = loss.item<float>();
            if (step == 0) start = end;
        }
        Assert.True(end < 0.05 * start, $"{start} -> {end}");
    }

    [Fact]
    public void WithoutGradientsThereIsNoGraph()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3);
        using (no_grad())
            Assert.False(module.Forward(x)[1].requires_grad);
        Assert.True(module.Forward(x)[1].requires_grad);
    }

    [Fact]
    public void AWrongShapeIsAnExceptionAndNothingIsLost()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var wrong = randn(5, 4);
        Assert.Contains("[b, 3]", Assert.Throws<ArgumentException>(() => module.Forward(wrong)).Message);
        using var right = randn(0, 3);
        var outputs = module.Forward(right);
        Assert.Equal([0, 2], outputs[1].shape);
        outputs[1].sum().backward();
    }

    [Fact]
    public void AFailingBackwardPassGivesNaNAndSpeaksUpAtTheNextCall()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3, requires_grad: true);
        module.Function.Fault = new TimeoutException("broken");
        module.Forward(x)[1].sum().backward();
        Assert.All(Values(x.grad!), value => Assert.Equal(float.NaN, value));
        module.Function.Fault = null;
        Assert.IsType<TimeoutException>(Assert.Throws<InvalidOperationException>(() => module.Forward(x)).InnerException);
        x.grad!.zero_();
        module.Forward(x)[1].sum().backward();
        Assert.True(x.grad.isfinite().all().item<bool>());
    }

    [Fact]
    public void AParameterChangedBeforeTheBackwardPassIsNoticed()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3, requires_grad: true);
        var outputs = module.Forward(x);
        using (no_grad())
            module.named_parameters().First(p => p.name == "first.Weight").parameter.mul_(2);
        outputs[1].sum().backward();
        Assert.All(Values(x.grad!), value => Assert.Equal(float.NaN, value));
        Assert.Throws<InvalidOperationException>(() => module.Forward(x));
    }

    [Fact]
    public void ASecondDerivativeIsRefused()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3, requires_grad: true);
        var gradient = autograd.grad([module.Forward(x)[1].sum()], [x], create_graph: true)[0];
        Assert.True(gradient.isfinite().all().item<bool>());
        Assert.True(autograd.grad([gradient.sum()], [x])[0].isnan().all().item<bool>());
        Assert.IsType<NotSupportedException>(Assert.Throws<InvalidOperationException>(() => module.Forward(x)).InnerException);
    }

    [Fact]
    public void AResultNeverSharesMemoryWithItsInputs()
    {
        using var module = new IdentityModule(new Affine(2, 2));
        using var x = randn(3, requires_grad: true);
        var outputs = module.Forward(x);
        outputs[0].sum().backward();
        Assert.All(Values(x.grad!), value => Assert.Equal(1, value));
        using (no_grad())
        {
            outputs[0].fill_(7);
            outputs[1].fill_(7);
        }
        Assert.DoesNotContain(7f, Values(x));
        Assert.DoesNotContain(7f, module.Inner.Parameters[0].Value.ToArray<float>());
    }

    [Fact]
    public void StepsLeaveNothingBehind()
    {
        using var module = new Module(new Perceptron(3, 4, 2));
        using var x = randn(5, 3, requires_grad: true);
        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                module.Forward(x)[1].sum().backward();
            }
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        Steps(20);
        var (tensors, lent) = (torch.Tensor.TotalCount, TorchConversions.Lent);
        Steps(500);
        Assert.InRange(torch.Tensor.TotalCount, 0, tensors + 20);
        Assert.InRange(TorchConversions.Lent, 0, lent + 20);
    }
}
