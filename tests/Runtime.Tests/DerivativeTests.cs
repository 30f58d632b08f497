using Proxima.Tests.Derived;
using Proxima.Torch;
using Xunit;

namespace Proxima.Tests
{
    /// <summary>Derivatives that are not those of the value: what each target gives is what the declaration says.</summary>
    [Collection(OpenClDevice.Name)]
    public sealed class DerivativeTests
    {
        private static readonly float[] s_x = [-1.5f, -0.25f, 0.25f, 1.5f, 2.25f, 3.5f];

        private static Tensor X => Tensor.From(s_x, 2, 3);

        private static readonly float[] s_weight = [0.5f, 1.5f, -2f];

        private static T[] Networks<T>(params T[] networks) where T : Network
        {
            foreach (var network in networks) s_weight.CopyTo(network.Find("Weight").AsSpan<float>());
            return networks;
        }

        private static Estimators[] Targets => Networks<Estimators>(new Estimators(3), new Estimators.Cpu(3), new Estimators.Gpu(OpenClDevice.Accelerator, 3));

        private static float[] Each(Func<float, float, float> f) => [.. s_x.Select((x, i) => f(x, s_weight[i % 3]))];

        private static float[] Columns(Func<float, float, float> f) => [.. Enumerable.Range(0, 3).Select(j => f(s_x[j], s_weight[j]) + f(s_x[3 + j], s_weight[j]))];

        private static void Close(float[] expected, Tensor actual)
        {
            var own = actual.ToArray<float>();
            Assert.Equal(expected.Length, own.Length);
            for (var i = 0; i < own.Length; i++) Assert.True(Math.Abs(own[i] - expected[i]) <= 1e-5f * Math.Max(1, Math.Abs(expected[i])), $"element {i} is {own[i]} instead of {expected[i]}");
        }

        [Fact]
        public void AStoppedFactorIsAConstant()
        {
            foreach (var network in Targets)
            {
                Close(Each((x, w) => x * w), network.StoppedByX(X));
                Close(Columns((x, w) => x * x), network.StoppedGradient(X).Of("Weight"));
            }
        }

        [Fact]
        public void TheStraightThroughEstimatorHasTheValueOfOneAndTheDerivativeOfTheOther()
        {
            foreach (var network in Targets)
            {
                Close(Each((x, w) => MathF.Floor(x * w)), network.Quantised(X));
                Close(Each((x, w) => 2 * MathF.Floor(x * w) * w), network.QuantisedByX(X));
                Close(Columns((x, w) => 2 * MathF.Floor(x * w) * x), network.QuantisedGradient(X).Of("Weight"));
            }
        }

        [Fact]
        public void ARuleTakesThePlaceOfTheDerivative()
        {
            foreach (var network in Targets)
            {
                Close(Each((x, w) => x > 0 ? 1 : 0), network.Spike(X));
                Close(Each((x, w) => w / (1 + x * x)), network.SpikesByX(X));
                Close(Columns((x, w) => x > 0 ? 1 : 0), network.SpikesGradient(X).Of("Weight"));
                // Forward: the rule transposed. Once more in reverse: the rule is differentiated like any body.
                Close([Each((x, w) => 0.5f * w / (1 + x * x)).Sum()], network.SpikesChange(X, Tensor.From([.. s_x.Select(_ => 0.5f)], 2, 3)).Item2);
                Close(Each((x, w) => -2 * x * w / ((1 + x * x) * (1 + x * x))), network.CurvatureByX(X));
            }
        }

        [Fact]
        public void ARuleThatIsNotLinearWorksInReverse()
        {
            foreach (var network in Targets) Close(Each((x, w) => Math.Clamp(2 * x, -1, 1)), network.ClippedByX(X));
        }

        [Fact]
        public void ARuleForSomeArgumentsLeavesTheOthers()
        {
            foreach (var network in Targets)
            {
                Close(Each((x, w) => 7 * w), network.PartlyByX(X));
                // By the parameter: directly inside the method, and as its second argument, both as usual.
                Close(Columns((x, w) => x * w * 2), network.PartlyGradient(X).Of("Weight"));
            }
        }

        [Fact]
        public void ARuleOfATensorFunctionHoldsThroughAChildAndInALoop()
        {
            var parents = new Outer[] { new(3, 2), new Outer.Cpu(3, 2), new Outer.Gpu(OpenClDevice.Accelerator, 3, 2) };
            foreach (var parent in parents)
            {
                foreach (var p in parent.Parameters) s_weight.CopyTo(p.Value.AsSpan<float>());
                Close(Each((x, w) => w * w * 9), parent.ByX(X));
            }
        }

        [Fact]
        public void TorchUsesTheDeclaredDerivatives()
        {
            using var module = new Estimators.Torch(3);
            s_weight.CopyTo(module.named_parameters().Single().parameter.ToProxima().AsSpan<float>());
            using var scope = TorchSharp.torch.NewDisposeScope();
            var x = X.ToTorch().requires_grad_(true);
            module.Spikes(x).backward();
            Close(Each((v, w) => w / (1 + v * v)), x.grad!.ToProxima());
            x.grad!.zero_();
            module.Clipped(x).backward();
            Close(Each((v, w) => Math.Clamp(2 * v, -1, 1)), x.grad!.ToProxima());
            x.grad!.zero_();
            module.QuantisedSquare(x).backward();
            Close(Each((v, w) => 2 * MathF.Floor(v * w) * w), x.grad!.ToProxima());
        }
    }
}

namespace Proxima.Tests.Derived
{
    using static Proxima.Ops;

    [Network]
    public partial class Estimators(int n)
    {
        [Parameter("n")] public partial Tensor Weight { get; }

        [return: Shape("")]
        public virtual Tensor Stopped([Shape("b n")] Tensor x) => Sum(StopGradient(x) * x * Weight);

        [Gradient(of: nameof(Stopped), wrt: "x")]
        public virtual partial Tensor StoppedByX(Tensor x);

        [Gradient(of: nameof(Stopped))]
        public virtual partial Gradients StoppedGradient(Tensor x);

        [return: Shape("b n")]
        public virtual Tensor Quantised([Shape("b n")] Tensor x) => StraightThrough(Floor(x * Weight), x * Weight);

        [return: Shape("")]
        public virtual Tensor QuantisedSquare([Shape("b n")] Tensor x) => Sum(Square(Quantised(x)));

        [Gradient(of: nameof(QuantisedSquare), wrt: "x")]
        public virtual partial Tensor QuantisedByX(Tensor x);

        [Gradient(of: nameof(QuantisedSquare))]
        public virtual partial Gradients QuantisedGradient(Tensor x);

        [return: Shape("b n")]
        public virtual Tensor Spike([Shape("b n")] Tensor x) => Where(x > 0, Ones(x.Dim(0), n), 0);

        [CustomGradient(of: nameof(Spike))]
        Tensor SpikeGradient(Tensor x, Tensor gradient) => gradient / (1 + Square(x));

        [return: Shape("")]
        public virtual Tensor Spikes([Shape("b n")] Tensor x) => Sum(Spike(x) * Weight);

        [Gradient(of: nameof(Spikes), wrt: "x")]
        public virtual partial Tensor SpikesByX(Tensor x);

        [Gradient(of: nameof(Spikes))]
        public virtual partial Gradients SpikesGradient(Tensor x);

        [Jvp(of: nameof(Spikes))]
        public virtual partial (Tensor, Tensor) SpikesChange(Tensor x, Tensor dx);

        [return: Shape("")]
        public virtual Tensor Curvature([Shape("b n")] Tensor x) => Sum(SpikesByX(x));

        [Gradient(of: nameof(Curvature), wrt: "x")]
        public virtual partial Tensor CurvatureByX(Tensor x);

        [return: Shape("b n")]
        public virtual Tensor Clip([Shape("b n")] Tensor x) => x * 1;

        [CustomGradient(of: nameof(Clip))]
        Tensor ClipGradient(Tensor x, Tensor gradient) => Clamp(gradient, -1, 1);

        [return: Shape("")]
        public virtual Tensor Clipped([Shape("b n")] Tensor x) => Sum(Square(Clip(x)));

        [Gradient(of: nameof(Clipped), wrt: "x")]
        public virtual partial Tensor ClippedByX(Tensor x);

        [return: Shape("b n")]
        public virtual Tensor Scaled([Shape("b n")] Tensor x, [Shape("n")] Tensor by) => x * by * Weight;

        [CustomGradient(of: nameof(Scaled), wrt: "x")]
        Tensor ScaledGradient(Tensor x, Tensor by, Tensor gradient) => 7 * gradient * by;

        [return: Shape("")]
        public virtual Tensor Partly([Shape("b n")] Tensor x) => Sum(Scaled(x, Weight));

        [Gradient(of: nameof(Partly), wrt: "x")]
        public virtual partial Tensor PartlyByX(Tensor x);

        [Gradient(of: nameof(Partly))]
        public virtual partial Gradients PartlyGradient(Tensor x);
    }

    public static class Tripled
    {
        [TensorFunction]
        public static Tensor Same(Tensor x) => x * 1;

        [TensorFunction, CustomGradient(of: nameof(Same))]
        public static Tensor SameGradient(Tensor x, Tensor gradient) => 3 * gradient;
    }

    [Network]
    public partial class Inner(int n)
    {
        [Parameter("n")] public partial Tensor Weight { get; }

        [return: Shape("b n")]
        public virtual Tensor Forward([Shape("b n")] Tensor x) => Tripled.Same(x) * Weight;
    }

    [Network]
    public partial class Outer(int n, int depth)
    {
        readonly Inner[] layers = Repeat(depth, _ => new Inner(n));

        [return: Shape("")]
        public virtual Tensor Loss([Shape("b n")] Tensor x)
        {
            foreach (var layer in layers) x = layer.Forward(x);
            return Sum(x);
        }

        [Gradient(of: nameof(Loss), wrt: "x")]
        public virtual partial Tensor ByX(Tensor x);
    }
}
