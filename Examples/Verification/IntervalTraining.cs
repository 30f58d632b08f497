using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Interval bound propagation: sound bounds of declared networks, and training through them.</summary>
public sealed class IntervalTraining : IExample
{
    private const int Hidden = 128;
    private const float Radius = 0.1f;

    // As in the paper, training asks for a little more than is verified afterwards.
    private const float TrainingRadius = 0.13f;

    /// <inheritdoc/>
    public string Id => "S047";

    /// <inheritdoc/>
    public string Title => "Interval bound propagation: training through derived bounds";

    /// <inheritdoc/>
    public string Family => "verification/bounds";

    /// <inheritdoc/>
    public string Paper => "Gowal et al.: On the Effectiveness of Interval Bound Propagation for Training Verifiably Robust Models (2018)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(VerifiableNetwork), new Dictionary<string, long> { ["inputs"] = Glyphs.Inputs, ["hidden"] = Hidden, ["classes"] = Glyphs.Classes, ["b"] = 100 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Soundness(context);
        Training(context);
    }

    /// <summary>Twenty random networks of four kinds: nothing that can be found leaves the bounds.</summary>
    private static void Soundness(Context context)
    {
        const int networks = 20, inputs = 16, hidden = 32, outputs = 8, batch = 1000;
        var samples = context.Quick ? 5_000 : 100_000;
        long violations = 0, lineViolations = 0;
        double atZero = 0, atCorner = 0, looser = 0, width = 0, lineWidth = 0;
        for (var i = 0; i < networks; i++)
        {
            var net = new RandomNetwork.Cpu(inputs, hidden, outputs, smooth: i % 2 == 1, residual: i / 2 % 2 == 1);
            net.Initialize(context.Seed + (ulong)i);
            var centre = Sample.Normal(context.Seed + 100 + (ulong)i, 1, inputs);
            var radius = 0.02f + 0.1f * (i / 4);
            Tensor low = centre - radius, high = centre + radius;
            var range = net.Range(low, high);
            var lines = net.Enclosure(low, high);
            float[] lower = range.Lower.ToArray<float>(), upper = range.Upper.ToArray<float>(), below = lines.Lower.ToArray<float>(), above = lines.Upper.ToArray<float>();
            for (var k = 0; k < outputs; k++)
            {
                looser = Math.Max(looser, Math.Max(lower[k] - below[k], above[k] - upper[k]));
                (width, lineWidth) = (width + upper[k] - lower[k], lineWidth + above[k] - below[k]);
            }
            for (var done = 0; done < samples; done += batch) Count(net.Forward(Inside(low, high, batch, (ulong)(i * 1000 + done / batch))));
            Count(net.Forward(Climb(net, low, high, 100, (ulong)i)));

            // At radius 0 nothing is left between the bounds; of one affine layer each bound is reached at a corner.
            var point = net.Range(centre, centre);
            atZero = Math.Max(atZero, Math.Max(Distance(point.Lower, net.Forward(centre)), Distance(point.Upper, net.Forward(centre))));
            var affine = net.AffineRange(low, high);
            var weight = net.FirstWeight();
            var corners = centre + radius * Ops.Sign(weight);
            var reached = net.Affine(corners);
            for (var k = 0; k < hidden; k++) atCorner = Math.Max(atCorner, Math.Abs(reached.AsSpan<float>()[k * hidden + k] - affine.Upper.AsSpan<float>()[k]));

            void Count(Tensor values)
            {
                var found = values.AsSpan<float>();
                for (var k = 0; k < found.Length; k++)
                {
                    // Rounding in single precision is not what the bounds are about.
                    var slack = 1e-5f * Math.Max(1, Math.Abs(found[k]));
                    if (found[k] < lower[k % outputs] - slack || found[k] > upper[k % outputs] + slack) violations++;
                    if (found[k] < below[k % outputs] - slack || found[k] > above[k % outputs] + slack) lineViolations++;
                }
            }
        }
        context.Claim(Claim.AtMost($"outputs outside of their intervals, {samples} samples and 100 attacks on each of {networks} networks", violations, 0));
        context.Claim(Claim.AtMost("outputs outside of their linear bounds", lineViolations, 0));
        context.Claim(Claim.AtMost("linear bounds looser than intervals, at most by", looser, 1e-5));
        context.Claim(Claim.AtMost("width of linear bounds / width of intervals", lineWidth / width, 0.9, 1));
        context.Claim(Claim.AtMost("bounds at radius 0 minus the output", atZero, 1e-5));
        context.Claim(Claim.AtMost("bound of an affine layer minus its value at a corner", atCorner, 1e-5));
    }

    /// <summary>The paper's experiment on glyphs: a network trained for its worst case can be verified, an ordinary one cannot.</summary>
    private static void Training(Context context)
    {
        const int seeds = 3;
        var rows = new List<string[]>();
        double nominalClean = 0, nominalVerified = 0, clean = 0, verified = 0, lines = 0, elision = double.NegativeInfinity, ratio = 0, robustRatio = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var (train, trainLabels) = Glyphs.Draw(2000, 0.15, seed, 1);
            var (test, testLabels) = Glyphs.Draw(context.Quick ? 300 : 1000, 0.15, seed, 11);
            var nominal = new VerifiableNetwork.Cpu(Glyphs.Inputs, Hidden, Glyphs.Classes);
            var robust = new VerifiableNetwork.Cpu(Glyphs.Inputs, Hidden, Glyphs.Classes);
            nominal.Initialize(seed);
            robust.Initialize(seed);
            Adam nominalAdam = new(nominal, learningRate: 1e-3), adam = new(robust, learningRate: 2e-3);
            var batches = new Batches(100, seed, true, train, trainLabels, Glyphs.OneHot(trainLabels));
            var epochs = context.Quick ? 60 : 120;
            context.Steps($"seed {seed}", epochs, epoch =>
            {
                // The paper's schedules: the radius grows to its value, the share of the ordinary loss falls to a half.
                var progress = Math.Min(1, epoch / (0.5 * epochs));
                Tensor radius = Tensor.From([(float)(TrainingRadius * progress)]), share = Tensor.From([(float)(1 - 0.5 * progress)]);
                foreach (var batch in batches.Epoch(epoch))
                {
                    if (epoch < 20) nominalAdam.Step(nominal.CleanGradient(batch[0], batch[1]));
                    adam.Step(robust.LossGradient(batch[0], batch[1], batch[2], Ops.Reshape(radius, []), Ops.Reshape(share, [])));
                }
                return null;
            });
            var hot = Glyphs.OneHot(testLabels);
            double nc = Glyphs.Accuracy(nominal.Logits(test), testLabels), nv = Verified(nominal.MarginRange(test - Radius, hot, test + Radius).Upper);
            double rc = Glyphs.Accuracy(robust.Logits(test), testLabels), rv = Verified(robust.MarginRange(test - Radius, hot, test + Radius).Upper);
            var rl = Verified(robust.MarginEnclosure(test - Radius, hot, test + Radius).Upper);
            foreach (var network in new[] { nominal, robust })
            {
                // The elided margin against the difference of the bounds of two scores.
                var merged = network.MarginRange(test - Radius, hot, test + Radius).Upper;
                var (lower, upper) = network.LogitRange(test - Radius, test + Radius);
                var apart = (upper - Ops.Sum(hot * lower, dim: 1, keepDim: true)) * (1 - hot);
                elision = Math.Max(elision, (double)Ops.Max(merged - apart));
            }
            ratio += WidthRatio(nominal, test) / seeds;
            robustRatio += WidthRatio(robust, test) / seeds;
            (nominalClean, nominalVerified, clean, verified, lines) = (nominalClean + nc / seeds, nominalVerified + nv / seeds, clean + rc / seeds, verified + rv / seeds, lines + rl / seeds);
            rows.Add([$"{seed}", Percent(nc), Percent(nv), Percent(rc), Percent(rv), Percent(rl)]);
        }
        context.Table(
            $"glyphs, radius {Claim.Text(Radius)}: test accuracy and the share that is verified, %",
            ["seed", "ordinary", "verified", "trained by bounds", "verified", "verified by lines"], rows);
        context.Claim(Claim.AtLeast("accuracy of the ordinary network", 100 * nominalClean, 97, unit: "%"));
        context.Claim(Claim.AtMost("verified share of the ordinary network, by intervals", 100 * nominalVerified, 5, unit: "%"));
        context.Claim(Claim.AtLeast("accuracy of the network trained by bounds", 100 * clean, 90, 100 * nominalClean, "%"));
        context.Claim(Claim.AtLeast("verified share of the network trained by bounds", 100 * verified, 80, 100 * nominalVerified, "%"));
        context.Claim(Claim.AtLeast("verified share by linear relaxation", 100 * lines, 100 * verified, 100 * verified, "%"));
        context.Claim(Claim.AtMost("elided margin minus the difference of bounds", elision, 1e-4));
        // The catalogue proposes 10; networks of this size fall by 5 to 7.
        context.Claim(Claim.AtLeast("bound width / range reached: ordinary over trained by bounds", ratio / robustRatio, 4, 1));
    }

    private static string Percent(double share) => Claim.Text(100 * share);

    /// <summary>The share of rows in which no other class can get ahead of the right one, whose own margin is 0.</summary>
    private static double Verified(Tensor worst)
    {
        var verified = 0;
        for (var row = 0; row < worst.Dim(0); row++)
        {
            var margins = worst.AsSpan<float>().Slice(row * Glyphs.Classes, Glyphs.Classes);
            var others = 0;
            foreach (var margin in margins)
                if (margin >= 0) others++;
            if (others <= 1) verified++;
        }
        return (double)verified / worst.Dim(0);
    }

    /// <summary>The mean width of the bounds of the scores over that of the range which random corners reach.</summary>
    private static double WidthRatio(VerifiableNetwork network, Tensor test)
    {
        const int points = 50, corners = 200;
        double sum = 0;
        for (var i = 0; i < points; i++)
        {
            var x = Ops.Slice(test, dim: 0, start: i, end: i + 1);
            var (lower, upper) = network.LogitRange(x - Radius, x + Radius);
            var values = network.Logits(x + Radius * Ops.Sign(Sample.Normal((ulong)i + 7, corners, Glyphs.Inputs)));
            sum += (double)Ops.Sum(upper - lower) / (double)Ops.Sum(Ops.Max(values, dim: 0) - Ops.Min(values, dim: 0));
        }
        return sum / points;
    }

    private static double Distance(Tensor x, Tensor y) => (double)Ops.Max(Ops.Abs(x - y));

    /// <summary>Points of a box: uniform, or (every fourth) corners, where extremes are.</summary>
    private static Tensor Inside(Tensor low, Tensor high, int count, ulong stream)
    {
        var share = Sample.Uniform(stream, count, low.Dim(1));
        var shares = share.AsSpan<float>();
        for (var i = 0; i < shares.Length; i++)
            if (i / low.Dim(1) % 4 == 0) shares[i] = shares[i] < 0.5f ? 0 : 1;
        return low + share * (high - low);
    }

    /// <summary>Projected gradient ascent by signs, from random points towards random combinations of the outputs.</summary>
    private static Tensor Climb(RandomNetwork net, Tensor low, Tensor high, int count, ulong stream)
    {
        var x = Inside(low, high, count, stream + 999);
        var weight = Ops.Sign(Sample.Normal(stream + 555, count, net.Forward(x).Dim(1)));
        for (var step = 0; step < 20; step++)
            x = Ops.Minimum(Ops.Maximum(x + 0.1 * (high - low) * Ops.Sign(net.Slope(x, weight)), low), high);
        return x;
    }
}
