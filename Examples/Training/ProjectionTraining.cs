using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Training as a search for a point of many sets: the projection onto each operation's graph, exactly; then networks trained by projections alone, also such whose gradient is 0.</summary>
public sealed class ProjectionTraining : IExample
{
    private const int Inputs = 3, Hidden = 16, Samples = 200;
    private const float Margin = 0.3f;

    /// <inheritdoc/>
    public string Id => "S017";

    /// <inheritdoc/>
    public string Title => "PJAX: networks trained by projections onto their operations, without a gradient";

    /// <inheritdoc/>
    public string Family => "training-rule";

    /// <inheritdoc/>
    public string Paper => "Bergmeister, Lal, Jegelka, Sra: A projection-based framework for gradient-free and parallel learning (2025)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(ProjectionNetwork), new Dictionary<string, long> { ["samples"] = Samples, ["inputs"] = Inputs, ["hidden"] = Hidden, ["steps"] = 2000, ["b"] = 1000 }),
        new(typeof(GradientNetwork), new Dictionary<string, long> { ["inputs"] = Inputs, ["hidden"] = Hidden, ["b"] = Samples }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Products(context);
        Units(context);
        Train(context);
        context.Claim(Claim.AtMost("order of the derivatives in training by projections", Differentiation.Order(typeof(ProjectionNetwork), nameof(ProjectionNetwork.Train)), 0));
        context.Claim(Claim.AtLeast("the same of training by gradients", Differentiation.Order(typeof(GradientNetwork), nameof(GradientNetwork.LossGradient)), 1));
    }

    // ---- the projections ----

    private static void Products(Context context)
    {
        const int count = 500, n = 3;
        var trials = context.Quick ? 200 : 1000;
        var net = new ProjectionNetwork.Cpu(count, n, n, Margin, hasSigns: true);
        ulong stream = context.Seed * 10_000;
        Tensor Draw(params int[] shape) => Sample.Normal(stream++, shape).To(DType.Float64);
        Tensor a = Draw(count, n), b = Draw(count, n), product = 2 * Draw(count, 1), weight = Draw(count, n, n), sums = 2 * Draw(count, n, 1), x = Draw(count, n);
        var (newWeight, newSums, first, second, score) = net.Products(weight, sums, a, b, product, x);
        Tensor Of(Tensor u, Tensor v) => Ops.Sum(u * v, dim: 1, keepDim: true);
        Tensor Distance(Tensor u, Tensor v) => Ops.Sum(Ops.Square(u - a) + Ops.Square(v - b), dim: 1, keepDim: true) + Ops.Square(Of(u, v) - product);
        var own = Ops.Sum(Ops.Square(first - a) + Ops.Square(second - b), dim: 1, keepDim: true) + Ops.Square(score - product);
        double nearer = double.NegativeInfinity;
        for (var trial = 0; trial < trials; trial++)
        {
            // Near the point that was found, and anywhere.
            var size = Math.Pow(10, -4 + 4.5 * trial / trials);
            var other = trial % 2 == 0 ? Distance(first + size * Draw(count, n), second + size * Draw(count, n)) : Distance(a + size * Draw(count, n), b + size * Draw(count, n));
            nearer = Math.Max(nearer, (double)Ops.Max(own - other));
        }
        context.Claim(Claim.AtMost($"product of two vectors: how much nearer the nearest of {trials} points is", nearer, 1e-9, baseline: (double)Ops.Max(Distance(a, b) - own)));
        context.Claim(Claim.AtLeast("the point that is had by keeping the vectors: how much farther, most", (double)Ops.Max(Distance(a, b) - own), 1));

        // A product with a given vector: on its plane, and moved along its normal.
        var normal = Ops.Concat([Ops.Expand(Ops.Unsqueeze(x, 1), count, n, n), Tensor.Full([count, n, 1], -1, DType.Float64)], dim: 2);
        var moved = Ops.Concat([newWeight - weight, newSums - sums], dim: 2);
        var along = Ops.Sum(moved * normal, dim: 2, keepDim: true) / Ops.Sum(Ops.Square(normal), dim: 2, keepDim: true);
        var off = Ops.Sum(newWeight * Ops.Unsqueeze(x, 1), dim: 2, keepDim: true) - newSums;
        context.Claim(Claim.AtMost("product with a given vector: what is left, and the move beside the normal", Math.Max(Largest(off), Largest(moved - along * normal)), 1e-12));
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    private static void Units(Context context)
    {
        const int count = 1000, grid = 2000;
        const double reach = 6;
        Tensor u = 2 * Sample.Normal(context.Seed + 1, count, 1).To(DType.Float64), v = 2 * Sample.Normal(context.Seed + 2, count, 1).To(DType.Float64), none = Tensor.Zeros([count, 1], DType.Float64);
        foreach (var hasSigns in new[] { true, false })
        {
            var net = new ProjectionNetwork.Cpu(count, 1, 1, Margin, hasSigns);
            var found = net.Agreement(Ops.Unsqueeze(none, 2), Ops.Unsqueeze(u, 2), v, none, none, none + 1);
            double[] input = found.Sums.ToArray<double>(), output = found.Values.ToArray<double>(), oldInput = u.ToArray<double>(), oldOutput = v.ToArray<double>();
            double Unit(double s) => hasSigns ? s > 0 ? 1 : -1 : Math.Max(s, 0);
            double excess = 0, kept = 0, off = 0;
            for (var i = 0; i < count; i++)
            {
                double Distance(double s, double t) => Math.Pow(s - oldInput[i], 2) + Math.Pow(t - oldOutput[i], 2);
                var best = double.PositiveInfinity;
                for (var k = -grid; k <= grid; k++)
                {
                    var s = reach * k / grid;
                    if (!hasSigns || Math.Abs(s) >= Margin) best = Math.Min(best, Distance(s, Unit(s)));
                }
                var own = Distance(input[i], output[i]);
                (excess, kept) = (Math.Max(excess, own - best), Math.Max(kept, Distance(oldInput[i], Unit(oldInput[i])) - own));
                off = Math.Max(off, Math.Abs(Unit(input[i]) - output[i]));
            }
            var name = hasSigns ? "sign" : "rectified value";
            context.Claim(Claim.AtMost($"{name}: how much nearer the nearest of {2 * grid + 1} points is, and what is left", Math.Max(excess, off), 1e-9, baseline: kept));
            context.Claim(Claim.AtLeast($"{name}: how much farther the point is that is had by keeping the input, most", kept, 1));
        }
    }

    // ---- training ----

    /// <summary>Two interleaved half circles, with a third input that is always 1; labels of 1 and -1.</summary>
    private static (Tensor X, Tensor Label) Moons(int count, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("moons"));
        var x = new double[count, Inputs];
        var label = new double[count, 1];
        for (var i = 0; i < count; i++)
        {
            var angle = Math.PI * random.Uniform((ulong)i);
            var isUpper = i % 2 == 0;
            label[i, 0] = isUpper ? 1 : -1;
            x[i, 0] = (isUpper ? Math.Cos(angle) : 1 - Math.Cos(angle)) - 0.5 + 0.1 * random.Normal((ulong)(100_000 + 2 * i));
            x[i, 1] = (isUpper ? Math.Sin(angle) : 0.5 - Math.Sin(angle)) - 0.25 + 0.1 * random.Normal((ulong)(100_001 + 2 * i));
            x[i, 2] = 1;
        }
        return (Tensor.From(x), Tensor.From(label));
    }

    private static void Train(Context context)
    {
        int runs = context.Quick ? 1 : 3, rounds = context.Quick ? 20 : 40;
        double rise = double.NegativeInfinity, slope = 0, signs = 1, stuck = 0, rectified = 1, descended = 0, mean = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < runs; run++)
        {
            var seed = context.Seed * 100 + 20 * (ulong)run;
            var (x, label) = Moons(Samples, seed);
            var (testX, testLabel) = Moons(1000, seed + 7);
            Tensor start = 0.5 * Sample.Normal(seed + 1, Hidden, Inputs).To(DType.Float64), startHead = 0.5 * Sample.Normal(seed + 2, Hidden).To(DType.Float64);
            var row = new List<string> { $"{seed}" };
            foreach (var hasSigns in new[] { true, false })
            {
                var net = new ProjectionNetwork.Cpu(Samples, Inputs, Hidden, Margin, hasSigns);
                double Accuracy(Tensor weight, Tensor head) => (double)Ops.Mean(Ops.Greater(net.Predict(weight, head, testX) * Ops.Squeeze(testLabel, 1), 0).To(DType.Float64));
                // Every sample has the same weights at first, and the values of the network.
                var weight = Ops.Expand(Ops.Unsqueeze(start, 0), Samples, Hidden, Inputs);
                var sums = Ops.Unsqueeze(Ops.MatMul(x, Ops.Transpose(start)), 2);
                var values = hasSigns ? Ops.Binarize(Ops.Squeeze(sums, 2)) : Ops.Relu(Ops.Squeeze(sums, 2));
                var head = Ops.Expand(Ops.Unsqueeze(startHead, 0), Samples, Hidden);
                var score = Ops.Sum(values * head, dim: 1, keepDim: true);

                // By turns: the distance of two projections never rises.
                var state = (weight, sums, values, head, score, Distance: Tensor.Scalar(0.0));
                double before = double.PositiveInfinity, first = 0;
                for (var k = 0; k < 100; k++)
                {
                    state = net.Train(state.weight, state.sums, state.values, state.head, state.score, x, label, 1, isReflected: false);
                    var distance = (double)state.Distance;
                    if (k == 0) first = distance;
                    else rise = Math.Max(rise, (distance - before) / first);
                    before = distance;
                }

                context.Steps($"projections, {(hasSigns ? "signs" : "rectified")}, seed {seed}", rounds, _ =>
                {
                    (weight, sums, values, head, score, var distance) = net.Train(weight, sums, values, head, score, x, label, 100, isReflected: true);
                    return $"distance {Claim.Text((double)distance)}";
                });
                var own = Accuracy(Ops.Mean(weight, dim: 0), Ops.Mean(head, dim: 0));

                var other = new GradientNetwork.Cpu(Inputs, Hidden, hasSigns);
                other.Weight.CopyFrom(start.To(DType.Float32));
                other.Head.CopyFrom(startHead.To(DType.Float32));
                var adam = new Adam(other, learningRate: 1e-2);
                var (singleX, singleLabel) = (x.To(DType.Float32), Ops.Squeeze(label, 1).To(DType.Float32));
                context.Steps($"gradients, {(hasSigns ? "signs" : "rectified")}, seed {seed}", 100 * rounds, _ =>
                {
                    var gradients = other.LossGradient(singleX, singleLabel);
                    if (hasSigns) slope = Math.Max(slope, Largest(gradients[other.Weight]));
                    adam.Step(gradients);
                    return null;
                });
                var theirs = Accuracy(other.Weight.To(DType.Float64), other.Head.To(DType.Float64));
                row.AddRange([Claim.Text(own), Claim.Text(theirs)]);
                if (hasSigns) (signs, stuck, mean) = (Math.Min(signs, own), stuck + theirs / runs, mean + own / runs);
                else (rectified, descended) = (Math.Min(rectified, own), Math.Max(descended, theirs));
                if (hasSigns && run == 0) Draw(context, net, Ops.Mean(weight, dim: 0), Ops.Mean(head, dim: 0), x, label);
            }
            rows.Add([.. row]);
        }
        context.Table("Accuracy on 1000 other points", ["seed", "signs: projections", "signs: gradients", "rectified: projections", "rectified: gradients"], rows);
        context.Claim(Claim.AtMost("projections by turns: largest rise of their distance, over the first", rise, 1e-12));
        context.Claim(Claim.AtLeast("signs: accuracy of the network that projections have trained, least", signs, 0.96, baseline: stuck));
        context.Claim(Claim.AtLeast("signs: points above gradient descent, mean", 100 * (mean - stuck), 1, unit: "%"));
        context.Claim(Claim.AtMost("signs: largest derivative by a weight of the hidden units", slope, 0));
        context.Claim(Claim.AtLeast("rectified: accuracy of projections, least, within 3 points of gradient descent", rectified, descended - 0.03, baseline: descended));
    }

    private static void Draw(Context context, ProjectionNetwork net, Tensor weight, Tensor head, Tensor x, Tensor label) => context.Plot("pjax.png", plot =>
    {
        const int side = 70;
        double At(int i) => -1.8 + 3.6 * i / (side - 1);
        var points = new double[side * side, Inputs];
        for (var i = 0; i < side * side; i++) (points[i, 0], points[i, 1], points[i, 2]) = (At(i % side), At(i / side), 1);
        var scores = net.Predict(weight, head, Tensor.From(points)).ToArray<double>();
        double[] data = x.ToArray<double>(), labels = label.ToArray<double>();
        foreach (var (isUpper, color) in new[] { (true, ScottPlot.Colors.C0), (false, ScottPlot.Colors.C1) })
        {
            int[] region = [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] > 0 == isUpper)], own = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] > 0 == isUpper)];
            plot.Add.Markers(region.Select(i => points[i, 0]).ToArray(), region.Select(i => points[i, 1]).ToArray(), ScottPlot.MarkerShape.FilledSquare, 7, color.WithAlpha(0.25));
            plot.Add.Markers(own.Select(i => data[Inputs * i]).ToArray(), own.Select(i => data[Inputs * i + 1]).ToArray(), ScottPlot.MarkerShape.FilledCircle, 7, color);
        }
        plot.Title("A network of signs, trained by projections");
    }, width: 600, height: 600);
}
