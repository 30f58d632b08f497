using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Hypergradients by implicit differentiation: exact where they can be checked, and at the scale that gives the paper its name.</summary>
public sealed class HyperparameterSearch : IExample
{
    private const int Many = 20_000;

    /// <inheritdoc/>
    public string Id => "S065";

    /// <inheritdoc/>
    public string Title => "Hyperparameters by implicit differentiation: training as a fixed point";

    /// <inheritdoc/>
    public string Family => "fixed-point/implicit";

    /// <inheritdoc/>
    public string Paper => "Lorraine, Vicol, Duvenaud: Optimizing Millions of Hyperparameters by Implicit Differentiation (AISTATS 2020)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(PenalizedRegression), new Dictionary<string, long> { ["n"] = 10, ["m"] = 30, ["v"] = 20 }),
        new(typeof(ManyPenalties), new Dictionary<string, long> { ["n"] = Many, ["m"] = 50, ["v"] = 50 }),
        new(typeof(WeightedExamples), new Dictionary<string, long> { ["n"] = 60, ["examples"] = 2000, ["v"] = 500 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Nonlinear(context);
        Memory(context);
        Overfit(context);
        Clean(context);
    }

    private static Tensor Normal(ulong seed, params int[] shape) => Sample.Normal(seed, shape).To(DType.Float64);

    private static double Distance(Tensor x, Tensor y) => Math.Sqrt((double)Ops.Sum(Ops.Square(x - y)) / Math.Max(1e-300, (double)Ops.Sum(Ops.Square(y))));

    /// <summary>Ridge regression in double precision: the series against unrolling, and against the closed form.</summary>
    private static void Exact(Context context)
    {
        const int n = 10, m = 30, v = 20;
        var net = new PenalizedRegression(n);
        net.To(DType.Float64);
        net.LogPenalty.CopyFrom(Normal(context.Seed + 1, n) - 1);
        Tensor x = Normal(context.Seed + 2, m, n), validX = Normal(context.Seed + 3, v, n), y = Normal(context.Seed + 4, m), validY = Normal(context.Seed + 5, v);
        var w = net.Train(Tensor.Zeros([n], DType.Float64), x, y);
        var worst = 0.0;
        foreach (var (series, unrolled) in new (Func<Gradients>, Func<Gradients>)[]
        {
            (() => net.NeumannGradient1(w, x, y, validX, validY), () => net.UnrolledGradient1(w, x, y, validX, validY)),
            (() => net.NeumannGradient4(w, x, y, validX, validY), () => net.UnrolledGradient4(w, x, y, validX, validY)),
            (() => net.NeumannGradient11(w, x, y, validX, validY), () => net.UnrolledGradient11(w, x, y, validX, validY)),
            (() => net.NeumannGradient401(w, x, y, validX, validY), () => net.UnrolledGradient401(w, x, y, validX, validY)),
        })
        {
            worst = Math.Max(worst, Distance(series()[net.LogPenalty], unrolled()[net.LogPenalty]));
        }
        context.Claim(Claim.AtMost("series of J terms minus J + 1 unrolled steps, J = 0, 3, 10, 400", worst, 1e-11));

        var exact = ClosedForm(net, x, y, validX, validY);
        double whole = Distance(net.Hypergradient(w, x, y, validX, validY)[net.LogPenalty], exact), first = Distance(net.NeumannGradient1(w, x, y, validX, validY)[net.LogPenalty], exact);
        context.Claim(Claim.AtMost("implicit hypergradient minus the closed form", whole, 1e-9, first));
        context.Claim(Claim.AtLeast("error of the identity in place of the inverse Hessian, which must fail", first, 0.3));
    }

    /// <summary>dL_V / d log penalty = -penalty w . H^-1 dL_V/dw, with w and the inverse by elimination.</summary>
    private static Tensor ClosedForm(PenalizedRegression net, Tensor x, Tensor y, Tensor validX, Tensor validY)
    {
        var n = x.Dim(1);
        var penalty = Ops.Exp(net.LogPenalty);
        var hessian = Ops.MatMul(Ops.Transpose(x), x) / x.Dim(0) + Ops.Eye(n, DType.Float64) * penalty;
        var w = Solve(hessian, Ops.MatMul(Ops.Transpose(x), y) / x.Dim(0));
        var slope = Ops.MatMul(Ops.Transpose(validX), Ops.MatMul(validX, w) - validY) / validX.Dim(0);
        return -(penalty * w * Solve(hessian, slope));
    }

    private static Tensor Solve(Tensor matrix, Tensor right)
    {
        var n = right.Dim(0);
        double[] a = matrix.ToArray<double>(), b = right.ToArray<double>();
        for (var p = 0; p < n; p++)
        {
            for (var i = 0; i < n; i++)
            {
                if (i == p) continue;
                var factor = a[i * n + p] / a[p * n + p];
                for (var j = p; j < n; j++) a[i * n + j] -= factor * a[p * n + j];
                b[i] -= factor * b[p];
            }
        }
        for (var i = 0; i < n; i++) b[i] /= a[i * n + i];
        return Tensor.From(b, n);
    }

    /// <summary>A small network at an approximate optimum: against differences of the validation loss after training again.</summary>
    private static void Nonlinear(Context context)
    {
        const int n = 3, hidden = 4, m = 30;
        var net = new PenalizedNetwork(n, hidden);
        net.To(DType.Float64);
        Tensor x = Normal(context.Seed + 12, m, n), validX = Normal(context.Seed + 13, m, n);
        Tensor Target(Tensor at) => Ops.Sin(2 * Ops.Reshape(Ops.Slice(at, dim: 1, start: 0, end: 1), [-1])) + 0.5 * Ops.Reshape(Ops.Slice(at, dim: 1, start: 1, end: 2), [-1]);
        Tensor y = Target(x), validY = Target(validX);
        var w = net.Train(0.5 * Normal(context.Seed + 14, n * hidden + hidden), x, y);
        var gradient = net.Hypergradient(w, x, y, validX, validY)[net.LogPenalty].Clone();
        var difference = Tensor.Zeros(gradient.Shape.ToArray(), DType.Float64);
        const double step = 1e-3;
        for (var i = 0; i < gradient.Length; i++)
        {
            var at = net.LogPenalty.AsSpan<double>()[i];
            net.LogPenalty.AsSpan<double>()[i] = at + step;
            var plus = (double)net.ValidationLoss(w, x, y, validX, validY);
            net.LogPenalty.AsSpan<double>()[i] = at - step;
            var minus = (double)net.ValidationLoss(w, x, y, validX, validY);
            net.LogPenalty.AsSpan<double>()[i] = at;
            difference.AsSpan<double>()[i] = (plus - minus) / (2 * step);
        }
        context.Claim(Claim.AtMost("hypergradient of a nonlinear network minus differences of training again", Distance(gradient, difference), 1e-4));
    }

    /// <summary>The plan tells the memory: as much for 400 terms as for 10, and more for every step that is unrolled.</summary>
    private static void Memory(Context context)
    {
        var methods = CompileReport.Of(typeof(PenalizedRegression)).Methods;
        string Arena(string name) => methods.First(method => method.Name == name).ArenaBytes;
        context.Claim(Claim.AtMost("memory of 401 terms differs from that of 11 (0 no, 1 yes)", Arena("NeumannGradient401") == Arena("NeumannGradient11") ? 0 : 1, 0, Arena("UnrolledGradient401") == Arena("UnrolledGradient11") ? 0 : 1));
    }

    /// <summary>The paper's sanity test: as many penalties as weights fit any small validation set.</summary>
    private static void Overfit(Context context)
    {
        const int examples = 50;
        var net = new ManyPenalties.Cpu(Many);
        var scale = (float)Math.Sqrt((double)examples / Many);
        Tensor x = scale * Sample.Normal(context.Seed + 20, examples, Many), validX = scale * Sample.Normal(context.Seed + 21, examples, Many);
        Tensor y = Sample.Normal(context.Seed + 22, examples), validY = Sample.Normal(context.Seed + 23, examples);
        var adam = new Adam(net, learningRate: 0.1);
        var w = Tensor.Zeros(Many);
        double first = 0, last = 0;
        context.Steps($"{Many} hyperparameters", context.Quick ? 60 : 150, i =>
        {
            var gradients = net.Hypergradient(w, x, y, validX, validY);
            last = (double)gradients.Value;
            if (i == 0) first = last;
            adam.Step(gradients);
            // Descent with this step size is stable for penalties up to exp(2).
            foreach (ref var value in net.LogPenalty.AsSpan<float>()) value = Math.Min(value, 2);
            return $"validation loss {Claim.Text(last)}";
        });
        context.Say(net.Solves["Train"].ToString());
        context.Claim(Claim.AtMost("validation loss with a learned penalty per weight", last, 0.02 * first, first));
        context.Claim(Claim.AtMost("trainings that did not converge", net.Solves["Train"].Failures, 0));
    }

    /// <summary>Of 2000 examples 40 % are mislabelled; learned weights find them.</summary>
    private static void Clean(Context context)
    {
        const int n = 60, examples = 2000, valid = 500, tests = 2000;
        var runs = context.Quick ? 1 : 3;
        double auroc = 0, uniform = 0, learned = 0;
        for (var run = 0; run < runs; run++)
        {
            var seed = 1000 * context.Seed + 50 + (ulong)run;
            var truth = Sample.Normal(seed + 100, n);
            Tensor Inputs(ulong stream, int count) => Sample.Normal(seed + stream, count, n);
            Tensor Labels(Tensor inputs) => Ops.Sign(Ops.MatMul(inputs, truth));
            Tensor x = Inputs(200, examples), validX = Inputs(300, valid), testX = Inputs(400, tests);
            var flips = Sample.Bernoulli(seed + 500, 0.4, examples);
            Tensor y = Labels(x) * (1 - 2 * flips), validY = Labels(validX), testY = Labels(testX);
            var net = new WeightedExamples.Cpu(n, examples);
            var w = net.Train(Tensor.Zeros(n), x, y);
            var before = Accuracy(w, testX, testY);
            var adam = new Adam(net, learningRate: 0.3);
            context.Steps($"example weights, seed {run}", context.Quick ? 100 : 150, _ =>
            {
                var gradients = net.Hypergradient(w, x, y, validX, validY);
                adam.Step(gradients);
                return $"validation loss {Claim.Text((double)gradients.Value)}";
            });
            auroc += Auroc(net.Trust.ToArray<float>(), flips.ToArray<float>()) / runs;
            uniform += before / runs;
            learned += Accuracy(net.Train(w, x, y), testX, testY) / runs;
        }
        context.Claim(Claim.AtLeast("AUROC of the learned weights for clean against mislabelled examples", auroc, 0.9, 0.5));
        context.Claim(Claim.AtLeast("test accuracy with learned weights", 100 * learned, 100 * uniform + 8, 100 * uniform, "%"));
    }

    private static double Accuracy(Tensor w, Tensor x, Tensor y) => (double)Ops.Mean(Ops.Maximum(Ops.Sign(Ops.MatMul(x, w)) * y, Tensor.Zeros([])));

    /// <summary>The probability that a clean example has a larger weight than a mislabelled one.</summary>
    private static double Auroc(float[] scores, float[] isFlipped)
    {
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        double pairs = 0, flipped = 0, clean = 0;
        foreach (var i in order)
        {
            if (isFlipped[i] != 0) flipped++;
            else
            {
                clean++;
                pairs += flipped;
            }
        }
        return pairs / (clean * flipped);
    }
}
