using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Networks as operators with fixed points: the estimates of the iteration's error, exactly; then a graph network that knows more the longer it iterates, with the same parameters.</summary>
public sealed class IterativeMethods : IExample
{
    private const int Inputs = 8, Width = 16, Classes = 4;

    /// <inheritdoc/>
    public string Id => "S004";

    /// <inheritdoc/>
    public string Title => "PIGN: a network as an operator that is iterated to its fixed point";

    /// <inheritdoc/>
    public string Family => "fixed-point/implicit";

    /// <inheritdoc/>
    public string Paper => "Zappala, Levine, He, Rizvi, Levy, van Dijk: Operator Learning Meets Numerical Analysis: Improving Neural Networks through Iterative Methods (2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(ContractiveOperator), new Dictionary<string, long> { ["n"] = 20, ["b"] = 10, ["steps"] = 100 }),
        new(typeof(IteratedGraphNetwork), new Dictionary<string, long> { ["inputs"] = Inputs, ["width"] = Width, ["classes"] = Classes, ["steps"] = 10, ["n"] = 400, ["e"] = 3000, ["k"] = 80 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Contract(context);
        Turn(context);
        Classify(context);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    private static double Length(Tensor x) => Math.Sqrt((double)Ops.Sum(Ops.Square(x)));

    private static void Contract(Context context)
    {
        const int n = 20, steps = 60;
        var runs = context.Quick ? 5 : 20;
        double norm = 0, estimate = 0, implicitly = 0, few = double.PositiveInfinity;
        for (var run = 0; run < runs; run++)
        {
            var seed = context.Seed * 1000 + 10 * (ulong)run;
            var factor = 0.5f + 0.4f * run / (runs - 1);
            var net = new ContractiveOperator.Cpu(n, factor);
            net.Initialize(seed);
            Tensor Draw(ulong offset) => Sample.Normal(seed + offset, 1, n).To(DType.Float64);
            Tensor f = 0.3 * Draw(1), x = 3 * Draw(2), w = Draw(3);
            var certified = (double)net.ApplyNorm(x, f);
            norm = Math.Max(norm, certified / factor);
            // |x_k - x*| <= L^k / (1 - L) |x_1 - x_0|.
            var fixedPoint = net.Solve(x, f);
            double bound = Length(net.Apply(x, f) - x) / (1 - certified);
            for (var k = 0; k <= steps; k++, bound *= certified)
                estimate = Math.Max(estimate, (Length(net.Iterate(x, f, k) - fixedPoint) - 1e-13) / bound);
            var (byF, byWeight) = net.ReadoutGradient(f, w);
            double Apart(int count)
            {
                var (otherF, otherWeight) = net.ReadoutOfIterationsGradient(f, w, count);
                return Math.Max(Largest(byF - otherF) / Largest(byF), Largest(byWeight - otherWeight) / Largest(byWeight));
            }
            implicitly = Math.Max(implicitly, Apart(400));
            few = Math.Min(few, Apart(2));
        }
        context.Claim(Claim.AtMost("norm of the operator that the compiler certifies, over the one it was given", norm, 1 + 1e-6));
        context.Claim(Claim.AtMost($"distance of x_k from the fixed point over L^k / (1 - L) |x_1 - x_0|, k up to {steps}", estimate, 1));
        context.Claim(Claim.AtMost("gradient of the implicit function against that through 400 iterations, relative", implicitly, 1e-8, baseline: few));
        context.Claim(Claim.AtLeast("the same against that through two iterations, least", few, 0.02));
    }

    private static void Turn(Context context)
    {
        var net = new QuarterTurn.Cpu();
        var start = Sample.Normal(context.Seed, 100, 2).To(DType.Float64);
        double[] Lengths(double share, int steps) => [.. Ops.Sqrt(Ops.Sum(Ops.Square(net.Iterate(start, Tensor.Scalar(share), steps)), dim: 1) / Ops.Sum(Ops.Square(start), dim: 1)).ToArray<double>()];
        const int count = 20;
        double[] picard = Lengths(1, count), averaged = Lengths(0.5, count);
        context.Claim(Claim.AtMost($"a quarter turn: length after {count} averaged iterations over 2^-{count / 2}, less 1", averaged.Max(v => Math.Abs(v * Math.Pow(2, count / 2) - 1)), 1e-12));
        context.Claim(Claim.AtLeast($"the same after {count} of Picard's iterations", picard.Min(), 1 - 1e-12, baseline: averaged.Max()));
    }

    // ---- classes of nodes, most of which have lost their features ----

    private static void Classify(Context context)
    {
        var (seeds, epochs) = context.Quick ? (1, 100) : (3, 200);
        const int n = 400, perClass = 20;
        int[] counts = [0, 1, 2, 5, 10];
        var accuracies = new double[counts.Length];
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 100 + 50 + 10 * (ulong)run;
            var graph = RandomGraphs.Blocks(n, Classes, inside: 0.06, across: 0.004, seed);
            var classes = Tensor.From(Enumerable.Range(0, n).Select(i => (long)(i % Classes)).ToArray());
            // One in five nodes has features.
            var x = Sample.Bernoulli(seed + 1, 0.2, n, 1) * (Sample.Normal(seed + 2, n, Inputs) + 1.5f * Sample.Normal(seed + 3, Classes, Inputs)[classes]);
            var labelled = Tensor.From(Enumerable.Range(0, perClass * Classes).Select(i => (long)i).ToArray());
            var label = classes[labelled];
            var row = new List<string> { $"{seed}" };
            for (var i = 0; i < counts.Length; i++)
            {
                var net = new IteratedGraphNetwork.Cpu(Inputs, Width, Classes, counts[i]);
                net.Initialize(seed);
                var adam = new Adam(net, learningRate: 1e-2);
                context.Steps($"{counts[i]} iterations, seed {seed}", epochs, _ =>
                {
                    adam.Step(net.LossGradient(graph, x, labelled, label));
                    return null;
                });
                var accuracy = 100 * Ops.ArgMax(net.Forward(graph, x), dim: 1).ToArray<long>().Skip(perClass * Classes).Select((c, j) => c == j % Classes ? 1.0 : 0).Average();
                accuracies[i] += accuracy / seeds;
                row.Add(Claim.Text(accuracy));
            }
            rows.Add([.. row]);
        }
        context.Table("400 nodes, 80 of them with features: accuracy in %", ["seed", .. counts.Select(k => $"{k} iterations")], rows);
        context.Claim(Claim.AtLeast("accuracy of 10 iterations: 10 points above that of 1", accuracies[^1], accuracies[1] + 10, accuracies[1], "%"));
        context.Claim(Claim.AtLeast("1, 2, 5, 10 iterations: least gain of accuracy from one to the next", Enumerable.Range(1, counts.Length - 2).Min(i => accuracies[i + 1] - accuracies[i]), -1, unit: "%"));
        context.Plot("pign.png", plot =>
        {
            plot.Add.ScatterLine([.. counts.Select(k => (double)k)], accuracies);
            plot.Title("One operator, iterated");
            plot.XLabel("iterations");
            plot.YLabel("accuracy in %");
        });
    }
}
