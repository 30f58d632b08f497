using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>Generated Gpu classes on an OpenCL device, against the reference.</summary>
[Collection(OpenClDevice.Name)]
public sealed class GpuTests
{
    private const string Lista =
        """
        [Network]
        public partial class Lista(int m, int n, int layers = 4)
        {
            [Parameter("m n")] public partial Tensor Encoder { get; }
            [Parameter("n n")] public partial Tensor Inhibition { get; }
            [Parameter("layers", Init = 0.1)] public partial Tensor Threshold { get; }

            [return: Shape("b n")]
            public virtual Tensor Forward([Shape("b m")] Tensor y)
            {
                var c = MatMul(y, Encoder);
                var x = SoftThreshold(c, Threshold[0]);
                for (var k = 1; k < layers; k++)
                    x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
                return x;
            }

            [return: Shape("")]
            public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));

            [Gradient(of: nameof(Loss))]
            public virtual partial Gradients LossGradient(Tensor y, Tensor target);
        }
        """;

    /// <summary>A network on both sides with the same parameters.</summary>
    private static (dynamic Reference, dynamic Gpu) Both(string source, string name, params object[] sizes)
    {
        var type = GeneratorHarness.Run(source).Load().GetType(name)!;
        dynamic reference = Activator.CreateInstance(type, sizes)!;
        dynamic gpu = Activator.CreateInstance(type.GetNestedType("Gpu")!, [OpenClDevice.Accelerator, .. sizes])!;
        reference.Initialize(5UL);
        ((Network)reference).CopyTo((Network)gpu);
        return (reference, gpu);
    }

    private static Tensor Random(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.AsSpan<float>()) value = random.NextSingle() * 4 - 2;
        return tensor;
    }

    private static void Close(Tensor expected, Tensor actual, float tolerance = 1e-5f)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Assert.Equal(expected.DType, actual.DType);
        if (expected.DType == DType.Int64)
        {
            Assert.Equal(expected.ToArray<long>(), actual.ToArray<long>());
            return;
        }
        if (expected.DType == DType.Bool)
        {
            Assert.Equal(expected.ToArray<bool>(), actual.ToArray<bool>());
            return;
        }
        var (x, y) = (expected.ToArray<float>(), actual.ToArray<float>());
        for (var i = 0; i < x.Length; i++)
            Assert.True(x[i].Equals(y[i]) || Math.Abs(x[i] - y[i]) <= tolerance * Math.Max(1, Math.Abs(x[i])), $"element {i} is {y[i]} instead of {x[i]}");
    }

    private static void Close(Network network, Gradients expected, Gradients actual)
    {
        Close(expected.Value, actual.Value);
        foreach (var parameter in network.Parameters) Close(expected.Of(parameter.Name), actual.Of(parameter.Name));
    }

    [Fact]
    public void UnrolledNetworkAndItsGradient()
    {
        var (reference, gpu) = Both(Lista, "Lista", 5, 70, 4);
        foreach (var batch in new[] { 3, 0, 65 })
        {
            Tensor y = Random(1, batch, 5), target = Random(2, batch, 70);
            Close(reference.Forward(y), gpu.Forward(y));
            if (batch > 0) Close((Network)reference, (Gradients)reference.LossGradient(y, target), (Gradients)gpu.LossGradient(y, target));
        }
    }

    [Fact]
    public void WritesIntoDestinationsAndSeesNewParameters()
    {
        var (reference, gpu) = Both(Lista, "Lista", 5, 6, 3);
        var y = Random(1, 4, 5);
        var into = Tensor.Zeros(4, 6);
        gpu.Forward(y, into);
        Close(reference.Forward(y), into);
        foreach (var network in new Network[] { reference, gpu }) network.Find("Encoder").AsSpan<float>().Fill(0.25f);
        gpu.Forward(y, into);
        Close(reference.Forward(y), into);
        Assert.Throws<ArgumentException>(() => { gpu.Forward(y, Tensor.Zeros(5, 6)); });
        Assert.Throws<ArgumentException>(() => gpu.Forward(Random(1, 4, 6)));
    }

    [Fact]
    public void ClassifierAndItsGradient()
    {
        var (reference, gpu) = Both(
            """
            [Network]
            public partial class Classifier(int inputs, int hidden, int classes)
            {
                [Parameter("inputs hidden")] public partial Tensor First { get; }
                [Parameter("hidden")] public partial Tensor Bias { get; }
                [Parameter("hidden classes")] public partial Tensor Second { get; }

                [return: Shape("b classes")]
                public virtual Tensor Forward([Shape("b inputs")] Tensor x) => Softmax(MatMul(Tanh(MatMul(x, First) + Bias), Second), dim: -1);

                [return: Shape("")]
                public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b classes")] Tensor target)
                    => -Mean(Sum(target * LogSoftmax(MatMul(Tanh(MatMul(x, First) + Bias), Second), dim: -1), dim: -1));

                [Gradient(of: nameof(Loss))]
                public virtual partial Gradients LossGradient(Tensor x, Tensor target);

                [return: Shape("b", DType.Int64)]
                public virtual Tensor Classify([Shape("b inputs")] Tensor x) => ArgMax(Forward(x), dim: -1);
            }
            """, "Classifier", 6, 20, 300);
        Tensor x = Random(1, 7, 6), target = Ops.Softmax(Random(2, 7, 300), dim: -1);
        Close(reference.Forward(x), gpu.Forward(x));
        Close(reference.Classify(x), gpu.Classify(x));
        Close((Network)reference, (Gradients)reference.LossGradient(x, target), (Gradients)gpu.LossGradient(x, target));
    }

    [Fact]
    public void RowsNormaliseAndReduce()
    {
        var (reference, gpu) = Both(
            """
            [Network]
            public partial class Rows(int n)
            {
                [Parameter("n", Init = 1.5)] public partial Tensor Scale { get; }
                [Parameter("n", Init = 0.5)] public partial Tensor Shift { get; }

                [return: Shape("b n")]
                public virtual Tensor Normalise([Shape("b n")] Tensor x)
                {
                    var centred = x - Mean(x, dim: -1, keepDim: true);
                    var variance = Mean(Square(centred), dim: -1, keepDim: true);
                    return centred / Sqrt(variance + 1e-5f) * Scale + Shift;
                }

                [return: Shape("b", DType.Int64)]
                public virtual Tensor Largest([Shape("b n")] Tensor x) => ArgMax(x, dim: -1);

                [return: Shape("n")]
                public virtual Tensor Columns([Shape("b n")] Tensor x) => Max(x, dim: 0) + Sum(Exp(x), dim: 0);

                [return: Shape("b n", DType.Bool)]
                public virtual Tensor Mask([Shape("b n")] Tensor x) => x > 0.5f;

                [return: Shape("b n")]
                public virtual Tensor Masked([Shape("b n")] Tensor x, [Shape("b n", DType.Bool)] Tensor mask) => Where(mask, x, -x);

                [return: Shape("n b")]
                public virtual Tensor Turned([Shape("b n")] Tensor x) => Transpose(x, 0, 1) * 2;
            }
            """, "Rows", 300);
        var x = Random(3, 5, 300);
        var values = x.AsSpan<float>();
        values[17] = values[250] = 9;        // a tie: the first counts
        values[300 + 40] = float.NaN;        // larger than everything
        values[300 + 200] = float.NaN;
        values[600..900].Fill(float.NegativeInfinity);
        Close(reference.Largest(x), gpu.Largest(x));
        Close(reference.Mask(x), gpu.Mask(x));
        Close(reference.Masked(x, reference.Mask(x)), gpu.Masked(x, reference.Mask(x)));
        Close(reference.Columns(x), gpu.Columns(x));
        Close(reference.Turned(x), gpu.Turned(x));
        var finite = Random(4, 130, 300);
        Close(reference.Normalise(finite), gpu.Normalise(finite));
        Close(reference.Columns(finite), gpu.Columns(finite), 1e-4f);
    }

    [Fact]
    public void ElementaryFunctions()
    {
        var (reference, gpu) = Both(
            """
            [Network]
            public partial class Functions
            {
                [return: Shape("n")]
                public virtual Tensor Smooth([Shape("n")] Tensor x) => Exp(x) + Tanh(x) * Sigmoid(x) - Erf(x) + Softplus(x) * Sin(x) + Cos(x) + Log(Abs(x)) + Sqrt(Abs(x));

                [return: Shape("n")]
                public virtual Tensor Rough([Shape("n")] Tensor x) => Relu(x) + Sign(x) + Floor(x) * Abs(x) + Maximum(x, -x) + Minimum(x, 0.5f * x) + SoftThreshold(x, 0.3f);

                [return: Shape("n", DType.Int64)]
                public virtual Tensor Whole([Shape("n", DType.Int64)] Tensor x) => Abs(x) * Sign(x) + Maximum(x, -x) * 2;
            }
            """, "Functions");
        var x = Random(5, 300);
        Close(reference.Smooth(x), gpu.Smooth(x));
        Close(reference.Rough(x), gpu.Rough(x));
        x.AsSpan<float>()[3] = float.NaN;
        Close(reference.Rough(x), gpu.Rough(x));
        var whole = Ops.Arange(-9, 9);
        Close(reference.Whole(whole), gpu.Whole(whole));
    }
}
