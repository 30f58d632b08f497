using Proxima.Training;
using ScottPlot;

namespace Proxima.Examples;

/// <summary>The star operation: multiplying two branches reaches the space of all monomials of degree two, and of degree 2^l after l layers.</summary>
public sealed class RewriteTheStars : IExample
{
    /// <inheritdoc/>
    public string Id => "S048";

    /// <inheritdoc/>
    public string Title => "The star operation: multiplied branches against added ones";

    /// <inheritdoc/>
    public string Family => "efficient-vision";

    /// <inheritdoc/>
    public string Paper => "Ma, Dai, Bai, Wang, Fu: Rewrite the Stars (CVPR 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(DemoNet), new Dictionary<string, long> { ["width"] = 8, ["depth"] = 3, ["ratio"] = 1, ["b"] = 256 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Dimensions(context);
        Degrees(context);
        Quartic(context);
        Spirals(context);
    }

    /// <summary>The number of independent functions among 80 random units of 8 inputs.</summary>
    private static void Dimensions(Context context)
    {
        const int inputs = 8, units = 80, points = 120;
        var x = Sample.Normal(context.Seed, points, inputs).To(DType.Float64);
        context.Claim(Claim.Near("independent units of 80, multiplied: (d + 1)(d + 2) / 2 for d = 8", Rank(true), 45, 0, Rank(false)));
        context.Claim(Claim.Near("independent units of 80, added: d + 1", Rank(false), 9, 0));

        int Rank(bool multiply)
        {
            var star = new Star(inputs, units, multiply);
            star.Initialize(context.Seed);
            // Offsets start at random as well: they are the constant input of the paper's derivation.
            star.To(DType.Float64);
            return Matrices.Rank(star.Forward(x));
        }
    }

    /// <summary>Along a line, l layers are a polynomial of degree 2^l exactly: differences of the next order vanish, those of this order do not.</summary>
    private static void Degrees(Context context)
    {
        for (var depth = 1; depth <= 3; depth++)
        {
            var degree = 1 << depth;
            var stack = new StarStack(8, 8, depth, multiply: true);
            stack.Initialize(context.Seed);
            stack.To(DType.Float64);
            double vanishing = 0, remaining = double.PositiveInfinity;
            for (var line = 0; line < 20; line++)
            {
                var start = Sample.Normal(context.Seed + 100 + (ulong)line, 1, 8).To(DType.Float64);
                var direction = Sample.Normal(context.Seed + 200 + (ulong)line, 1, 8).To(DType.Float64);
                var steps = Ops.Unsqueeze(Ops.Arange(0, degree + 2, 1, DType.Float64) / (degree + 1.0), 1);
                var values = stack.Forward(start + 4 * steps * direction).ToArray<double>();
                var scale = values.Max(v => Math.Abs(v));
                vanishing = Math.Max(vanishing, Math.Abs(Difference(values, degree + 1)) / scale);
                remaining = Math.Min(remaining, Math.Abs(Difference(values, degree)) / scale);
            }
            context.Claim(Claim.AtMost($"{depth} layers: relative difference of order {degree + 1}", vanishing, 1e-6, remaining));
            context.Claim(Claim.AtLeast($"{depth} layers: relative difference of order {degree}, which must not vanish", remaining, 1e-5, vanishing));
        }
    }

    private static double Difference(double[] values, int order)
    {
        var differences = values[..(order + 1)];
        for (var k = 0; k < order; k++)
            for (var i = 0; i < order - k; i++) differences[i] = differences[i + 1] - differences[i];
        return differences[0];
    }

    /// <summary>A random polynomial of degree four, without activations: multiplied branches learn it, added ones cannot leave the affine functions.</summary>
    private static void Quartic(Context context)
    {
        const int inputs = 2, samples = 1000;
        var steps = context.Quick ? 1500 : 4000;
        var seeds = context.Quick ? 1 : 3;
        double multiplied = 0, added = 0, affine = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var x = Tensor.Empty(DType.Float32, samples, inputs);
            new Philox(seed, 5).FillUniform(x, -1, 1);
            var target = Polynomial(x, seed);
            multiplied += Train(true) / seeds;
            added += Train(false) / seeds;
            affine += Matrices.AffineResidual(x, target) / seeds;

            double Train(bool multiply)
            {
                var model = new StarStack.Cpu(inputs, 16, 2, multiply);
                model.Initialize(seed);
                var adam = new Adam(model, learningRate: 0.01);
                var loss = 0.0;
                context.Steps($"quartic, {(multiply ? "multiplied" : "added")}, seed {seed}", steps, i =>
                {
                    adam.LearningRate = 0.005 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-6;
                    var gradients = model.LossGradient(x, target);
                    loss = (double)gradients.Value;
                    adam.Step(gradients);
                    return null;
                });
                return loss;
            }
        }
        context.Claim(Claim.AtMost("quartic: error of multiplied branches, variance 1", multiplied, 1e-2, added));
        context.Claim(Claim.Near("quartic: error of added branches equals that of the best affine fit", added, affine, 1e-3));
    }

    /// <summary>All monomials of two variables up to degree four with normal coefficients, scaled to mean 0 and variance 1.</summary>
    private static Tensor Polynomial(Tensor x, ulong seed)
    {
        var coefficients = new Philox(seed, 6);
        var values = new double[x.Dim(0)];
        var points = x.AsSpan<float>();
        for (var i = 0; i < values.Length; i++)
        {
            var index = 0ul;
            for (var p = 0; p <= 4; p++)
                for (var q = 0; p + q <= 4; q++) values[i] += coefficients.Normal(index++) * Math.Pow(points[2 * i], p) * Math.Pow(points[2 * i + 1], q);
        }
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return Tensor.From(values.Select(v => (float)((v - mean) / deviation)).ToArray(), values.Length);
    }

    /// <summary>Two spirals at width 8: what each net loses without activations.</summary>
    private static void Spirals(Context context)
    {
        var steps = context.Quick ? 1200 : 3000;
        var seeds = context.Quick ? 1 : 3;
        double Mean(bool multiply, bool activate) => 100 * Enumerable.Range(0, seeds).Average(run => Train(context.Seed + (ulong)run, multiply, activate));
        var (star, sum) = (Mean(true, true), Mean(false, true));
        var (bareStar, bareSum) = (Mean(true, false), Mean(false, false));
        context.Table("two spirals, test accuracy in %", ["", "with activation", "without"],
            [["multiplied", Claim.Text(star), Claim.Text(bareStar)], ["added", Claim.Text(sum), Claim.Text(bareSum)]]);
        // With activations both solve so small a problem, and their order is noise; the paper's gap shows in what is left without them.
        context.Claim(Claim.AtLeast("spirals: accuracy of multiplied branches without activations", bareStar, bareSum + 15, bareSum, "%"));
        context.Claim(Claim.AtMost("spirals: what multiplied branches lose without activations", star - bareStar, 3, sum - bareSum, "points"));
        context.Claim(Claim.AtLeast("spirals: what added branches lose without activations", sum - bareSum, 15, unit: "points"));

        double Train(ulong seed, bool multiply, bool activate)
        {
            var (x, label) = Draw(512, new Philox(seed, 11));
            var (testX, testLabel) = Draw(1000, new Philox(seed, 12));
            var model = new DemoNet.Cpu(width: 8, depth: 3, ratio: 1, multiply, activate);
            model.Initialize(seed);
            var adam = new Adam(model, learningRate: 0.01);
            context.Steps($"spirals, {(multiply ? "multiplied" : "added")}{(activate ? "" : ", no activation")}, seed {seed}", steps, i =>
            {
                adam.LearningRate = 0.0025 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-6;
                adam.Step(model.LossGradient(x, label));
                return null;
            });
            var decided = Ops.ArgMax(model.Forward(testX), dim: 1);
            return (double)Ops.Mean(Ops.Equal(decided, testLabel).To(DType.Float32));
        }
    }

    /// <summary>Points of two interleaved spirals of a turn and a half each, with a little noise.</summary>
    private static (Tensor X, Tensor Label) Draw(int count, Philox random)
    {
        var (x, label) = (Tensor.Zeros(count, 2), Tensor.Zeros([count], DType.Int64));
        for (var i = 0; i < count; i++)
        {
            var at = (ulong)i * 4;
            var arm = i % 2;
            var t = Math.Sqrt(random.Uniform(at));
            var angle = 3 * Math.PI * t + Math.PI * arm;
            var row = x.Row(i).AsSpan<float>();
            row[0] = (float)(2 * t * Math.Cos(angle) + 0.02 * random.Normal(at + 2));
            row[1] = (float)(2 * t * Math.Sin(angle) + 0.02 * random.Normal(at + 3));
            label.AsSpan<long>()[i] = arm;
        }
        return (x, label);
    }
}
