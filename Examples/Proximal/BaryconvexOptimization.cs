namespace Proxima.Examples;

/// <summary>The baryconvex proximal operator: it is the saddle, it is firmly nonexpansive where its explicit relatives are not, and its fixed points are minimax points.</summary>
public sealed class BaryconvexOptimization : IExample
{
    private const int M = 2, Count = 3;
    private const double Step = 0.5;

    /// <inheritdoc/>
    public string Id => "S005";

    /// <inheritdoc/>
    public string Title => "Baryconvex proximal operator: points and weights of losses move together, firmly nonexpansive";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Achab: A Bregman firmly nonexpansive proximal operator for baryconvex optimization (2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(BaryconvexProx), new Dictionary<string, long> { ["m"] = M, ["count"] = Count })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Nonexpansive(context);
        Single(context);
        FixedPoints(context);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    private static BaryconvexProx.Cpu Problem(int count, ulong seed)
    {
        var net = new BaryconvexProx.Cpu(M, count);
        var root = Sample.Normal(seed, count, M, M).To(DType.Float64);
        net.Curvatures.CopyFrom(Ops.MatMul(root, Ops.Transpose(root)) + 0.1 * Ops.Eye(M, DType.Float64));
        net.Centres.CopyFrom(2 * Sample.Normal(seed + 1, count, M).To(DType.Float64));
        net.Offsets.CopyFrom(Sample.Normal(seed + 2, count).To(DType.Float64));
        return net;
    }

    private static Tensor Point(ulong seed) => 2 * Sample.Normal(seed, M).To(DType.Float64);

    private static Tensor Weights(ulong seed, int count) => Ops.Softmax(Sample.Normal(seed, count).To(DType.Float64));

    /// <summary>⟨∇h(u) - ∇h(v), Tu - Tv⟩ - ⟨∇h(Tu) - ∇h(Tv), Tu - Tv⟩, which is not negative for a firmly nonexpansive operator.</summary>
    private static double Slack(BaryconvexProx net, (Tensor X, Tensor Q) u, (Tensor X, Tensor Q) v, (Tensor X, Tensor Q) tu, (Tensor X, Tensor Q) tv)
    {
        double Inner((Tensor X, Tensor Q) a, (Tensor X, Tensor Q) b)
        {
            var (first, second) = (net.KernelSlope(a.X, a.Q), net.KernelSlope(b.X, b.Q));
            return (double)(Ops.Sum((first.X - second.X) * (tu.X - tv.X)) + Ops.Sum((first.Q - second.Q) * (tu.Q - tv.Q)));
        }
        return Inner(u, v) - Inner(tu, tv);
    }

    private static void Nonexpansive(Context context)
    {
        var pairs = context.Quick ? 100 : 400;
        var step = Tensor.Scalar(Step);
        double least = double.PositiveInfinity, leastExplicit = double.PositiveInfinity, leastAlternating = double.PositiveInfinity, stationary = 0, saddle = 0;
        int violated = 0, violatedExplicit = 0, violatedAlternating = 0;
        for (var pair = 0; pair < pairs; pair++)
        {
            var seed = context.Seed * 100_000 + (ulong)pair * 20;
            var net = Problem(Count, seed);
            (Tensor X, Tensor Q) u = (Point(seed + 5), Weights(seed + 6, Count)), v = (Point(seed + 7), Weights(seed + 8, Count));
            (Tensor X, Tensor Q) tu = net.Next(u.X, u.Q, step), tv = net.Next(v.X, v.Q, step);
            void Judge((Tensor, Tensor) a, (Tensor, Tensor) b, ref double worst, ref int count)
            {
                var slack = Slack(net, u, v, a, b);
                worst = Math.Min(worst, slack);
                if (!(slack >= -1e-9)) count++;
            }
            Judge(tu, tv, ref least, ref violated);
            Judge(net.Explicit(u.X, u.Q, step), net.Explicit(v.X, v.Q, step), ref leastExplicit, ref violatedExplicit);
            Judge(net.Alternating(u.X, u.Q, step), net.Alternating(v.X, v.Q, step), ref leastAlternating, ref violatedAlternating);

            // At the saddle the derivative by the point is 0, and that by the weights the same for all; nothing is lower in the point or higher in the weights.
            var slope = net.SaddleSlope(tu.X, tu.Q, u.X, u.Q, step);
            stationary = Math.Max(stationary, Math.Max(Largest(slope.Z), Largest(slope.R - Ops.Mean(slope.R))));
            var value = (double)net.Saddle(tu.X, tu.Q, u.X, u.Q, step);
            var scale = 1 + Math.Abs(value);
            saddle = Math.Max(saddle, (value - (double)net.Saddle(tv.X, tu.Q, u.X, u.Q, step)) / scale);
            saddle = Math.Max(saddle, ((double)net.Saddle(tu.X, Weights(seed + 9, Count), u.X, u.Q, step) - value) / scale);
        }
        context.Say($"firm nonexpansiveness violated by {violated} of {pairs} pairs; by the explicit update {violatedExplicit}, with old weights {violatedAlternating}");
        context.Claim(Claim.AtLeast($"firm nonexpansiveness in the Bregman sense: least slack of {pairs} pairs", least, -1e-9, leastExplicit));
        context.Claim(Claim.AtLeast("explicit update: share of the pairs that violate it", violatedExplicit / (double)pairs, 0.2, violated / (double)pairs));
        context.Claim(Claim.AtLeast("new point with old weights: share of the pairs that violate it", violatedAlternating / (double)pairs, 0.01, violated / (double)pairs));
        context.Claim(Claim.AtMost("new point with old weights: least slack", leastAlternating, -1e-3, least));
        context.Claim(Claim.AtMost("derivatives at the saddle", stationary, 1e-7));
        context.Claim(Claim.AtMost("gain of other points or weights at the saddle, relative", saddle, 1e-10));
    }

    /// <summary>Of one loss it is the ordinary operator, here <c>(I + λA)⁻¹ (x + λ A c)</c>.</summary>
    private static void Single(Context context)
    {
        var error = 0.0;
        for (var run = 0ul; run < 20; run++)
        {
            var seed = context.Seed * 1000 + run * 10 + 7;
            var net = Problem(1, seed);
            Tensor x = Point(seed + 5), a = net.Curvatures[0], right = x + Step * Ops.MatMul(a, net.Centres[0]);
            var expected = Ops.Squeeze(Ops.Solve(Ops.Eye(M, DType.Float64) + Step * a, Ops.Unsqueeze(right, 1)), 1);
            error = Math.Max(error, Largest(net.Next(x, Tensor.Ones([1], DType.Float64), Tensor.Scalar(Step)).X - expected));
        }
        context.Claim(Claim.AtMost("one loss: distance from its proximal operator", error, 1e-9));
    }

    /// <summary>Where the operator stands still, the losses that count are equal, their weighted gradient is 0, and no point has a smaller largest loss.</summary>
    private static void FixedPoints(Context context)
    {
        var runs = context.Quick ? 3 : 10;
        double equal = 0, stationary = 0, lower = double.NegativeInfinity, mean = double.PositiveInfinity;
        for (var run = 0; run < runs; run++)
        {
            var seed = context.Seed * 1000 + (ulong)run * 30 + 500;
            var net = Problem(Count, seed);
            (Tensor X, Tensor Q) at = (Point(seed + 5), Weights(seed + 6, Count));
            var start = Ops.Max(net.Losses(at.X));
            for (var k = 0; k < 1000; k++) at = net.Next(at.X, Ops.Maximum(at.Q, 1e-300), Tensor.Scalar(Step));
            double[] losses = net.Losses(at.X).ToArray<double>(), weights = at.Q.ToArray<double>();
            var counted = losses.Where((_, s) => weights[s] > 1e-6).ToArray();
            var largest = losses.Max();
            equal = Math.Max(equal, largest - counted.Min());
            stationary = Math.Max(stationary, Largest(net.WeightedSlope(at.X, at.Q)));
            for (var other = 0ul; other < 200; other++)
            {
                var near = at.X + Math.Pow(10, -(double)(other % 5)) * Sample.Normal(seed + 1000 + other, M).To(DType.Float64);
                lower = Math.Max(lower, largest - (double)Ops.Max(net.Losses(near)));
            }
            mean = Math.Min(mean, (double)start - largest);
        }
        context.Claim(Claim.AtMost($"fixed points of {runs} problems: losses of positive weight apart", equal, 1e-6));
        context.Claim(Claim.AtMost("their weighted gradient", stationary, 1e-6));
        context.Claim(Claim.AtMost("what the largest loss is lower at other points, at most", lower, 1e-9));
        context.Claim(Claim.AtLeast("what the largest loss has fallen by, at least", mean, 0));
    }
}
