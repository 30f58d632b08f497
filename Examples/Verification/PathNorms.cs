using Proxima.Training;

namespace Proxima.Examples;

/// <summary>The path-norm toolkit: one forward pass that sums over exponentially many paths, what it bounds, and training with it.</summary>
public sealed class PathNorms : IExample
{
    private const int Hidden = 64;

    /// <inheritdoc/>
    public string Id => "S040";

    /// <inheritdoc/>
    public string Title => "Path norms: a derived forward pass that sums over all paths of a network";

    /// <inheritdoc/>
    public string Family => "verification/bounds";

    /// <inheritdoc/>
    public string Paper => "Gonon, Brisebarre, Riccietti, Gribonval: A Path-Norm Toolkit for Modern Networks: Consequences, Promises and Challenges (ICLR 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(PathNetwork), new Dictionary<string, long> { ["inputs"] = Glyphs.Inputs, ["hidden"] = Hidden, ["outputs"] = Glyphs.Classes, ["b"] = 100 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Enumeration(context);
        Distances(context);
        Symmetries(context);
        Layered(context);
        Training(context);
    }

    private static PathNetwork Random(ulong seed, int inputs, int hidden, int outputs)
    {
        var net = new PathNetwork(inputs, hidden, outputs);
        net.Initialize(seed);
        net.FirstOffset.CopyFrom(0.5 * Sample.Normal(seed + 1, hidden));
        net.SecondOffset.CopyFrom(0.5 * Sample.Normal(seed + 2, hidden));
        net.To(DType.Float64);
        return net;
    }

    /// <summary>Every path of a small network, written out: its norm, and the outputs as sums over the paths that are on.</summary>
    private static void Enumeration(Context context)
    {
        const int inputs = 4, hidden = 6, outputs = 2, samples = 50;
        double norm = 0, value = 0;
        for (var seed = 0ul; seed < 10; seed++)
        {
            var net = Random(context.Seed + 10 * seed, inputs, hidden, outputs);
            var x = Sample.Normal(context.Seed + seed + 500, samples, inputs).To(DType.Float64);
            var on = net.Activations(x);
            double[] first = on.FirstOn.To(DType.Float64).ToArray<double>(), second = on.SecondOn.To(DType.Float64).ToArray<double>(), output = net.Forward(x).ToArray<double>(), at = x.ToArray<double>();
            double[] w = net.First.ToArray<double>(), v = net.Second.ToArray<double>(), u = net.Last.ToArray<double>(), b = net.FirstOffset.ToArray<double>(), c = net.SecondOffset.ToArray<double>();
            var sum = 0.0;
            var sums = new double[samples * outputs];
            for (var o = 0; o < outputs; o++)
            {
                for (var g = 0; g < hidden; g++)
                {
                    // From the second offset; then from an input or the first offset, through the second layer or around it.
                    Path(c[g] * u[g * outputs + o], -1, -1, g, o);
                    for (var i = 0; i <= inputs; i++)
                    {
                        Path(Start(i, g) * u[g * outputs + o], i, g, -1, o);
                        for (var h = 0; h < hidden; h++) Path(Start(i, h) * v[h * hidden + g] * u[g * outputs + o], i, h, g, o);
                    }
                }
            }
            norm = Math.Max(norm, Math.Abs(sum / (double)net.PathSum() - 1));
            for (var k = 0; k < sums.Length; k++) value = Math.Max(value, Math.Abs(sums[k] - output[k]));

            double Start(int i, int h) => i < inputs ? w[i * hidden + h] : b[h];

            void Path(double weight, int input, int h, int g, int o)
            {
                sum += Math.Abs(weight);
                for (var s = 0; s < samples; s++)
                {
                    var isOn = (h < 0 || first[s * hidden + h] > 0) && (g < 0 || second[s * hidden + g] > 0);
                    if (isOn) sums[s * outputs + o] += weight * (input is >= 0 and < inputs ? at[s * inputs + input] : 1);
                }
            }
        }
        context.Claim(Claim.AtMost("derived path norm / sum over enumerated paths - 1", norm, 1e-12));
        context.Claim(Claim.AtMost("outputs minus the sums over the paths that are on", value, 1e-10));
    }

    /// <summary>|f(x) - f(y)| is at most the norm of the paths from inputs, times the largest distance of an entry.</summary>
    private static void Distances(Context context)
    {
        const int inputs = 8, pairs = 20_000;
        double worst = 0;
        for (var seed = 0ul; seed < 5; seed++)
        {
            var net = Random(context.Seed + 100 + 10 * seed, inputs, 16, 1);
            Tensor x = Sample.Normal(context.Seed + seed, pairs / 5, inputs).To(DType.Float64), y = x + Sample.Normal(context.Seed + seed + 50, pairs / 5, inputs).To(DType.Float64) * 0.3;
            var fromInputs = (double)Ops.Sum(net.Paths(Tensor.Ones([1, inputs], DType.Float64)) - net.Paths(Tensor.Zeros([1, inputs], DType.Float64)));
            var ratio = Ops.Reshape(Ops.Abs(net.Forward(x) - net.Forward(y)), -1) / Ops.Max(Ops.Abs(x - y), dim: 1);
            worst = Math.Max(worst, (double)Ops.Max(ratio) / fromInputs);
        }
        context.Claim(Claim.AtMost($"|f(x) - f(y)| / (path norm |x - y|), largest of {pairs} pairs", worst, 1));
    }

    /// <summary>Scaling a neuron up and its outgoing weights down, or exchanging neurons, changes neither the function nor the path norm; the product of operator norms it does change.</summary>
    private static void Symmetries(Context context)
    {
        const int inputs = 6, hidden = 9, outputs = 3;
        var net = Random(context.Seed + 7, inputs, hidden, outputs);
        var x = Sample.Normal(context.Seed + 8, 20, inputs).To(DType.Float64);
        double paths = (double)net.PathSum(), speed = (double)net.Speed(x);
        var output = net.Forward(x);
        // The skip connection adds the neurons of both layers with one index: they are scaled, and moved, together.
        int[] order = [.. Enumerable.Range(0, hidden).Select(g => (g * 4 + 1) % hidden)];
        double[] factor = [.. Enumerable.Range(0, hidden).Select(g => Math.Pow(4, g % 3 - 1))];
        Rearrange(net.First, inputs, hidden, (i, g) => (i * hidden + order[g], factor[g]));
        Rearrange(net.FirstOffset, 1, hidden, (_, g) => (order[g], factor[g]));
        Rearrange(net.Second, hidden, hidden, (h, g) => (order[h] * hidden + order[g], factor[g] / factor[h]));
        Rearrange(net.SecondOffset, 1, hidden, (_, g) => (order[g], factor[g]));
        Rearrange(net.Last, hidden, outputs, (g, o) => (order[g] * outputs + o, 1 / factor[g]));
        context.Claim(Claim.AtMost("change of the outputs by rescaling and permuting neurons", (double)Ops.Max(Ops.Abs(net.Forward(x) - output)), 1e-10));
        context.Claim(Claim.AtMost("change of the path norm, relative", Math.Abs((double)net.PathSum() / paths - 1), 1e-10, Math.Abs((double)net.Speed(x) / speed - 1)));
        context.Claim(Claim.AtLeast("change of the product of operator norms, relative", Math.Abs((double)net.Speed(x) / speed - 1), 0.1));

        static void Rearrange(Tensor weight, int rows, int columns, Func<int, int, (int From, double Factor)> source)
        {
            var old = weight.ToArray<double>();
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var (from, factor) = source(i, j);
                    weight.AsSpan<double>()[i * columns + j] = factor * old[from];
                }
            }
        }
    }

    /// <summary>For layered networks with one output and no offsets, the path norm is at most the product of the largest sums of sizes into a neuron.</summary>
    private static void Layered(Context context)
    {
        const int inputs = 6, hidden = 10;
        double worst = 0, mean = 0;
        for (var seed = 0ul; seed < 200; seed++)
        {
            var net = new LayeredNetwork(inputs, hidden);
            net.Initialize(context.Seed + seed);
            net.To(DType.Float64);
            double product = 1;
            foreach (var weight in new[] { net.First, net.Second, Ops.Reshape(net.Last, hidden, 1) }) product *= (double)Ops.Max(Ops.Sum(Ops.Abs(weight), dim: 0));
            var ratio = (double)Ops.Sum(net.Paths(Tensor.Ones([1, inputs], DType.Float64))) / product;
            worst = Math.Max(worst, ratio);
            mean += ratio / 200;
        }
        context.Claim(Claim.AtMost("path norm / product of the layers' norms, largest of 200 networks", worst, 1));
        context.Claim(Claim.AtMost("the same, on average", mean, 0.9, 1));
    }

    /// <summary>A penalty on the path norm makes the bound smaller, and costs little accuracy.</summary>
    private static void Training(Context context)
    {
        const int seeds = 3;
        var rows = new List<string[]>();
        double accuracy = 0, penalized = 0, fall = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var (train, labels) = Glyphs.Draw(2000, 0.15, seed, 1);
            var (test, testLabels) = Glyphs.Draw(1000, 0.15, seed, 11);
            var networks = new PathNetwork.Cpu[2];
            var penalties = new[] { Tensor.Zeros([]), Tensor.Full([], 0.2) };
            for (var k = 0; k < 2; k++)
            {
                var net = networks[k] = new PathNetwork.Cpu(Glyphs.Inputs, Hidden, Glyphs.Classes);
                net.Initialize(seed);
                var adam = new Adam(net, learningRate: 2e-3);
                var batches = new Batches(100, seed, true, train, labels);
                context.Steps(k == 0 ? $"seed {seed}" : $"seed {seed}, penalized", context.Quick ? 100 : 200, epoch =>
                {
                    foreach (var batch in batches.Epoch(epoch)) adam.Step(net.LossGradient(batch[0], batch[1], penalties[k]));
                    return null;
                });
            }
            double a = Glyphs.Accuracy(networks[0].Forward(test), testLabels), p = Glyphs.Accuracy(networks[1].Forward(test), testLabels);
            double before = (double)networks[0].PathSum(), after = (double)networks[1].PathSum();
            (accuracy, penalized, fall) = (accuracy + a / seeds, penalized + p / seeds, fall + before / after / seeds);
            rows.Add([$"{seed}", Claim.Text(100 * a), Claim.Text(100 * p), Claim.Text(before), Claim.Text(after)]);
        }
        context.Table("glyphs", ["seed", "accuracy, %", "with penalty", "path norm", "with penalty"], rows);
        context.Claim(Claim.AtLeast("path norm without / with the penalty", fall, 5, 1));
        context.Claim(Claim.AtLeast("accuracy with the penalty", 100 * penalized, 100 * accuracy - 2, 100 * accuracy, "%"));
    }
}
