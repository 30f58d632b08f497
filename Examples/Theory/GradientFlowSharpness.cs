namespace Proxima.Examples;

/// <summary>
/// Where gradient flow would end from the weights that gradient descent is at: the sharpness there never rises on the way, however the loss goes up and down, until it is about
/// two over the step size (the edge of stability).
/// </summary>
/// <remarks>
/// The theorem speaks of products near 1: the draws here have them within 0.3 of it. How near the edge descent ends depends on how far off the product is at the start: what the
/// draws have in common is that none ends beyond it. The catalogue's third part, sharpness along the training of a network by integration and power
/// iteration, is left out: sampled it says little, and integrated to the end it takes minutes.
/// </remarks>
public sealed class GradientFlowSharpness : IExample
{
    private const int Depth = 4;
    private const double Rate = 0.1;

    /// <inheritdoc/>
    public string Id => "S112";

    /// <inheritdoc/>
    public string Title => "Gradient descent lowers the sharpness of gradient flow solutions";

    /// <inheritdoc/>
    public string Family => "convexity/theory";

    /// <inheritdoc/>
    public string Paper => "Kreisler, Nacson, Soudry, Carmon: Gradient Descent Monotonically Decreases the Sharpness of Gradient Flow Solutions in Scalar Networks and Beyond (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(ScalarNetwork), new Dictionary<string, long> { ["d"] = Depth })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        var net = new ScalarNetwork();
        Flow(context, net);
        var random = new Philox(context.Seed, Philox.StreamOf("edge"));
        var count = context.Quick ? 30 : 100;
        Edge(context, net, Draws(random, count, 2 / Rate, 2 * Math.Sqrt(2) / Rate), "above 2 / step");
        Stable(context, net, Draws(random, count, 0, 1.1 / Rate));
    }

    /// <summary>Gradient flow keeps the differences of squares, and ends where the closed form says, as sharp as it says.</summary>
    private static void Flow(Context context, ScalarNetwork net)
    {
        var (kept, off) = (0.0, 0.0);
        var random = new Philox(context.Seed, Philox.StreamOf("flow"));
        for (var run = 0; run < 10; run++)
        {
            double[] start = [.. Enumerable.Range(0, Depth).Select(i => 0.7 + 0.6 * random.Uniform((ulong)(run * Depth + i)))];
            var end = net.Flow(Tensor.From(start), Tensor.Full([], 8, DType.Float64)).ToArray<double>();
            for (var i = 1; i < Depth; i++) kept = Math.Max(kept, Math.Abs(end[i] * end[i] - end[0] * end[0] - (start[i] * start[i] - start[0] * start[0])));
            var sharpness = Ops.Eigh(net.Hessian(Tensor.From(end))).Values.ToArray<double>()[^1];
            off = Math.Max(off, Math.Abs(sharpness / Solution(start) - 1));
        }
        context.Claim(Claim.AtMost("gradient flow: change of differences of squares", kept, 1e-8));
        context.Claim(Claim.AtMost("sharpness where gradient flow ends: distance from the closed form, relative", off, 1e-5));
    }

    /// <summary>The sharpness where gradient flow would end: sum 1 / (w^2 + c), where the product of the w^2 + c is 1.</summary>
    private static double Solution(double[] w)
    {
        var (low, high) = (-w.Min(x => x * x), 2.0);
        for (var i = 0; i < 200; i++)
        {
            var c = (low + high) / 2;
            if (w.Aggregate(1.0, (product, x) => product * (x * x + c)) < 1) low = c;
            else high = c;
        }
        return w.Sum(x => 1 / (x * x + (low + high) / 2));
    }

    /// <summary>Weights whose product is within 0.3 of 1 and whose gradient flow would end at a sharpness within bounds.</summary>
    private static IEnumerable<double[]> Draws(Philox random, int count, double least, double most)
    {
        var at = 1000ul + (ulong)(least * 1e6);
        while (count > 0)
        {
            double[] w = [.. Enumerable.Range(0, Depth).Select(_ => Math.Exp(4 * random.Uniform(at++) - 2))];
            var scale = Math.Pow((0.7 + 0.6 * random.Uniform(at++)) / w.Aggregate(1.0, (product, x) => product * x), 1.0 / Depth);
            for (var i = 0; i < Depth; i++) w[i] *= scale;
            var sharpness = Solution(w);
            if (sharpness <= least || sharpness > most) continue;
            count--;
            yield return w;
        }
    }

    /// <summary>Losses and sharpnesses along gradient descent.</summary>
    private static (List<double> Losses, List<double> Sharpnesses) Descend(ScalarNetwork net, double[] start, int steps)
    {
        var (losses, sharpnesses) = (new List<double>(), new List<double>());
        var (w, rate) = (Tensor.From(start), Tensor.Full([], Rate, DType.Float64));
        for (var step = 0; step <= steps; step++, w = net.Step(w, rate))
        {
            losses.Add((double)net.Loss(w));
            sharpnesses.Add(Solution(w.ToArray<double>()));
        }
        return (losses, sharpnesses);
    }

    private static bool Falls(List<double> values) => values.Zip(values.Skip(1)).All(pair => pair.Second <= pair.First + 1e-10 * Math.Abs(pair.First));

    private static void Edge(Context context, ScalarNetwork net, IEnumerable<double[]> starts, string where)
    {
        int runs = 0, falling = 0, rising = 0;
        var (mean, most, before) = (0.0, 0.0, 0.0);
        foreach (var start in starts)
        {
            var (losses, sharpnesses) = Descend(net, start, 1000);
            runs++;
            if (Falls(sharpnesses)) falling++;
            if (!Falls(losses)) rising++;
            var last = Rate * sharpnesses[^1];
            (mean, most, before) = (mean + last, Math.Max(most, last), before + Rate * sharpnesses[0]);
        }
        context.Claim(Claim.AtLeast($"starts {where}: share of runs whose sharpness never rises", (double)falling / runs, 1));
        context.Claim(Claim.AtLeast("share of them whose loss goes up on the way", (double)rising / runs, 1));
        context.Claim(Claim.AtMost("step size times sharpness at the end, most: the edge of stability is 2", most, 2, baseline: before / runs));
        context.Claim(Claim.AtLeast("step size times sharpness at the end, mean", mean / runs, 1.75, baseline: before / runs));
    }

    /// <summary>Far enough below the edge that the weights of a start, which are not yet where flow would end, are below it too.</summary>
    private static void Stable(Context context, ScalarNetwork net, IEnumerable<double[]> starts)
    {
        int runs = 0, falling = 0;
        foreach (var start in starts)
        {
            var (losses, sharpnesses) = Descend(net, start, 200);
            runs++;
            if (Falls(losses) && Falls(sharpnesses)) falling++;
        }
        context.Claim(Claim.AtLeast("starts below 1.1 / step: share of runs in which neither sharpness nor loss rises", (double)falling / runs, 1));
    }
}
