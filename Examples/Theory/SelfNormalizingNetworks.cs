using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Activations that pull the moments of a layer towards mean 0 and variance 1: the map of the moments, its contraction, and networks of many layers.</summary>
public sealed class SelfNormalizingNetworks : IExample
{
    /// <inheritdoc/>
    public string Id => "S106";

    /// <inheritdoc/>
    public string Title => "Self-normalizing networks: the map of the moments, and 64 layers without normalisation";

    /// <inheritdoc/>
    public string Family => "fixed-point/implicit";

    /// <inheritdoc/>
    public string Paper => "Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks (NeurIPS 2017)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(MomentMap), new Dictionary<string, long>()),
        new(typeof(DeepNetwork), new Dictionary<string, long> { ["inputs"] = 8, ["width"] = 64, ["depth"] = 16, ["classes"] = 3, ["kind"] = 0, ["b"] = 256 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Moments(context);
        Layers(context);
        Dropout(context);
        Train(context);
    }

    // ---- the map ----

    private static void Moments(Context context)
    {
        var map = new MomentMap();
        (double Mean, double Variance) Next(double mu, double nu, double omega, double tau) =>
            map.Next(Tensor.From([mu, nu]), Tensor.From([omega, tau])).ToArray<double>() is var r ? (r[0], r[1]) : default;
        double Slope(double mu, double nu, double omega, double tau)
        {
            var slopes = map.Slopes(Tensor.From([mu, nu]), Tensor.From([omega, tau]));
            return Math.Sqrt(Ops.Eigh(Ops.MatMul(Ops.Transpose(slopes), slopes)).Values.ToArray<double>()[^1]);
        }

        var (mean, variance) = Next(0, 1, 0, 1);
        context.Claim(Claim.AtMost("(0, 1) is a fixed point: distance of its image", Math.Max(Math.Abs(mean), Math.Abs(variance - 1)), 1e-8));
        context.Claim(Claim.Near("norm of the Jacobian at it", Slope(0, 1, 0, 1), 0.78767, 1e-4));
        var (low, high, least, most, steepest) = (double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, 0.0, 0.0);
        var points = context.Quick ? 5 : 9;
        double At(double from, double to, int i) => from + (to - from) * i / (points - 1);
        for (var i = 0; i < points * points * points * points; i++)
        {
            double mu = At(-0.1, 0.1, i % points), nu = At(0.8, 1.5, i / points % points), omega = At(-0.1, 0.1, i / points / points % points), tau = At(0.95, 1.1, i / points / points / points);
            (mean, variance) = Next(mu, nu, omega, tau);
            (low, high, least, most) = (Math.Min(low, mean), Math.Max(high, mean), Math.Min(least, variance), Math.Max(most, variance));
            steepest = Math.Max(steepest, Slope(mu, nu, omega, tau));
        }
        context.Claim(Claim.AtLeast("images of the domain: least mean (the domain has -0.1)", low, -0.1));
        context.Claim(Claim.AtMost("images of the domain: largest mean", high, 0.1));
        context.Claim(Claim.AtLeast("images of the domain: least variance", least, 0.8));
        context.Claim(Claim.AtMost("images of the domain: largest variance", most, 1.5));
        context.Claim(Claim.AtMost("norm of the Jacobian on the domain, at most: a contraction", steepest, 0.9));
        // Theorems 2 and 3: large variances shrink, small ones grow.
        var (shrinks, grows) = (0.0, double.PositiveInfinity);
        for (var i = 0; i < 500; i++)
        {
            double mu = At(-0.1, 0.1, i % 5 * (points - 1) / 4), omega = At(-0.1, 0.1, i / 5 % 5 * (points - 1) / 4);
            double large = 3 + 13.0 * (i / 25 % 20) / 19, small = 0.02 + 0.14 * (i / 25 % 20) / 19;
            shrinks = Math.Max(shrinks, Next(mu, large, omega, 0.8 + 0.45 * (i % 7) / 6).Variance / large);
            grows = Math.Min(grows, Next(mu, small, omega, 0.8 + 0.45 * (i % 7) / 6).Variance / small);
        }
        context.Claim(Claim.AtMost("variances from 3 to 16: ratio of the next to them, at most", shrinks, 1));
        context.Claim(Claim.AtLeast("variances from 0.02 to 0.16: ratio of the next to them, at least", grows, 1));
    }

    // ---- 64 layers ----

    /// <summary>Weights of mean 0 and variance gain / width.</summary>
    private static void Draw(DeepNetwork net, ulong seed, double gain)
    {
        foreach (var (parameter, i) in net.Parameters.Select((parameter, i) => (parameter.Value, i)))
            parameter.CopyFrom((float)Math.Sqrt(gain / parameter.Dim(parameter.Rank - 2)) * Sample.Normal(seed + (ulong)i, [.. parameter.Shape]));
    }

    private static (double Mean, double Variance) Through(int kind, double gain, ulong seed)
    {
        var net = new DeepNetwork.Cpu(8, 128, 64, 3, kind);
        Draw(net, seed, gain);
        var y = net.Layers(0.1f + (float)Math.Sqrt(1.3) * Sample.Normal(seed + 10, 1000, 128)).To(DType.Float64);
        var mean = (double)Ops.Mean(y);
        return (mean, (double)Ops.Mean(Ops.Square(y - mean)));
    }

    private static void Layers(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + 100 + 50 * (ulong)run;
            var (selu, relu, tanh, he) = (Through(0, 1, seed), Through(1, 1, seed), Through(2, 1, seed), Through(1, 2, seed));
            context.Claim(Claim.AtMost($"64 layers, seed {seed}: mean of the activations, in size", Math.Abs(selu.Mean), 0.1, baseline: he.Mean));
            context.Claim(Claim.Near($"64 layers, seed {seed}: their variance", selu.Variance, 1.025, 0.225, baseline: he.Variance));
            context.Claim(Claim.AtMost("the same with relu: variance", relu.Variance, 1e-6));
            context.Claim(Claim.AtMost("the same with tanh: variance", tanh.Variance, 0.02));
            context.Claim(Claim.AtLeast("the same with relu and weights twice as varied: mean (beyond 0.1)", he.Mean, 0.1));
        }
    }

    private static void Dropout(Context context)
    {
        var net = new DeepNetwork.Cpu(8, 128, 1, 3, 0);
        var y = net.AlphaDropout(Sample.Normal(context.Seed + 7, 2000, 128), Tensor.Full([], 0.1), Tensor.Full([], 123, DType.Int64)).To(DType.Float64);
        var mean = (double)Ops.Mean(y);
        context.Claim(Claim.AtMost("alpha dropout: mean, in size", Math.Abs(mean), 0.02));
        context.Claim(Claim.Near("alpha dropout: variance", (double)Ops.Mean(Ops.Square(y - mean)), 1, 0.02));
    }

    // ---- training ----

    /// <summary>A table of three equal classes: the thirds of the values of a quadratic form.</summary>
    private static void Train(Context context)
    {
        const int inputs = 8, rows = 300;
        var x = Sample.Normal(context.Seed + 40, rows, inputs);
        var values = Ops.Sum(Ops.MatMul(x, Sample.Normal(context.Seed + 41, inputs, inputs)) * x, dim: 1).ToArray<float>();
        var labels = new long[rows];
        foreach (var (row, rank) in Enumerable.Range(0, rows).OrderBy(i => values[i]).Select((row, rank) => (row, rank))) labels[row] = 3 * rank / rows;
        var label = Tensor.From(labels);
        var accuracies = new double[2];
        for (var kind = 0; kind < 2; kind++)
        {
            var net = new DeepNetwork.Cpu(inputs, 64, 16, 3, kind);
            Draw(net, context.Seed + 42, 1);
            var sgd = new Sgd(net, learningRate: 0.02, momentum: 0.9);
            context.Steps(kind == 0 ? "16 layers of selu" : "16 layers of relu", 300, _ =>
            {
                sgd.Step(net.LossGradient(x, label));
                return null;
            });
            accuracies[kind] = Ops.ArgMax(net.Scores(x), dim: 1).ToArray<long>().Zip(labels, (a, b) => a == b ? 1.0 : 0).Average();
        }
        context.Claim(Claim.AtLeast("16 layers of selu: accuracy on a table of three classes", accuracies[0], 0.95, baseline: accuracies[1]));
        context.Claim(Claim.AtMost("16 layers of relu, the same weights and steps", accuracies[1], 0.6));
    }
}
