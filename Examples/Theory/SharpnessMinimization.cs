using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Flat minima of two-layer networks: one that generalises, one that memorises, and what sharpness-aware minimization makes of either.</summary>
public sealed class SharpnessMinimization : IExample
{
    private const int Samples = 60;

    /// <inheritdoc/>
    public string Id => "S076";

    /// <inheritdoc/>
    public string Title => "Sharpness: the flattest models generalise, or memorise";

    /// <inheritdoc/>
    public string Family => "convexity/theory";

    /// <inheritdoc/>
    public string Paper => "Wen, Li, Ma: Sharpness Minimization Algorithms Do Not Only Minimize Sharpness To Achieve Better Generalization (NeurIPS 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(RampNetwork), new Dictionary<string, long> { ["inputs"] = 10, ["hidden"] = 40, ["b"] = Samples }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Flattest(context);
        Learned(context);
        Memorised(context);
    }

    /// <summary>Signs whose label is the product of the first two; with a bias, a last input is 1. No two rows are equal.</summary>
    private static (Tensor X, Tensor Y) Draw(ulong seed, int rows, int d, bool bias, Tensor? but = null)
    {
        var random = new Philox(seed, Philox.StreamOf("signs"));
        var seen = but is null ? [] : Enumerable.Range(0, but.Dim(0)).Select(i => Key(but.AsSpan<float>().Slice(i * but.Dim(1), d))).ToHashSet();
        var (x, y, at) = (Tensor.Ones([rows, bias ? d + 1 : d]), Tensor.Zeros([rows]), 0ul);
        for (var i = 0; i < rows;)
        {
            var row = x.AsSpan<float>().Slice(i * x.Dim(1), d);
            foreach (ref var sign in row) sign = random.Uniform(at++) < 0.5 ? -1 : 1;
            y.AsSpan<float>()[i] = row[0] * row[1];
            if (seen.Add(Key(row))) i++;
        }
        return (x, y);

        static string Key(ReadOnlySpan<float> row)
        {
            var key = "";
            foreach (var sign in row) key += sign > 0 ? '+' : '-';
            return key;
        }
    }

    /// <summary>Four ramps that compute the product: each point is on one of them, where its two layers have equal gradients.</summary>
    private static RampNetwork.Cpu Generaliser(int d)
    {
        var net = new RampNetwork.Cpu(d, 4);
        var size = (float)Math.Pow(d, 0.25) / 2;
        net.Hidden.Fill(0);
        for (var j = 0; j < 4; j++)
        {
            net.Hidden.AsSpan<float>()[j] = j < 2 == (j % 2 == 0) ? size : -size;
            net.Hidden.AsSpan<float>()[4 + j] = j % 2 == 0 ? size : -size;
            net.Output.AsSpan<float>()[j] = (j is 0 or 1 ? 1 : -1) / (2 * size);
        }
        return net;
    }

    /// <summary>One ramp for each sample, which is on at that sample only. The weights of the ramps are large, so their gradients equal those of the output.</summary>
    private static RampNetwork.Cpu Memoriser(Tensor x, Tensor y, int d)
    {
        var (rows, inputs) = (x.Dim(0), x.Dim(1));
        var net = new RampNetwork.Cpu(inputs, rows);
        var size = (float)Math.Pow(inputs, 0.25);
        for (var j = 0; j < rows; j++)
        {
            for (var k = 0; k < d; k++) net.Hidden.AsSpan<float>()[k * rows + j] = size * x.AsSpan<float>()[j * inputs + k];
            net.Hidden.AsSpan<float>()[d * rows + j] = -size * (d - 1);
            net.Output.AsSpan<float>()[j] = y.AsSpan<float>()[j] / size;
        }
        return net;
    }

    private static double Accuracy(RampNetwork net, Tensor x, Tensor y) => (double)Ops.Mean((net.Forward(x) * y > 0).To(DType.Float64));

    /// <summary>Every model that interpolates has a sharpness of at least 4 sqrt(D), D inputs: two models that attain it.</summary>
    private static void Flattest(Context context)
    {
        const int d = 20;
        var (x, y) = Draw(context.Seed + 1, Samples, d, bias: false);
        var (unseen, labels) = Draw(context.Seed + 2, 2000, d, bias: false, but: x);
        var net = Generaliser(d);
        var exact = (double)net.Sharpness(x, y);
        context.Claim(Claim.AtMost("loss of the generaliser", (double)net.Loss(x, y), 1e-10));
        context.Claim(Claim.Near("sharpness of the generaliser: 4 sqrt(20)", exact, 4 * Math.Sqrt(d), 1e-4));
        context.Claim(Claim.AtLeast("its accuracy on unseen points", Accuracy(net, unseen, labels), 1, 0.5));
        var samples = context.Quick ? 2000 : 8000;
        var mean = 0.0;
        for (var i = 0; i < samples; i++)
        {
            Tensor one = 2 * Sample.Bernoulli(context.Seed + 10 + 2 * (ulong)i, 0.5, d, 4) - 1, two = 2 * Sample.Bernoulli(context.Seed + 11 + 2 * (ulong)i, 0.5, 4) - 1;
            mean += (double)net.SharpnessAlong(x, y, one, two) / samples;
        }
        context.Claim(Claim.Near($"the same from {samples} samples by Hutchinson, relative", mean / exact, 1, 0.03));

        (x, y) = Draw(context.Seed + 1, Samples, d, bias: true);
        (unseen, labels) = Draw(context.Seed + 2, 2000, d, bias: true, but: x);
        net = Memoriser(x, y, d);
        context.Claim(Claim.AtMost("loss of the memoriser", (double)net.Loss(x, y), 1e-10));
        context.Claim(Claim.Near("sharpness of the memoriser: 4 sqrt(21)", (double)net.Sharpness(x, y), 4 * Math.Sqrt(d + 1), 1e-4));
        context.Claim(Claim.AtMost("largest output on 2000 unseen points", (double)Ops.Max(Ops.Abs(net.Forward(unseen))), 0));
    }

    /// <summary>Without biases: descent finds a sharp model, sharpness-aware minimization a flat one.</summary>
    /// <remarks>Both find models that generalise, so accuracy is a gate and no gain. The bound itself is not reached: some ramps die on the way.</remarks>
    private static void Learned(Context context)
    {
        const int d = 10, hidden = 40;
        var seeds = context.Quick ? 1 : 3;
        var steps = context.Quick ? 30_000 : 60_000;
        double bound = 4 * Math.Sqrt(d), flat = 0, sharp = 0, accuracy = 1, loss = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var (x, y) = Draw(seed + 20, Samples, d, bias: false);
            var (unseen, labels) = Draw(seed + 40, 500, d, bias: false, but: x);
            foreach (var radius in new[] { 0f, 0.2f })
            {
                var net = new RampNetwork.Cpu(d, hidden);
                net.Hidden.CopyFrom(0.3 * Sample.Normal(seed + 60, d, hidden));
                net.Output.CopyFrom(0.3 * Sample.Normal(seed + 80, hidden));
                Descend(context, $"seed {seed}, radius {Claim.Text(radius)}", net, x, y, radius, 0.01f, steps, seed);
                var sharpness = (double)net.Sharpness(x, y) / bound / seeds;
                if (radius == 0) sharp += sharpness;
                else
                {
                    flat += sharpness;
                    accuracy = Math.Min(accuracy, Accuracy(net, unseen, labels));
                    loss = Math.Max(loss, (double)net.Loss(x, y));
                }
            }
        }
        context.Claim(Claim.AtMost("largest loss after sharpness-aware minimization", loss, 1e-2));
        context.Claim(Claim.AtMost("sharpness / its lower bound, against that after descent", flat, 1.5, sharp));
        context.Claim(Claim.AtLeast("sharpness after descent / after sharpness-aware minimization", sharp / flat, 2, 1));
        context.Claim(Claim.AtLeast("smallest accuracy on unseen points", accuracy, 0.95, 0.5));
    }

    /// <summary>With biases: started beside a memoriser, sharpness-aware minimization ends in a flattest model, which knows nothing of other points.</summary>
    private static void Memorised(Context context)
    {
        const int d = 10;
        var (x, y) = Draw(context.Seed + 20, Samples, d, bias: true);
        var (unseen, labels) = Draw(context.Seed + 40, 500, d, bias: true, but: x);
        var net = Memoriser(x, y, d);
        net.Hidden.CopyFrom(net.Hidden + 0.1 * Sample.Normal(context.Seed + 60, d + 1, Samples));
        net.Output.CopyFrom(net.Output + 0.1 * Sample.Normal(context.Seed + 80, Samples));
        var bound = 4 * Math.Sqrt(d + 1);
        double loss = (double)net.Loss(x, y), before = (double)net.Sharpness(x, y) / bound;
        Descend(context, "beside the memoriser", net, x, y, 0.1f, 0.005f, context.Quick ? 10_000 : 40_000, context.Seed);
        context.Claim(Claim.AtMost("loss, started beside the memoriser", (double)net.Loss(x, y), 1e-3, loss));
        context.Claim(Claim.AtMost("sharpness / its lower bound there", (double)net.Sharpness(x, y) / bound, 1.1, before));
        context.Claim(Claim.AtMost("accuracy on unseen points there", Accuracy(net, unseen, labels), 0.6));
    }

    /// <summary>Steps on one sample each, the last fifth of them ten times smaller.</summary>
    private static void Descend(Context context, string title, RampNetwork.Cpu net, Tensor x, Tensor y, float radius, float rate, int steps, ulong seed)
    {
        var batches = new Batches(1, seed, true, x, y);
        var epochs = steps / batches.Count;
        var reach = Tensor.Full([], radius);
        var sgd = new Sgd(net, learningRate: rate);
        context.Steps(title, epochs, epoch =>
        {
            if (epoch == epochs * 4 / 5) sgd.LearningRate = rate / 10;
            foreach (var batch in batches.Epoch(epoch)) sgd.Step(radius == 0 ? net.LossGradient(batch[0], batch[1]) : net.SharpGradient(batch[0], batch[1], reach));
            return null;
        });
    }
}
