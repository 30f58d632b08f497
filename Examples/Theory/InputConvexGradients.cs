using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Fields that are gradients of convex functions because of how they are made: integrals of J'J along rays.</summary>
/// <remarks>
/// The gain over the gradient of a convex network of as many parameters is one of speed: after 400 steps of Adam it errs less than half as much (0.15 against 0.36, the means over 64
/// seeds), after 3000 the convex network errs less (0.011 against 0.033, 16 seeds).
/// </remarks>
public sealed class InputConvexGradients : IExample
{
    /// <inheritdoc/>
    public string Id => "S042";

    /// <inheritdoc/>
    public string Title => "Input convex gradient networks";

    /// <inheritdoc/>
    public string Family => "convexity/theory";

    /// <inheritdoc/>
    public string Paper => "Richter-Powell, Lorraine, Amos: Input Convex Gradient Networks (2021)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(ConvexGradient), new Dictionary<string, long> { ["n"] = 2, ["hidden"] = 8, ["panels"] = 4, ["b"] = 256 }),
        new(typeof(SoftplusGradient), new Dictionary<string, long> { ["n"] = 2, ["hidden"] = 8, ["b"] = 256 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Curl(context);
        Fit(context);
        Transport(context);
    }

    /// <summary>The quadrature is the closed form; the Jacobian is symmetric and positive.</summary>
    private static void Exact(Context context)
    {
        var fine = new ConvexGradient(5, 12, 256);
        fine.Initialize(context.Seed + 1);
        fine.To(DType.Float64);
        var x = 2 * Sample.Normal(context.Seed + 2, 40, 5).To(DType.Float64);
        context.Claim(Claim.AtMost("256 panels of Simpson's rule: distance from the closed form", Largest(fine.Field(x) - fine.ClosedForm(x)), 1e-8));
        var net = new ConvexGradient(5, 12, 64);
        net.Initialize(context.Seed + 1);
        net.To(DType.Float64);
        var compiled = new ConvexGradient.Cpu(5, 12, 256);
        compiled.Initialize(context.Seed + 1);
        context.Claim(Claim.AtMost("the compiled field: the same, relative", Largest(compiled.Field(x.To(DType.Float32)).To(DType.Float64) - net.ClosedForm(x)) / Largest(net.ClosedForm(x)), 5e-6));
        var (skew, least) = (0.0, double.PositiveInfinity);
        for (var i = 0; i < 200; i++)
        {
            var jacobian = net.FieldJacobian(3 * Sample.Normal(context.Seed + 10 + (ulong)i, 5).To(DType.Float64));
            skew = Math.Max(skew, Largest(jacobian - Ops.Transpose(jacobian)));
            least = Math.Min(least, Ops.Eigh(jacobian).Values.ToArray<double>()[0]);
        }
        context.Claim(Claim.AtMost("one layer: asymmetry of the Jacobian at 200 points", skew, 2e-10));
        context.Claim(Claim.AtLeast("one layer: least eigenvalue of the Jacobian", least, -1e-6));
    }

    /// <summary>Two layers do not make a gradient: what the paper's symmetry condition is for.</summary>
    private static void Curl(Context context)
    {
        var net = new DeepConvexGradient(3, 8, 64);
        net.Initialize(context.Seed + 3);
        net.To(DType.Float64);
        var skew = 0.0;
        for (var i = 0; i < 50; i++)
        {
            var jacobian = net.FieldJacobian(2 * Sample.Normal(context.Seed + 300 + (ulong)i, 3).To(DType.Float64));
            skew = Math.Max(skew, Largest(jacobian - Ops.Transpose(jacobian)));
        }
        context.Claim(Claim.AtLeast("two layers: asymmetry of the Jacobian somewhere", skew, 1e-3, baseline: 2e-10));
    }

    /// <summary>The gradient of a convex function that is not quadratic, fitted by either network, with equally many parameters and steps of Adam.</summary>
    private static void Fit(Context context)
    {
        var (ours, theirs) = Errors(context, runs: 8, steps: 400);
        context.Claim(Claim.AtMost("log-sum-exp and quartic, width 8: test error over that of a convex network, both after 400 steps", ours / theirs, 0.8, baseline: 1));
        context.Say($"test errors after 400 steps: {Claim.Text(ours)}, convex network {Claim.Text(theirs)}");
        if (context.Quick) return;
        (ours, theirs) = Errors(context, runs: 8, steps: 3000);
        context.Say($"test errors after 3000 steps: {Claim.Text(ours)}, convex network {Claim.Text(theirs)}");
    }

    /// <summary>The mean test errors over some seeds.</summary>
    private static (double Ours, double Theirs) Errors(Context context, int runs, int steps)
    {
        double ours = 0, theirs = 0;
        for (var run = 0; run < runs; run++)
        {
            var seed = context.Seed + 1000 * (ulong)run;
            Tensor x = 4 * Sample.Uniform(seed + 20, 256, 2) - 2, unseen = 4 * Sample.Uniform(seed + 21, 4096, 2) - 2;
            var (target, truth) = (Slope(x), Slope(unseen));
            var first = new ConvexGradient.Cpu(2, 8, 4);
            var second = new SoftplusGradient.Cpu(2, 8);
            first.Initialize(seed + 22);
            second.Initialize(seed + 22);
            var (one, two) = (new Adam(first, learningRate: 0.02), new Adam(second, learningRate: 0.02));
            context.Steps($"fits, seed {seed}", steps, step =>
            {
                one.LearningRate = two.LearningRate = 0.02 * (1 + Math.Cos(Math.PI * step / steps)) / 2 + 1e-5;
                one.Step(first.LossGradient(x, target));
                two.Step(second.LossGradient(x, target));
                return null;
            });
            ours += (double)first.Loss(unseen, truth) / runs;
            theirs += (double)second.Loss(unseen, truth) / runs;
        }
        return (ours, theirs);
    }

    /// <summary>The gradient of log(e^(x + y/2) + e^(-2x) + e^(1.5 y - x)) + (x^4 + (x - y)^4)/40.</summary>
    private static Tensor Slope(Tensor points)
    {
        var slopes = Tensor.Empty(DType.Float32, points.Dim(0), 2);
        var at = points.AsSpan<float>();
        for (var i = 0; i < points.Dim(0); i++)
        {
            double x = at[2 * i], y = at[2 * i + 1];
            double a = Math.Exp(x + y / 2), b = Math.Exp(-2 * x), c = Math.Exp(1.5 * y - x), cube = Math.Pow(x - y, 3) / 10;
            slopes.AsSpan<float>()[2 * i] = (float)((a - 2 * b - c) / (a + b + c) + x * x * x / 10 + cube);
            slopes.AsSpan<float>()[2 * i + 1] = (float)((a / 2 + 1.5 * c) / (a + b + c) - cube);
        }
        return slopes;
    }

    /// <summary>The map of least cost from one Gaussian to another is linear, x -> A x, with A = S1^-1/2 (S1^1/2 S2 S1^1/2)^1/2 S1^-1/2: the network learns it from its values.</summary>
    private static void Transport(Context context)
    {
        var first = Tensor.From([1.0, 0.4, 0.4, 0.6], 2, 2);
        var second = Tensor.From([0.8, -0.3, -0.3, 1.2], 2, 2);
        var (root, inverse) = (Power(first, 0.5), Power(first, -0.5));
        var map = Ops.MatMul(Ops.MatMul(inverse, Power(Ops.MatMul(Ops.MatMul(root, second), root), 0.5)), inverse);
        Tensor Draw(ulong seed, int count) => Ops.MatMul(Sample.Normal(seed, count, 2).To(DType.Float64), root);
        Tensor x = Draw(context.Seed + 31, 256), unseen = Draw(context.Seed + 32, 1024);
        var target = Ops.MatMul(x, map).To(DType.Float32);
        var net = new ConvexGradient.Cpu(2, 16, 4);
        net.Initialize(context.Seed + 33);
        var adam = new Adam(net, learningRate: 0.02);
        var steps = context.Quick ? 2500 : 5000;
        context.Steps("transport", steps, step =>
        {
            adam.LearningRate = 0.02 * (1 + Math.Cos(Math.PI * step / steps)) / 2 + 1e-5;
            adam.Step(net.LossGradient(x.To(DType.Float32), target));
            return null;
        });
        var truth = Ops.MatMul(unseen, map);
        var error = Math.Sqrt((double)Ops.Mean(Ops.Square(net.Field(unseen.To(DType.Float32)).To(DType.Float64) - truth)) / (double)Ops.Mean(Ops.Square(truth)));
        // What leaves points where they are is the map to beat.
        var still = Math.Sqrt((double)Ops.Mean(Ops.Square(unseen - truth)) / (double)Ops.Mean(Ops.Square(truth)));
        context.Claim(Claim.AtMost("map between two Gaussians: relative error on unseen points", error, 0.05, baseline: still));
    }

    private static Tensor Power(Tensor matrix, double exponent)
    {
        var (values, vectors) = Ops.Eigh(matrix);
        return Ops.MatMul(vectors * Ops.Pow(values, exponent), Ops.Transpose(vectors));
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));
}
