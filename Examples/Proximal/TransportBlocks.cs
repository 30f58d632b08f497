namespace Proxima.Examples;

/// <summary>Dictionary learning under transport cost by anchored blocks.</summary>
public sealed class TransportBlocks : IExample
{
    private const int Samples = 12;
    private const int Atoms = 2;
    private const int Side = 10;
    private const float Smoothing = 0.02f;
    private const float Anchor = 1;

    /// <inheritdoc/>
    public string Id => "S030";

    /// <inheritdoc/>
    public string Title => "Blocks with proximal anchors: a dictionary of products under transport cost";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Kwon, Lyu: Complexity of Block Coordinate Descent with Proximal Regularization and Applications to Wasserstein CP-dictionary Learning (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(TransportDictionary), new Dictionary<string, long> { ["samples"] = Samples, ["atoms"] = Atoms, ["side"] = Side, ["inner"] = 100, ["scalings"] = 500 }),
    ];

    private static Tensor Rows(Tensor x) => x / Ops.Sum(x, dim: 1, keepDim: true);

    /// <summary>
    /// Images of two narrow bumps, one in each of two corners, and the share of the first. A bump moves by up to three times its width: squares do not see how
    /// near two are that do not overlap, transport does.
    /// </summary>
    private static (Tensor Images, double[] Shares) Images(ulong seed)
    {
        var shares = new double[Samples];
        var random = new Philox(seed, Philox.StreamOf("images"));
        var x = new double[Samples * Side * Side];
        for (var n = 0; n < Samples; n++)
        {
            shares[n] = random.Uniform((ulong)(10 * n));
            double Place(int which, double center) => center + 3 * random.Uniform((ulong)(10 * n + which)) - 1.5;
            var (a, b, c, d) = (Place(1, 2), Place(2, 2), Place(3, 7), Place(4, 7));
            for (var i = 0; i < Side; i++)
                for (var j = 0; j < Side; j++) x[(n * Side + i) * Side + j] = 1e-3 + shares[n] * Bump(i, a) * Bump(j, b) + (1 - shares[n]) * Bump(i, c) * Bump(j, d);
        }
        return (Ops.Reshape(Rows(Tensor.From(x, Samples, Side * Side)), Samples, Side, Side), shares);

        static double Bump(double at, double center) => Math.Exp(-2 * Math.Pow(at - center, 2));
    }

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Duality(context);
        Blocks(context);
    }

    private static double Dot(Tensor x, Tensor y) => (double)Ops.Sum(x * y);

    /// <summary>The closed form of the conjugate against the transport plan itself, written out, of one image.</summary>
    private static void Duality(Context context)
    {
        const int size = Side * Side;
        var net = new TransportDictionary.Cpu(1, Atoms, Side, Smoothing, Anchor);
        double off = 0, marginals = 0, least = double.PositiveInfinity;
        for (var run = 0ul; run < (context.Quick ? 2ul : 10ul); run++)
        {
            var seed = context.Seed + 50 + 10 * run;
            Tensor Histogram(ulong draw) => Ops.Reshape(Rows(0.05 + Sample.Uniform(seed + draw, 1, size).To(DType.Float64)), 1, Side, Side);
            Tensor x = Histogram(0), b = Histogram(1);
            var (_, g) = net.Cost(b, x, 2000);
            double[] from = x.ToArray<double>(), to = b.ToArray<double>(), dual = g.ToArray<double>();
            var arrived = new double[size];
            var cost = 0.0;
            for (var i = 0; i < size; i++)
            {
                double Square(int j) => Math.Pow((i / Side - j / Side) / (double)Side, 2) + Math.Pow((i % Side - j % Side) / (double)Side, 2);
                double[] row = [.. Enumerable.Range(0, size).Select(j => Math.Exp((dual[j] - Square(j)) / Smoothing))];
                var scale = from[i] / row.Sum();
                for (var j = 0; j < size; j++)
                {
                    var mass = scale * row[j];
                    arrived[j] += mass;
                    cost += mass * (Square(j) + Smoothing * Math.Log(mass));
                }
            }
            marginals = Math.Max(marginals, arrived.Zip(to, (a, c) => Math.Abs(a - c)).Max());
            off = Math.Max(off, Math.Abs(cost + (double)net.Conjugate(g, x) - Dot(g, b)));
            var other = g + 0.1 * Sample.Normal(seed + 2, 1, Side, Side).To(DType.Float64);
            least = Math.Min(least, cost + (double)net.Conjugate(other, x) - Dot(other, b));
        }
        context.Claim(Claim.AtMost("transport plan: what arrives against the histogram", marginals, 1e-9));
        context.Claim(Claim.AtMost("cost of the plan and conjugate against the pairing", off, 1e-9, baseline: least));
        context.Claim(Claim.AtLeast("other dual variables: cost and conjugate above the pairing, least", least, 1e-3));
    }

    private static (Tensor Weights, Tensor Rows, Tensor Columns) Start(ulong seed)
    {
        return (Draw(1, Samples, Atoms), Draw(2, Atoms, Side), Draw(3, Atoms, Side));

        Tensor Draw(ulong draw, int rows, int columns) => Rows(0.1 + Sample.Uniform(seed + draw, rows, columns).To(DType.Float64));
    }

    /// <summary>Objectives and squared steps of a run.</summary>
    private static (double[] Values, double[] Moved, Tensor Weights, Tensor Rows, Tensor Columns) Learn(Tensor x, ulong seed, int cycles, int inner)
    {
        var net = new TransportDictionary.Cpu(Samples, Atoms, Side, Smoothing, Anchor);
        var (weights, rows, columns) = Start(seed);
        var g = Tensor.Zeros([Samples, Side, Side], DType.Float64);
        double[] values = new double[cycles + 1], moved = new double[cycles];
        double Value() => (double)net.Cost(net.Mixtures(weights, rows, columns), x, 400).Value;
        values[0] = Value();
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var (oldWeights, oldRows, oldColumns) = (weights, rows, columns);
            (g, weights, rows, columns) = net.Cycle(g, x, weights, rows, columns, Tensor.Scalar(0.02), inner);
            moved[cycle] = (double)(Ops.Sum(Ops.Square(weights - oldWeights)) + Ops.Sum(Ops.Square(rows - oldRows)) + Ops.Sum(Ops.Square(columns - oldColumns)));
            values[cycle + 1] = Value();
        }
        return (values, moved, weights, rows, columns);
    }

    private static void Blocks(Context context)
    {
        int runs = context.Quick ? 1 : 3, cycles = context.Quick ? 20 : 60;
        double slack = double.PositiveInfinity, sum = 0, slope = double.NegativeInfinity, worse = double.NegativeInfinity, alike = 1;
        double share = 0, sharp = 0, fewer = 0;
        var net = new TransportDictionary.Cpu(Samples, Atoms, Side, Smoothing, Anchor);
        var lessSmooth = new TransportDictionary.Cpu(Samples, Atoms, Side, Smoothing / 5, Anchor);
        for (var run = 0ul; run < (ulong)runs; run++)
        {
            var seed = context.Seed + 100 * run;
            var (x, shares) = Images(seed);
            var (values, moved, weights, rows, columns) = Learn(x, seed, cycles, 200);
            for (var k = 0; k < cycles; k++) slack = Math.Min(slack, values[k] - values[k + 1] - Anchor / 2 * moved[k]);
            sum = Math.Max(sum, Anchor / 2 * moved.Sum() / (values[0] - values[^1]));
            // The least squared step so far against the count, on logarithmic scales.
            double[] counts = [.. Enumerable.Range(1, cycles).Select(k => Math.Log(k))], least = [.. Enumerable.Range(1, cycles).Select(k => Math.Log(moved.Take(k).Min()))];
            double mean = counts.Average(), level = least.Average();
            slope = Math.Max(slope, counts.Zip(least, (c, l) => (c - mean) * (l - level)).Sum() / counts.Sum(c => (c - mean) * (c - mean)));

            var rough = Learn(x, seed, cycles, 20);
            worse = Math.Max(worse, (rough.Values[^1] - values[^1]) / (values[0] - values[^1]));

            // How much more the transport to the mixtures costs than that to the nearest of all histograms; of those that are near in the sense of squares, the nearest of three.
            double Excess(TransportDictionary net, Tensor mixtures) => (double)(net.Cost(mixtures, x, 2000).Value + net.Conjugate(0 * x, x));
            var squares = Enumerable.Range(0, 3).Select(draw =>
            {
                var start = Start(seed + 10 * (ulong)draw);
                return net.Nearest(x, start.Weights, start.Rows, start.Columns, Tensor.From([1.0, 0.3]), 3000);
            }).MinBy(fit => (double)net.Squares(x, fit.Weights, fit.Rows, fit.Columns));
            Tensor ours = net.Mixtures(weights, rows, columns), theirs = net.Mixtures(squares.Weights, squares.Rows, squares.Columns);
            share = Math.Max(share, Excess(net, ours) / Excess(net, theirs));
            sharp = Math.Max(sharp, Excess(lessSmooth, ours) / Excess(lessSmooth, theirs));
            fewer = Math.Max(fewer, (double)net.Squares(x, squares.Weights, squares.Rows, squares.Columns) / (double)net.Squares(x, weights, rows, columns));

            double[] first = [.. weights.ToArray<double>().Where((_, i) => i % Atoms == 0)];
            double a = first.Average(), b = shares.Average();
            alike = Math.Min(alike, Math.Abs(first.Zip(shares, (p, q) => (p - a) * (q - b)).Sum()) / Math.Sqrt(first.Sum(p => (p - a) * (p - a)) * shares.Sum(q => (q - b) * (q - b))));
            if (run == 0) Draw(context, x, Ops.Einsum("ri,rj->rij", rows, columns));
        }
        context.Claim(Claim.AtLeast("fall of the objective less half the anchored square, least of all cycles", slack, -1e-7));
        context.Claim(Claim.AtMost("sum of the squared steps over its bound", sum, 1));
        context.Claim(Claim.AtMost("least squared step over the number of cycles: exponent", slope, -0.9));
        context.Claim(Claim.AtMost("a tenth of the inner steps: end above the exact one's, relative to the fall", worse, 0.02));
        context.Claim(Claim.AtMost("transport to the mixtures above the least, over that of mixtures by squares", share, 0.5, baseline: 1));
        context.Claim(Claim.AtMost("the same with a fifth of the entropy that they were learned with", sharp, 0.75, baseline: 1));
        context.Claim(Claim.AtMost("squares of those mixtures over the squares of these", fewer, 1));
        context.Claim(Claim.AtLeast("weights against the shares of the bumps: correlation", alike, 0.95));
    }

    /// <summary>Images in the upper row, the products that were learned below.</summary>
    private static void Draw(Context context, Tensor images, Tensor products)
    {
        const int shown = 4, gap = 2;
        var picture = new double[2 * Side + gap, shown * (Side + gap) - gap];
        // What is not a number is not drawn.
        for (var i = 0; i < picture.GetLength(0); i++)
            for (var j = 0; j < picture.GetLength(1); j++) picture[i, j] = double.NaN;
        double[] upper = images.ToArray<double>(), lower = products.ToArray<double>();
        for (var i = 0; i < Side; i++)
            for (var j = 0; j < Side; j++)
            {
                for (var n = 0; n < shown; n++) picture[i, n * (Side + gap) + j] = upper[(n * Side + i) * Side + j];
                for (var r = 0; r < Atoms; r++) picture[Side + gap + i, (r + 1) * (Side + gap) + j] = lower[(r * Side + i) * Side + j];
            }
        context.Plot("bcd-pr.png", plot =>
        {
            plot.Add.Heatmap(picture);
            plot.Title("Images, and the products whose mixtures they are nearest to");
            plot.HideGrid();
            foreach (var axis in plot.Axes.GetAxes()) axis.IsVisible = false;
        });
    }
}
