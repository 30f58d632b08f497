namespace Proxima.Examples;

/// <summary>A cheap loss in place of an expensive one: how many gradients of the expensive one are needed depends on how much the two differ, and on nothing else.</summary>
public sealed class CheaperProxy : IExample
{
    private const int N = 50;

    /// <inheritdoc/>
    public string Id => "S079";

    /// <inheritdoc/>
    public string Title => "Two losses: few gradients of the expensive one, many of a proxy";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Woodworth, Mishchenko, Bach: Two Losses Are Better Than One: Faster Optimization Using a Cheaper Proxy (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(QuadraticLosses), new Dictionary<string, long> { ["n"] = N }),
        new(typeof(LogisticLosses), new Dictionary<string, long> { ["n"] = Features, ["newton"] = 3, ["b"] = 5000 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Quadratic(context);
        Logistic(context);
    }

    // ---- quadratic losses, whose difference is known ----

    /// <summary>A pair of losses: the eigenvalues of f lie between 1 and <paramref name="largest"/>, those of the difference between -delta and delta.</summary>
    private static QuadraticLosses.Cpu Pair(ulong seed, double largest, double delta)
    {
        var net = new QuadraticLosses.Cpu(N);
        net.Expensive.CopyFrom(Spectrum(seed, largest));
        var noise = Sample.Normal(seed + 1, N, N).To(DType.Float64);
        var difference = noise + Ops.Transpose(noise);
        net.Cheap.CopyFrom(net.Expensive + delta * difference / Ops.Max(Ops.Abs(Ops.Eigh(difference).Values)));
        net.Pull.CopyFrom(Sample.Normal(seed + 2, N).To(DType.Float64));
        return net;
    }

    /// <summary>A symmetric matrix with random eigenvectors and eigenvalues from 1 on, equal steps of their logarithm apart.</summary>
    private static Tensor Spectrum(ulong seed, double largest)
    {
        var (q, _) = Ops.Qr(Sample.Normal(seed, N, N).To(DType.Float64));
        return Ops.MatMul(q * Ops.Pow(largest, Ops.Arange(N, DType.Float64) / (N - 1)), Ops.Transpose(q));
    }

    /// <summary>The distances from the minimum, relative to the first, until they are below 10^-6: as many as gradients of f were asked for, and one.</summary>
    private static List<double> Distances(QuadraticLosses net, Func<Tensor, Tensor, Tensor> step, int limit = 20_000)
    {
        var minimum = Ops.Squeeze(Ops.Solve(net.Expensive, Ops.Unsqueeze(net.Pull, 1)), 1);
        Tensor x = Tensor.Zeros([N], DType.Float64), first = Ops.Norm(minimum);
        var distances = new List<double> { 1 };
        while (distances[^1] > 1e-6 && distances[^1] < 1e6 && distances.Count <= limit)
        {
            x = step(x, net.LossSlope(x));
            distances.Add((double)(Ops.Norm(x - minimum) / first));
        }
        return distances;
    }

    private static List<double> WithProxy(QuadraticLosses net, double eta, int limit = 20_000) => Distances(net, (x, g) => net.Next(x, g, Tensor.Scalar(eta)), limit);

    private static List<double> Descent(QuadraticLosses net, double largest) => Distances(net, (x, g) => x - g / largest);

    private static List<double> Nesterov(QuadraticLosses net, double largest)
    {
        var momentum = (Math.Sqrt(largest) - 1) / (Math.Sqrt(largest) + 1);
        Tensor? before = null;
        // The step sees the point that is carried on; what it was carried on from is remembered.
        return Distances(net, (x, g) =>
        {
            var next = x - g / largest;
            var carried = before is null ? next : next + momentum * (next - before);
            before = next;
            return carried;
        });
    }

    private static void Quadratic(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        double most = 0, fewestOfDescent = double.PositiveInfinity, ratio = double.PositiveInfinity, growth = 0, ofDescent = double.PositiveInfinity;
        double tenth = 0, ten = double.PositiveInfinity, rise = double.NegativeInfinity, plain = 0, unrelated = double.PositiveInfinity;
        var rows = new List<string[]>();
        (string Name, double[] Distances)[] curves = [];
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 100 + (ulong)run * 10;
            var pair = Pair(seed, 1000, 1);
            List<double> proxy = WithProxy(pair, 1), descent = Descent(pair, 1000), nesterov = Nesterov(pair, 1000);
            var steep = Pair(seed, 10_000, 1);
            var steepCalls = Calls(WithProxy(steep, 1));
            var counts = new[] { 0.1, 1, 10, 30 }.Select(delta => Calls(WithProxy(Pair(seed, 1000, delta), 1 / delta))).ToArray();
            rows.Add([$"{seed}", $"{Calls(descent)}", $"{Calls(nesterov)}", .. counts.Select(count => $"{count}"), $"{steepCalls}"]);
            (most, fewestOfDescent) = (Math.Max(most, Calls(proxy)), Math.Min(fewestOfDescent, Calls(descent)));
            ratio = Math.Min(ratio, Calls(descent) / (double)Calls(proxy));
            growth = Math.Max(growth, Math.Abs(steepCalls / (double)Calls(proxy) - 1));
            (tenth, ten) = (Math.Max(tenth, counts[0] / (double)counts[1]), Math.Min(ten, counts[2] / (double)counts[1]));

            // With eta = 1/delta the surrogate lies above f, and touches it: f cannot rise.
            var x = 3 * Sample.Normal(seed + 3, N).To(DType.Float64);
            for (var k = 0; k < 40; k++)
            {
                var next = pair.Next(x, pair.LossSlope(x), Tensor.Scalar(1.0));
                rise = Math.Max(rise, (double)(pair.Loss(next) - pair.Loss(x)) / (1 + Math.Abs((double)pair.Loss(x))));
                x = next;
            }

            // Without a proxy the method is gradient descent, and as many times slower as L is larger.
            var none = Pair(seed, 1000, 1);
            none.Cheap.Fill(0);
            var at = Sample.Normal(seed + 4, N).To(DType.Float64);
            plain = Math.Max(plain, (double)Ops.Norm(none.Next(at, none.LossSlope(at), Tensor.Scalar(1e-3)) - (at - 1e-3 * none.LossSlope(at))));
            ofDescent = Math.Min(ofDescent, Calls(descent) / (double)Calls(Descent(Pair(seed, 100, 1), 100)));

            // A proxy with the same eigenvalues and other eigenvectors.
            var other = Pair(seed, 1000, 1);
            other.Cheap.CopyFrom(Spectrum(seed + 5, 1000));
            var lost = WithProxy(other, 1, 200);
            unrelated = Math.Min(unrelated, lost[^1]);
            if (run == 0) curves = [("proxy", [.. proxy]), ("gradient descent", [.. descent]), ("Nesterov", [.. nesterov]), ("an unrelated proxy", [.. lost])];
        }
        context.Table("gradients of f until the distance is 10^-6 of the first", ["seed", "descent", "Nesterov", "delta 0.1", "delta 1", "delta 10", "delta 30", "delta 1, L = 10^4"], rows);
        context.Claim(Claim.AtMost("gradients of f with a proxy, delta = 1, L = 1000: most of all pairs", most, 60, fewestOfDescent));
        context.Claim(Claim.AtLeast("gradients of descent over those with a proxy, least", ratio, 50, 1));
        context.Claim(Claim.AtMost("change of their number where L is ten times as large, relative (baseline: of descent)", growth, 0.3, ofDescent - 1));
        context.Claim(Claim.AtLeast("gradients of descent at L = 1000 over those at 100, least", ofDescent, 5));
        context.Claim(Claim.AtLeast("their number at delta = 10 over that at 1, least", ten, 4));
        context.Claim(Claim.AtMost("their number at delta = 0.1 over that at 1, most", tenth, 0.5));
        context.Claim(Claim.AtMost("largest rise of f in a step with eta = 1/delta, relative", rise, 1e-12));
        context.Claim(Claim.AtMost("without a proxy: distance from a step of gradient descent", plain, 1e-8));
        context.Claim(Claim.AtLeast("a proxy of other eigenvectors: distance after 200 gradients", unrelated, 1, 1e-6));
        context.Plot("two-losses.png", plot =>
        {
            foreach (var (name, distances) in curves)
            {
                var kept = distances.Take(450).ToArray();
                plot.Add.ScatterLine(Enumerable.Range(0, kept.Length).Select(k => (double)k).ToArray(), Array.ConvertAll(kept, Math.Log10)).LegendText = name;
            }
            plot.Title("Distance from the minimum, L = 1000, delta = 1");
            plot.XLabel("gradients of f");
            plot.YLabel("log10 of the distance");
            plot.ShowLegend(ScottPlot.Alignment.UpperRight);
        });

        static int Calls(List<double> distances) => distances.Count - 1;
    }

    // ---- logistic regression ----

    private const int Features = 8, Privates = 200;

    /// <summary>Samples with features of very different sizes that tell equally much; some labels are wrong, and features are seen with noise.</summary>
    private static (Tensor X, Tensor Label) Samples(int count, double wrong, double blur, ulong seed, ulong truth)
    {
        var sizes = Ops.Pow(10, -2 * Ops.Arange(Features, DType.Float64) / (Features - 1));
        var x = Sample.Normal(seed, count, Features).To(DType.Float64) * sizes;
        var signs = 2 * Sample.Bernoulli(truth, 0.5, Features).To(DType.Float64) - 1;
        var odds = Ops.Sigmoid(Ops.MatMul(x, 2 * signs / sizes / Math.Sqrt(Features)));
        var label = 2 * (Sample.Uniform(seed + 1, count).To(DType.Float64) < odds).To(DType.Float64) - 1;
        var flip = 1 - 2 * Sample.Bernoulli(seed + 2, wrong, count).To(DType.Float64);
        return (x + blur * Sample.Normal(seed + 3, count, Features).To(DType.Float64) * sizes, label * flip);
    }

    /// <summary>Private samples, samples that stand in for them, and how many gradients of the former's loss methods need.</summary>
    private sealed class Regression
    {
        private readonly LogisticLosses.Cpu _net = new(Features);
        private readonly Tensor _x, _label, _proxyX, _proxyLabel;
        private readonly Tensor _none = Tensor.Zeros([Features], DType.Float64);
        private readonly double _least, _first;
        private readonly ulong _seed;

        public Regression(ulong seed, int count)
        {
            _seed = seed;
            (_x, _label) = Samples(Privates, 0, 0, seed, seed + 50);
            (_proxyX, _proxyLabel) = Samples(count, 0.05, 0.2, seed + 10, seed + 50);
            Tensor minimum = Minimum(_x, _label), ofProxy = Minimum(_proxyX, _proxyLabel);
            (_least, _first) = (Loss(minimum), Loss(_none));
            Steepest = Largest(_net.LossCurvature(_none, _x, _label));
            Apart = Largest(_net.LossCurvature(minimum, _x, _label) - _net.LossCurvature(minimum, _proxyX, _proxyLabel));
            GapOfProxy = Gap(ofProxy);
        }

        /// <summary>L: the largest second derivative of f, which is that at 0.</summary>
        public double Steepest { get; }

        /// <summary>delta: how much the second derivatives of f and h differ at the minimum of f.</summary>
        public double Apart { get; }

        /// <summary>How far the minimum of h is above that of f, as a share of the fall from 0.</summary>
        public double GapOfProxy { get; }

        private double Loss(Tensor w) => (double)_net.Loss(w, _x, _label);

        private double Gap(Tensor w) => (Loss(w) - _least) / (_first - _least);

        private static double Largest(Tensor symmetric) => (double)Ops.Max(Ops.Abs(Ops.Eigh(symmetric).Values));

        private Tensor Minimum(Tensor x, Tensor label)
        {
            var w = _none;
            for (var k = 0; k < 20; k++) w = w - Ops.Squeeze(Ops.Solve(_net.LossCurvature(w, x, label), Ops.Unsqueeze(_net.LossSlope(w, x, label), 1)), 1);
            return w;
        }

        /// <summary>The point after a step that minimises the surrogate.</summary>
        public Tensor WithProxy(Tensor w, Tensor g, double eta) => _net.Next(_proxyX, _proxyLabel, w, g, Tensor.Scalar(eta));

        /// <summary>The gradients until the gap is a share of the first; of random batches, each sample once an epoch, the mean of several runs.</summary>
        public double Count(double share, int batch, int draws, int limit, Func<Tensor, Tensor, Tensor> step) =>
            Enumerable.Range(0, batch < Privates ? draws : 1).Average(draw => Count(share, batch, new Philox(_seed + 60, (ulong)draw), limit, step));

        private double Count(double share, int batch, Philox draw, int limit, Func<Tensor, Tensor, Tensor> step)
        {
            var (w, order) = (_none, Array.Empty<long>());
            for (var k = 1; k <= limit; k++)
            {
                Tensor x = _x, label = _label;
                if (batch < Privates)
                {
                    var (epoch, part) = Math.DivRem(k - 1, Privates / batch);
                    if (part == 0) order = [.. Enumerable.Range(0, Privates).OrderBy(i => draw.Uniform((ulong)(epoch * Privates + i))).Select(i => (long)i)];
                    var index = Tensor.From(order[(part * batch)..((part + 1) * batch)]);
                    (x, label) = (x[index], label[index]);
                }
                w = step(w, _net.LossSlope(w, x, label));
                if (Gap(w) is var gap && (gap <= share || !(gap < 1e3))) return gap <= share ? k : limit;
            }
            return limit;
        }
    }

    /// <summary>
    /// The noise of a batch is the same for both methods, and what is needed to average it out is not saved: with n features it costs a full step n / (2 batch)
    /// of loss. So the proxy saves much where there are few features of very different sizes, as here, and less where n is a large part of the batch: a factor
    /// of 3 with 20 features in batches of 50, and one of 2.6 to 7.5 with 8 in batches of 20. For the same reason steps are shorter for smaller batches: their
    /// factors, the same for all pairs, were found by trying.
    /// </summary>
    private static void Logistic(Context context)
    {
        var (seeds, count, draws) = context.Quick ? (1, 1000, 2) : (3, 5000, 3);
        // The share of the first gap that is left, the number of samples of a batch, and eta times delta.
        (double Share, int Batch, double Factor)[] cases = [(1e-3, Privates, 16), (0.02, 50, 4), (0.05, 20, 1)];
        const int limit = 6000;

        // Of delta the method knows the mean of other pairs of losses than those that count. The steps of descent are the best of five on each pair itself.
        var first = context.Seed * 1000 + 500;
        var apart = Enumerable.Range(0, 4).Average(i => new Regression(first + 300 + 100 * (ulong)i, count).Apart);
        var (ratios, nearest) = (cases.Select(_ => double.PositiveInfinity).ToArray(), double.PositiveInfinity);
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var pair = new Regression(first + (ulong)run * 100, count);
            nearest = Math.Min(nearest, pair.GapOfProxy);
            List<string> row = [$"{first + (ulong)run * 100}", Claim.Text(pair.Steepest), Claim.Text(pair.Apart), Claim.Text(pair.GapOfProxy)];
            foreach (var (i, (share, batch, factor)) in cases.Index())
            {
                var descent = Enumerable.Range(-1, 5).Min(k => pair.Count(share, batch, draws, limit, (w, g) => w - Math.Pow(2, k) / pair.Steepest * g));
                var proxy = pair.Count(share, batch, draws, limit, (w, g) => pair.WithProxy(w, g, factor / apart));
                ratios[i] = Math.Min(ratios[i], descent / proxy);
                row.AddRange([Claim.Text(descent), Claim.Text(proxy)]);
            }
            rows.Add([.. row]);
        }
        context.Table(
            $"logistic regression, {Privates} private samples, at most {limit} gradients of f; with a proxy for delta = {Claim.Text(apart)}",
            ["seed", "L", "delta", "gap of h", "descent", "with a proxy", "SGD of 50", "with a proxy", "SGD of 20", "with a proxy"], rows);
        context.Claim(Claim.AtLeast("gap of 0.1 %: gradients of descent over those with a proxy, least", ratios[0], 5, 1));
        context.Claim(Claim.AtLeast("gap of 2 %: gradients of 50 samples of SGD over those with a proxy, least", ratios[1], 5, 1));
        context.Claim(Claim.AtLeast("gap of 5 %: gradients of 20 samples of SGD over those with a proxy, least", ratios[2], 2, 1));
        context.Claim(Claim.AtLeast("the proxy alone does not reach the gap of 2 %: gap of its minimum, least", nearest, 0.02));
    }
}
