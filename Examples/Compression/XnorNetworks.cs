using System.Diagnostics;
using Proxima.Runtime;
using Proxima.Training;

namespace Proxima.Examples;

/// <summary>XNOR-Net: networks whose weights, or weights and inputs, are signs with the best scales.</summary>
/// <remarks>
/// The derivative of scaled signs follows from the declared product a B, with the estimator for B alone; the paper keeps only the diagonal of that of a. Images are normalised by the
/// moments of their batch, in tests too. The paper's 58 is measured against an untuned float convolution; here the float product is tuned as well, and the claim is about that.
/// </remarks>
public sealed class XnorNetworks : IExample
{
    private const int Channels = 32;

    /// <inheritdoc/>
    public string Id => "S118";

    /// <inheritdoc/>
    public string Title => "XNOR-Net: products of signs on bits, and training through them";

    /// <inheritdoc/>
    public string Family => "compression/quantisation";

    /// <inheritdoc/>
    public string Paper => "Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(XnorNetwork), new Dictionary<string, long> { ["channels"] = Channels, ["classes"] = Silhouettes.Classes, ["b"] = 64 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Scales(context);
        Products(context);
        Normalisation(context);
        Costs(context);
        Training(context);
    }

    /// <summary>No other signs and no other scale are nearer to a vector, by trying all of them.</summary>
    private static void Scales(Context context)
    {
        var net = new SignAlgebra.Cpu();
        var random = new Philox(context.Seed, 1);
        double excess = 0, formula = 0, runnerUp = double.PositiveInfinity;
        var vectors = context.Quick ? 12 : 48;
        for (var i = 0; i < vectors; i++)
        {
            var n = 1 + i % 12;
            var w = Enumerable.Range(0, n).Select(k => (float)random.Normal((ulong)(i * 16 + k))).ToArray();
            var (signs, scale) = net.Approximation(Tensor.From(w, n));
            var (b, a) = (signs.ToArray<float>(), (double)scale);
            var square = w.Sum(x => (double)x * x);
            var own = w.Zip(b, (x, s) => (x - a * s) * (x - a * s)).Sum();
            double best = double.PositiveInfinity, second = double.PositiveInfinity;
            for (var pattern = 0; pattern < 1 << n; pattern++)
            {
                // For given signs the best scale is w·B / n.
                var dot = Enumerable.Range(0, n).Sum(k => (pattern >> k & 1) == 0 ? w[k] : -(double)w[k]);
                var residual = square - dot * Math.Max(dot, 0) / n;
                if (residual < best) (best, second) = (residual, best);
                else second = Math.Min(second, residual);
            }
            var norm = w.Sum(x => Math.Abs((double)x));
            excess = Math.Max(excess, own - best);
            formula = Math.Max(formula, Math.Abs(best - (square - norm * norm / n)));
            if (n > 1) runnerUp = Math.Min(runnerUp, second - best);
        }
        context.Claim(Claim.AtMost("signs and scale: residual above the best of all 2^n signs, n up to 12", excess, 1e-5, runnerUp));
        context.Claim(Claim.AtMost("least residual minus |w|² - |w|₁² / n", formula, 1e-9));
    }

    /// <summary>Bits and numbers give the same whole numbers, also where the depth fills no word; packed weights take a bit each.</summary>
    private static void Products(Context context)
    {
        var net = new SignAlgebra.Cpu();
        var random = new Philox(context.Seed, 2);
        var cases = context.Quick ? 1000 : 10_000;
        long wrong = 0, packedWrong = 0, values = 0;
        for (var i = 0; i < cases; i++)
        {
            int Size(int what, int limit) => 1 + (int)(random.Uniform((ulong)(i * 4 + what)) * limit);
            int m = Size(0, 6), n = Size(1, 12), k = Size(2, 400);
            Tensor x = Sample.Normal(context.Seed + (ulong)i, m, k), w = Sample.Normal(context.Seed + (ulong)i + 7_000_000, n, k);
            var expected = net.Multiply(Ops.Binarize(x), Ops.Binarize(w)).AsSpan<float>();
            var bits = net.Product(x, w).AsSpan<float>();
            var packed = net.PackedProduct(x, net.Pack(w)).AsSpan<float>();
            for (var j = 0; j < expected.Length; j++, values++)
            {
                if (bits[j] != expected[j]) wrong++;
                if (packed[j] != expected[j]) packedWrong++;
            }
        }
        context.Claim(Claim.AtMost($"products on bits that differ from those of numbers, {cases} pairs of matrices, {values} elements", wrong, 0));
        context.Claim(Claim.AtMost("the same with packed weights", packedWrong, 0));
        var weights = Sample.Normal(context.Seed, 256, 2304);
        var words = net.Pack(weights);
        context.Claim(Claim.Near("bytes of packed weights / bytes of the weights", (double)words.Length * sizeof(long) / (weights.Length * sizeof(float)), 1 / 32.0, 0, 1));
    }

    /// <summary>A normalisation before a sign is a comparison with one number.</summary>
    private static void Normalisation(Context context)
    {
        const int channels = 64;
        var net = new SignAlgebra();
        net.To(DType.Float64);
        var rows = context.Quick ? 500 : 5000;
        Tensor Draw(ulong stream, params int[] shape) => Sample.Normal(context.Seed + stream, shape).To(DType.Float64);
        Tensor x = Draw(11, rows, channels), mean = Draw(12, channels), gain = Draw(13, channels), shift = Draw(14, channels), variance = Ops.Square(Draw(15, channels)) + 0.1;
        var differing = Ops.Sum(Ops.NotEqual(net.SignOfNormal(x, mean, variance, gain, shift), net.Comparison(x, mean, variance, gain, shift)));
        context.Claim(Claim.AtMost($"signs of normalised values that differ from comparisons, of {rows * channels}", (double)differing, 0));
    }

    /// <summary>The paper's count of operations, and what is left of it against a tuned product.</summary>
    private static void Costs(Context context)
    {
        // c N_W multiplications against as many bits, 64 to an operation, and one scaling.
        const double terms = 256 * 9;
        context.Claim(Claim.Near("operations of a convolution over those on bits, 3 x 3 with 256 channels", terms / (terms / 64 + 1), 62.27, 0.01, 1));
        const int m = 1024, k = 2304, n = 256;
        var net = new SignAlgebra.Cpu();
        Tensor x = Sample.Normal(context.Seed, m, k), w = Sample.Normal(context.Seed + 1, n, k), into = Tensor.Zeros(m, n);
        var threads = WorkerPool.Threads;
        WorkerPool.Threads = 1;
        double numbers = double.PositiveInfinity, bits = double.PositiveInfinity;
        // The shortest of many runs, taken in turns: other load on the machine disturbs them least.
        for (var i = 0; i < 60; i++)
        {
            numbers = Math.Min(numbers, Milliseconds(() => net.Multiply(x, w, into)));
            bits = Math.Min(bits, Milliseconds(() => net.Product(x, w, into)));
        }
        WorkerPool.Threads = threads;
        context.Say($"1024 x 2304 x 256 on one thread: {Claim.Text(numbers)} ms as numbers, {Claim.Text(bits)} ms on bits, packing included");
        // A quick run is a test, and other tests run beside it.
        if (!context.Quick) context.Claim(Claim.AtLeast("speed of a product on bits over that of numbers, one thread, packing included", numbers / bits, 8, 1));

        static double Milliseconds(Action action)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>The paper's comparison on silhouettes: real numbers, binary weights, binary weights and inputs, the latter without scales, and signs taken of a trained network.</summary>
    private static void Training(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        var epochs = context.Quick ? 8 : 12;
        double real = 0, weights = 0, xnor = 0, unscaled = 0, posthoc = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var (train, trainLabels) = Silhouettes.Draw(2048, seed, 1);
            var (test, testLabels) = Silhouettes.Draw(1024, seed, 2);
            var numbers = Train("numbers", false, false, true);
            var taken = new XnorNetwork.Cpu(Channels, Silhouettes.Classes, binaryWeights: true, binaryInputs: true);
            numbers.CopyTo(taken);
            double[] accuracies =
            [
                Accuracy(numbers), Accuracy(Train("binary weights", true, false, true)), Accuracy(Train("binary weights and inputs", true, true, true)),
                Accuracy(Train("the same without scales", true, true, false)), Accuracy(taken),
            ];
            (real, weights, xnor, unscaled, posthoc) = (real + accuracies[0] / seeds, weights + accuracies[1] / seeds, xnor + accuracies[2] / seeds, unscaled + accuracies[3] / seeds, posthoc + accuracies[4] / seeds);
            rows.Add([$"{seed}", .. accuracies.Select(Claim.Text)]);

            XnorNetwork.Cpu Train(string name, bool binaryWeights, bool binaryInputs, bool scaled)
            {
                var model = new XnorNetwork.Cpu(Channels, Silhouettes.Classes, binaryWeights, binaryInputs, scaled);
                model.Initialize(seed);
                var adam = new Adam(model, learningRate: 1e-2);
                var batches = new Batches(32, seed, true, train, trainLabels);
                context.Steps($"{name}, seed {seed}", epochs, epoch =>
                {
                    adam.LearningRate = 5e-3 * (1 + Math.Cos(Math.PI * epoch / epochs)) + 1e-5;
                    foreach (var batch in batches.Epoch(epoch)) adam.Step(model.LossGradient(batch[0], batch[1]));
                    return null;
                });
                return model;
            }

            double Accuracy(XnorNetwork.Cpu model) => 100 * (double)Ops.Mean(Ops.Equal(Ops.ArgMax(model.Forward(test), dim: 1), testLabels).To(DType.Float32));
        }
        context.Table("silhouettes, test accuracy in %", ["seed", "numbers", "binary weights", "and inputs", "without scales", "signs of the trained"], rows);
        context.Claim(Claim.AtLeast("accuracy with numbers", real, 90, 100.0 / Silhouettes.Classes, "%"));
        context.Claim(Claim.AtLeast("accuracy with binary weights: within 3 points", weights, real - 3, posthoc, "%"));
        context.Claim(Claim.AtLeast("accuracy with binary weights and inputs: within 10 points", xnor, real - 10, posthoc, "%"));
        context.Claim(Claim.AtLeast("accuracy of scaled signs minus that without scales", xnor - unscaled, 0, unit: "points"));
        context.Claim(Claim.AtMost("accuracy of the signs of a network trained with numbers", posthoc, 50, xnor, "%"));
    }
}
