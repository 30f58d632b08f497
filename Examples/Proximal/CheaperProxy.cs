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
        new(typeof(LogisticLosses), new Dictionary<string, long> { ["n"] = 20, ["newton"] = 5, ["b"] = 5000 }),
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

    /// <summary>Samples whose features have very different sizes; a share of the labels is wrong, and features are seen with noise.</summary>
    private static (Tensor X, Tensor Label) Samples(int count, double wrong, double blur, ulong seed, ulong truth)
    {
        const int n = 20;
        var sizes = Ops.Pow(10, -1.5 * Ops.Arange(n, DType.Float64) / (n - 1));
        var x = Sample.Normal(seed, count, n).To(DType.Float64) * sizes;
        var odds = Ops.Sigmoid(Ops.MatMul(x, 2 * Sample.Normal(truth, n).To(DType.Float64) / sizes / Math.Sqrt(n)));
        var label = 2 * (Sample.Uniform(seed + 1, count).To(DType.Float64) < odds).To(DType.Float64) - 1;
        var flip = 1 - 2 * Sample.Bernoulli(seed + 2, wrong, count).To(DType.Float64);
        return (x + blur * Sample.Normal(seed + 3, count, n).To(DType.Float64) * sizes, label * flip);
    }

    private static void Logistic(Context context)
    {
        var (seeds, count) = context.Quick ? (2, 1000) : (3, 5000);
        const int n = 20, privates = 200;
        double whole = double.PositiveInfinity, ofSgd = 0, ofProxy = 0, ofHalf = 0, ofHalfProxy = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 1000 + 500 + (ulong)run * 100;
            var net = new LogisticLosses.Cpu(n);
            var (x, label) = Samples(privates, 0, 0, seed, seed + 50);
            var (proxyX, proxyLabel) = Samples(count, 0.05, 0.2, seed + 10, seed + 50);
            var none = Tensor.Zeros([n], DType.Float64);
            var minimum = none;
            for (var k = 0; k < 12; k++) minimum = minimum - Ops.Squeeze(Ops.Solve(net.LossCurvature(minimum, x, label), Ops.Unsqueeze(net.LossSlope(minimum, x, label), 1)), 1);
            double least = (double)net.Loss(minimum, x, label), first = (double)net.Loss(none, x, label);
            double Gap(Tensor w) => ((double)net.Loss(w, x, label) - least) / (first - least);

            // How many gradients until the gap has fallen to a share of the first, with the best of seven steps; of random batches, each sample once in an epoch, the mean of five runs.
            double Best(double share, int batch, double middle, Func<Tensor, Tensor, double, Tensor> step) => Enumerable.Range(-2, 7).Min(i =>
                Enumerable.Range(0, batch < privates ? 5 : 1).Average(draw => Count(share, batch, new Philox(seed + 60, (ulong)draw), (w, g) => step(w, g, middle * Math.Pow(2, i)))));

            double Count(double share, int batch, Philox draw, Func<Tensor, Tensor, Tensor> step)
            {
                var (w, limit) = (none, batch < privates ? 200 : 1000);
                for (var k = 1; k <= limit; k++)
                {
                    Tensor rowsOfX = x, rowsOfLabel = label;
                    if (batch < privates)
                    {
                        var (epoch, part) = Math.DivRem(k - 1, privates / batch);
                        var index = Tensor.From(Enumerable.Range(0, privates).OrderBy(j => draw.Uniform((ulong)(epoch * privates + j))).Skip(part * batch).Take(batch).Select(j => (long)j).ToArray());
                        (rowsOfX, rowsOfLabel) = (x[index], label[index]);
                    }
                    w = step(w, net.LossSlope(w, rowsOfX, rowsOfLabel));
                    if (Gap(w) is var gap && (gap <= share || !(gap < 1e3))) return gap <= share ? k : limit;
                }
                return limit;
            }

            var steepest = (double)Ops.Max(Ops.Eigh(net.LossCurvature(none, x, label)).Values);
            var apart = (double)Ops.Max(Ops.Abs(Ops.Eigh(net.LossCurvature(minimum, x, label) - net.LossCurvature(minimum, proxyX, proxyLabel)).Values));
            Tensor WithProxy(Tensor w, Tensor g, double eta) => net.Next(proxyX, proxyLabel, w, g, Tensor.Scalar(eta));
            double descent = Best(1e-3, privates, 1 / steepest, (w, g, rate) => w - rate * g), proxy = Best(1e-3, privates, 1 / apart, WithProxy);
            double stochastic = Best(0.2, 50, 1 / steepest, (w, g, rate) => w - rate * g), stochasticProxy = Best(0.2, 50, 1 / apart, WithProxy);
            double half = Best(0.1, privates / 2, 1 / steepest, (w, g, rate) => w - rate * g), halfProxy = Best(0.1, privates / 2, 1 / apart, WithProxy);
            rows.Add([$"{seed}", .. new[] { steepest, apart, descent, proxy, stochastic, stochasticProxy, half, halfProxy }.Select(Claim.Text)]);
            whole = Math.Min(whole, descent / proxy);
            (ofSgd, ofProxy, ofHalf, ofHalfProxy) = (ofSgd + stochastic, ofProxy + stochasticProxy, ofHalf + half, ofHalfProxy + halfProxy);
        }
        context.Table($"logistic regression, {privates} private samples: gradients of f with the best step", ["seed", "L", "delta", "descent", "with a proxy", "SGD of 50", "with a proxy", "SGD of 100", "with a proxy"], rows);
        context.Claim(Claim.AtLeast("gap of 0.1 %: gradients of descent over those with a proxy, least", whole, 5, 1));
        context.Claim(Claim.AtLeast("gap of 10 %: gradients of 100 samples of SGD over those with a proxy, all seeds", ofHalf / ofHalfProxy, 5, 1));
        // The noise of the batches is the same for both; so is what is needed to average it out, and only the rest is saved.
        context.Claim(Claim.AtLeast("gap of 20 %: gradients of 50 samples of SGD over those with a proxy, all seeds", ofSgd / ofProxy, 2, 1));
    }
}
