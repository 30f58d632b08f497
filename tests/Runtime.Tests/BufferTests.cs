using System.Reflection;
using Proxima.Tests.Stateful;
using Proxima.Torch;
using Xunit;

namespace Proxima.Tests
{
    /// <summary>Buffers that bodies assign: every target has the results and the buffers of the body as written, call after call.</summary>
    [Collection(OpenClDevice.Name)]
    public sealed class BufferTests
    {
        private static Tensor X(ulong seed, int rows = 4) => Sample.Normal(seed, rows, 3);

        public static TheoryData<string> Methods =>
        [
            .. typeof(Running).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(m => m.IsVirtual && m.ReturnType != typeof(void) && !m.IsSpecialName && m.Name != "Share").Select(m => m.Name).Distinct(),
        ];

        [Theory, MemberData(nameof(Methods))]
        public void TargetsKeepTheStateOfTheBodyAsWritten(string name)
        {
            var method = typeof(Running).GetMethods().Single(m => m.Name == name && m.ReturnType != typeof(void) && m.DeclaringType == typeof(Running));
            foreach (Running target in new Running[] { new Running.Cpu(3), new Running.Gpu(OpenClDevice.Accelerator, 3) })
            {
                var reference = new Running(3);
                reference.Initialize(3);
                reference.CopyTo(target);
                for (var call = 0ul; call < 3; call++)
                {
                    object[] arguments = [.. method.GetParameters().Select((p, i) => p.ParameterType == typeof(bool) ? call != 1 : (object)X(10 * call + (ulong)i))];
                    var expected = CorpusMethod.Flatten(method.Invoke(reference, arguments)!);
                    var actual = CorpusMethod.Flatten(method.Invoke(target, arguments)!);
                    for (var i = 0; i < expected.Count; i++) Close($"{name}, call {call}: {expected[i].Name}", expected[i].Value, actual[i].Value);
                    foreach (var (own, theirs) in reference.Parameters.Zip(target.Parameters)) Close($"{name}, call {call}: {own.Name}", own.Value, theirs.Value);
                }
                Assert.Contains(reference.Parameters.Zip(new Running(3).Parameters), pair => pair.First.IsBuffer && !pair.First.Value.To(DType.Float64).ToArray<double>().SequenceEqual(pair.Second.Value.To(DType.Float64).ToArray<double>()));
            }
        }

        private static void Close(string what, Tensor expected, Tensor actual)
        {
            Assert.Equal(expected.DType, actual.DType);
            double[] right = expected.To(DType.Float64).ToArray<double>(), own = actual.To(DType.Float64).ToArray<double>();
            Assert.Equal(right.Length, own.Length);
            for (var i = 0; i < own.Length; i++) Assert.True(Math.Abs(own[i] - right[i]) <= 2e-5 * Math.Max(1, Math.Abs(right[i])), $"{what}[{i}] is {own[i]} instead of {right[i]}");
        }

        [Fact]
        public void TheRunningMeanIsTheOneOfTheFormula()
        {
            foreach (var network in new Running[] { new(3), new Running.Cpu(3) })
            {
                var mean = new double[3];
                for (var call = 0ul; call < 4; call++)
                {
                    var x = X(call);
                    var result = network.Centred(x).ToArray<float>();
                    for (var j = 0; j < 3; j++)
                    {
                        mean[j] = 0.9 * mean[j] + 0.1 * Enumerable.Range(0, 4).Average(i => x.AsSpan<float>()[3 * i + j]);
                        Assert.Equal(mean[j], network.RunningMean.AsSpan<float>()[j], 1e-5);
                        Assert.Equal(x.AsSpan<float>()[j] - mean[j], result[j], 1e-5);
                    }
                    Assert.Equal((long)call + 1, network.Calls.Item<long>());
                }
            }
        }

        [Fact]
        public void AGradientUpdatesOnce()
        {
            foreach (var network in new Running[] { new(3), new Running.Cpu(3), new Running.Gpu(OpenClDevice.Accelerator, 3) })
            {
                network.LossGradient(X(1));
                Assert.Equal(1, network.Calls.Item<long>());
                network.LossByX(X(1));
                Assert.Equal(2, network.Calls.Item<long>());
            }
        }

        [Fact]
        public void AssignmentsAllocateNothing()
        {
            var network = new Running.Cpu(3);
            Tensor x = X(1), into = Tensor.Zeros(4, 3);
            for (var i = 0; i < 5; i++) network.Centred(x, into);
            var allocations = new Allocations();
            while (allocations.Next()) network.Centred(x, into);
            Assert.Equal(0, allocations.Bytes);
        }

        [Fact]
        public void TorchDifferentiatesByTheStateBeforeTheCall()
        {
            using var module = new Running.Torch(3);
            using var scope = TorchSharp.torch.NewDisposeScope();
            var reference = new Running(3);
            var buffers = module.named_buffers().ToDictionary(b => b.name, b => b.buffer);
            foreach (var parameter in module.named_parameters()) reference.Find(parameter.name).CopyFrom(parameter.parameter.detach().ToProxima());
            for (var call = 0ul; call < 3; call++)
            {
                var x = X(call).ToTorch().requires_grad_(true);
                module.BeforeAndAfter(x).backward();
                Close("gradient", reference.BeforeAndAfterByX(X(call)), x.grad!.ToProxima());
                Close("buffer", reference.RunningMean, buffers["RunningMean"].ToProxima());
            }
        }
    }
}

namespace Proxima.Tests.Stateful
{
    using static Proxima.Ops;

    [Network]
    public partial class Tracker(int n)
    {
        [Parameter("n", Init = 1.5)] public partial Tensor Scale { get; }

        [Buffer("n")] public partial Tensor Seen { get; set; }

        [Buffer("", DType.Int64)] public partial Tensor Count { get; private set; }

        [return: Shape("b n")]
        public virtual Tensor Forward([Shape("b n")] Tensor x)
        {
            Seen = 0.5 * Seen + Mean(x * Scale, dim: 0);
            Count = Count + 1;
            return Tanh(x * Scale - Seen);
        }
    }

    [Network]
    public partial class Running(int n)
    {
        readonly Tracker first = new(n);
        readonly Tracker[] layers = Repeat(3, _ => new Tracker(n));
        readonly Tracker[] ends = [new(n), new(n)];

        [Parameter("n", Init = 0.5)] public partial Tensor Weight { get; }

        [Buffer("n")] public partial Tensor RunningMean { get; set; }

        [Buffer("n", Init = 1.0)] public partial Tensor Other { get; set; }

        [Buffer("", DType.Int64)] public partial Tensor Calls { get; set; }

        [return: Shape("b n")]
        public virtual Tensor Centred([Shape("b n")] Tensor x)
        {
            RunningMean = 0.9 * RunningMean + 0.1 * Mean(x, dim: 0);
            Calls += 1;
            return x - RunningMean;
        }

        [return: Shape("n"), Shape("n")]
        public virtual (Tensor, Tensor) Exchanged([Shape("b n")] Tensor x)
        {
            var before = RunningMean + 0;
            RunningMean = Other + Mean(x, dim: 0);
            Other = before * 0.5;
            return (before, RunningMean);
        }

        [return: Shape("b n")]
        public virtual Tensor Chosen([Shape("b n")] Tensor x, bool training)
        {
            if (training) RunningMean = Mean(x, dim: 0);
            else Other = Other * 0.5;
            return x * Weight - RunningMean;
        }

        [return: Shape("b n")]
        public virtual Tensor Iterated([Shape("b n")] Tensor x)
        {
            for (var k = 0; k < 4; k++)
            {
                if (k == 2) Other = Other + Mean(x, dim: 0);
                RunningMean = Tanh(RunningMean + Weight * Mean(x, dim: 0)) + k;
                Calls = Calls + k;
                x = 0.5 * x + RunningMean;
            }
            return x - Other;
        }

        [return: Shape("b n")]
        public virtual Tensor Deep([Shape("b n")] Tensor x)
        {
            x = first.Forward(x);
            foreach (var layer in layers) x = layer.Forward(x);
            x = layers[1].Forward(x) + layers[^1].Seen;
            for (var k = 0; k < 2; k++)
                foreach (var layer in layers) x = layer.Forward(x) + first.Forward(x);
            foreach (var end in ends) x = end.Forward(x);
            first.Seen = first.Seen * 2;
            layers[0].Seen = layers[2].Seen - 1;
            return x;
        }

        [return: Shape("")]
        public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Deep(Centred(x * Weight)) + RunningMean * Other));

        [Gradient(of: nameof(Loss))]
        public virtual partial Gradients LossGradient(Tensor x);

        [Gradient(of: nameof(Loss), wrt: "x")]
        public virtual partial Tensor LossByX(Tensor x);

        [Jvp(of: nameof(Centred))]
        public virtual partial (Tensor, Tensor) CentredChange(Tensor x, Tensor dx);

        [return: Shape("b n")]
        public virtual Tensor Descent([Shape("b n")] Tensor x)
        {
            for (var k = 0; k < 2; k++) x = x - 0.01 * LossByX(x);
            return x;
        }

        [return: Shape("")]
        public virtual Tensor BeforeAndAfter([Shape("b n")] Tensor x)
        {
            var value = Sum(x * (RunningMean + 1));
            RunningMean = 2 * RunningMean + Mean(x, dim: 0);
            return value + Sum(RunningMean * RunningMean);
        }

        [Gradient(of: nameof(BeforeAndAfter), wrt: "x")]
        public virtual partial Tensor BeforeAndAfterByX(Tensor x);
    }
}
