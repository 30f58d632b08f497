namespace Proxima.Examples;

/// <summary>The group sparse envelope and its operator, exactly; then networks trained with it to as many neurons as were asked for.</summary>
public sealed class GroupSparsity : IExample
{
    private const int Inputs = 8, Hidden = 64, Outputs = 4, Kept = 8;

    /// <inheritdoc/>
    public string Id => "S003";

    /// <inheritdoc/>
    public string Title => "WGSEF: networks trained to a number of neurons that is given beforehand";

    /// <inheritdoc/>
    public string Family => "compression/quantisation";

    /// <inheritdoc/>
    public string Paper => "Refael, Huleihel, Beck: Learning k-Level Structured Sparse Neural Networks Using Group Envelope Regularization";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(EnvelopeOfRows), new Dictionary<string, long> { ["rows"] = 12, ["columns"] = 3, ["b"] = 200 }),
        new(typeof(GroupSparseNetwork), new Dictionary<string, long> { ["inputs"] = Inputs, ["hidden"] = Hidden, ["outputs"] = Outputs, ["b"] = 512 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Train(context);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    // ---- the envelope and its operator, in double precision ----

    /// <summary>Half the square of the k-support norm of lengths, by its closed form (Argyriou, Foygel and Srebro 2012).</summary>
    private static double KSupport(IEnumerable<double> lengths, int k)
    {
        double[] z = [double.PositiveInfinity, .. lengths.OrderDescending()];
        for (var r = 0; r < k; r++)
        {
            var rest = z.Skip(k - r).Sum() / (r + 1);
            if (z[k - r - 1] > rest && rest >= z[k - r]) return 0.5 * (z.Skip(1).Take(k - r - 1).Sum(v => v * v) + (r + 1) * rest * rest);
        }
        return double.NaN;
    }

    private static void Exact(Context context)
    {
        const int rows = 12, columns = 3, budget = 4;
        var count = context.Quick ? 100 : 400;
        var net = new EnvelopeOfRows.Cpu(rows, columns);
        var seed = context.Seed * 100;
        // Rows of very different lengths.
        var x = (Sample.Normal(seed, count, rows, columns) * Ops.Exp(Sample.Normal(seed + 1, count, rows, 1))).To(DType.Float64);
        Tensor even = Tensor.Full([rows, 1], 1, DType.Float64), allowed = Tensor.Full([count, 1, 1], budget, DType.Float64);
        double[] Lengths(Tensor matrix) => Ops.Norm(matrix, 2, dim: 1).ToArray<double>();
        double Value(Tensor matrices, int i) => (double)net.Energy(matrices[i..(i + 1)], allowed[..1], even)[0];

        double closed = 0, sparse = 0, above = double.PositiveInfinity;
        var few = x * Ops.Unsqueeze((Ops.Arange(rows) < budget).To(DType.Float64), 1);
        for (var i = 0; i < count; i++)
        {
            closed = Math.Max(closed, Math.Abs(Value(x, i) / KSupport(Lengths(x[i]), budget) - 1));
            double half(Tensor matrix) => 0.5 * (double)Ops.Sum(Ops.Square(matrix));
            sparse = Math.Max(sparse, Math.Abs(Value(few, i) / half(few[i]) - 1));
            above = Math.Min(above, Value(x, i) / half(x[i]));
        }
        context.Claim(Claim.AtMost("envelope against half the squared k-support norm, relative", closed, 1e-12));
        context.Claim(Claim.AtMost("envelope of matrices of 4 rows against half their squared length, relative", sparse, 1e-14));
        context.Claim(Claim.AtLeast("envelope of matrices of 12 rows over half their squared length, least", above, 1.002, baseline: 1));

        // The conjugate is half the largest sum of squares that rows within the budget have. At the minimum p the values of both at p and (x - p) / step meet in an inner product (Fenchel and Young).
        double young = 0, shortened = double.PositiveInfinity;
        foreach (var step in new[] { 0.05, 0.5, 2, 10 })
        {
            Tensor p = net.Shrink(x, allowed, even, Steps(step)), other = net.Shorten(x, Steps(step));
            double Gap(Tensor point, int i)
            {
                var q = (x[i] - point[i]) / step;
                var conjugate = 0.5 * Lengths(q).OrderDescending().Take(budget).Sum(v => v * v);
                return (Value(point, i) + conjugate - (double)Ops.Sum(point[i] * q)) / (0.5 * (double)Ops.Sum(Ops.Square(x[i])));
            }
            for (var i = 0; i < count; i++) (young, shortened) = (Math.Max(young, Math.Abs(Gap(p, i))), Math.Min(shortened, Gap(other, i)));
        }
        context.Claim(Claim.AtMost("operator: gap of Fenchel and Young, relative, four steps", young, 1e-12, baseline: shortened));
        context.Claim(Claim.AtLeast("the same gap of the operator of the group lasso, least", shortened, 1e-4));

        // With costs that differ: no point of many around is better.
        var costs = (0.5f + Sample.Uniform(seed + 2, rows, 1)).To(DType.Float64);
        var best = net.Shrink(x, allowed, costs, Steps(0.7));
        Tensor Objective(Tensor point) => 0.7 * net.Energy(point, allowed, costs) + 0.5 * Ops.Sum(Ops.Square(point - x), dims: [1, 2]);
        var least = Objective(best);
        double better = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var size = Math.Pow(10, -4 + 4 * trial / 200.0);
            var around = Objective(best + size * (trial % 2 == 0 ? Sample.Normal(seed + 10 + (ulong)trial, count, rows, columns).To(DType.Float64) : x - best));
            better = Math.Max(better, (double)Ops.Max((least - around) / least));
        }
        context.Claim(Claim.AtMost("operator with costs: how much better the best of 200 points around is, relative", better, 1e-13, baseline: (double)Ops.Max((Objective(net.Shorten(x, Steps(0.7))) - least) / least)));

        Tensor Steps(double step) => Tensor.Full([count], step, DType.Float64);
    }

    // ---- training ----

    private static void Train(Context context)
    {
        int seeds = context.Quick ? 1 : 2, rounds = context.Quick ? 6 : 12, samples = 512;
        double[] factors = context.Quick ? [0.05, 0.2] : [0.05, 0.1, 0.2];
        double most = 0, fewest = Hidden, ours = 0, dense = 0, cut = 0, removed = 0, spread = double.PositiveInfinity, alike = 0;
        var table = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 1000 + 50 * (ulong)run + 500;
            const int columns = Inputs + 1 + Outputs;
            var teacher = new GroupSparseNetwork.Cpu(Inputs, Kept, Outputs);
            var planted = Sample.Normal(seed, Kept, columns) * 0.6f;
            var net = new GroupSparseNetwork.Cpu(Inputs, Hidden, Outputs);
            net.Budget.Fill(Kept);
            (Tensor X, Tensor Y) Draw(int count, ulong offset)
            {
                var x = Sample.Normal(seed + offset, count, Inputs);
                return (x, teacher.Predict(planted, x) + 0.1f * Sample.Normal(seed + offset + 1, count, Outputs));
            }
            var (x, y) = Draw(samples, 1);
            var (testX, testY) = Draw(2000, 5);
            double Error(Tensor weight) => 2 * (double)net.Loss(weight, testX, testY) / Outputs;
            int Live(Tensor weight) => Ops.Norm(weight, 2, dim: 1).ToArray<float>().Count(v => v > 0);
            var start = Sample.Normal(seed + 10, Hidden, columns) * 0.3f;

            Tensor Descend(string name, bool isEnvelope, double factor)
            {
                var weight = start;
                context.Steps($"{name}, seed {seed}", rounds, k =>
                {
                    // The factor rises, and is taken back in the end, when the neurons are chosen.
                    var now = (float)(factor * (k < rounds * 3 / 4 ? Math.Pow(30, (k + 1.0) / (rounds * 3 / 4) - 1) : 1.0 / 30));
                    weight = net.Train(weight, x, y, Tensor.Scalar(now), 0.05f, 500, isEnvelope);
                    return $"{Live(weight)} neurons, test error {Claim.Text(Error(weight))}";
                });
                return weight;
            }
            var all = Descend("no penalty", false, 0);
            var few = factors.Select(factor => Descend($"envelope {factor}", true, factor)).ToArray();
            var shortened = factors.Select(factor => Descend($"group lasso {factor}", false, factor)).ToArray();
            // The same with smaller factors that stay, down to those of the envelope's error.
            var tuned = new[] { 1e-3f, 2e-3f }.Select(factor => net.Train(start, x, y, Tensor.Scalar(factor), 0.05f, 500 * rounds, false)).ToArray();
            alike += tuned.Where(weight => Error(weight) <= 1.05 * few.Max(Error)).Select(Live).DefaultIfEmpty(0).Max() / (double)seeds;
            // The largest neurons of the network that was trained without a penalty.
            var lengths = Ops.Norm(all, 2, dim: 1, keepDim: true);
            var largest = all * (lengths >= Ops.TopK(lengths, Kept, dim: 0).Values[Kept - 1]).To(DType.Float32);

            // The neurons that are 0 are taken out: a smaller network says the same.
            var live = Enumerable.Range(0, Hidden).Where(i => (double)Ops.Norm(few[0][i], 2) > 0).Select(i => (long)i).ToArray();
            var small = new GroupSparseNetwork.Cpu(Inputs, live.Length, Outputs);
            var said = net.Predict(few[0], testX);
            removed = Math.Max(removed, Largest(small.Predict(few[0][Tensor.From(live)], testX) - said) / Largest(said));

            (most, fewest) = (Math.Max(most, few.Max(Live)), Math.Min(fewest, few.Min(Live)));
            spread = Math.Min(spread, shortened.Max(Live) - shortened.Min(Live));
            (ours, dense, cut) = (ours + few.Max(Error) / seeds, dense + Error(all) / seeds, cut + Error(largest) / seeds);
            string Both(Tensor weight) => $"{Live(weight)}: {Claim.Text(Error(weight))}";
            table.Add([$"{seed}", Both(all), Both(largest), .. tuned.Select(Both), .. shortened.Select(Both), .. few.Select(Both)]);
        }
        context.Table("Neurons and test error", ["seed", "no penalty", "its largest", "group lasso 0.001", "0.002", .. factors.Select(factor => $"group lasso {factor}"), .. factors.Select(factor => $"envelope {factor}")], table);
        context.Claim(Claim.AtMost("neurons that are left, where 8 were asked for: most, for all factors", most, Kept));
        context.Claim(Claim.AtLeast("the same: fewest", fewest, Kept));
        context.Claim(Claim.AtLeast("group lasso: neurons more or less for another factor, least", spread, 1, baseline: most - fewest));
        // Its best factor finds 8 as well; which factor that is, the error does not say.
        context.Claim(Claim.AtLeast("group lasso of an error within 5 % of the envelope's: neurons, most of two factors, mean", alike, Kept + 1, baseline: most));
        context.Claim(Claim.AtMost("test error, for the worst factor: at most twice that without a penalty", ours, 2 * dense, baseline: dense));
        context.Claim(Claim.AtLeast("the largest 8 neurons without a penalty: error over that of the envelope", cut / ours, 10));
        context.Claim(Claim.AtMost("the network without the neurons that are 0: largest difference over the largest output", removed, 5e-7));
    }
}
