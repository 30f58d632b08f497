namespace Proxima.Examples;

/// <summary>A bilevel problem with a constrained lower level, solved with first derivatives only.</summary>
public sealed class ConstrainedBilevel : IExample
{
    private const int Size = 10;

    /// <inheritdoc/>
    public string Id => "S092";

    /// <inheritdoc/>
    public string Title => "Constrained bilevel optimisation by a proximal Lagrangian value function, without second derivatives";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Yao, Yu, Zeng, Zhang: Constrained Bi-Level Optimization: Proximal Lagrangian Value function Approach and Hessian-free Algorithm (ICLR 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(ValueBilevel), new Dictionary<string, long> { ["n"] = Size, ["start"] = 0, ["steps"] = 1000 })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        foreach (var isBudget in new[] { false, true })
        {
            var net = new ValueBilevel.Cpu(Size, isBudget);
            Value(context, net, isBudget ? "budget" : "plane", isBudget);
        }
        Solve(context);
        // Steps of Newton take second derivatives; this algorithm does not.
        context.Claim(Claim.AtMost("order of the derivatives in an iteration", Differentiation.Order(typeof(ValueBilevel), nameof(ValueBilevel.Iterate)), 1, baseline: Differentiation.Order(typeof(QuadraticLosses), nameof(QuadraticLosses.Next))));
        context.Claim(Claim.AtLeast("the same of a step of Newton", Differentiation.Order(typeof(QuadraticLosses), nameof(QuadraticLosses.Next)), 2));
    }

    private static readonly Tensor s_gammas = Tensor.From([1.0, 1.0]);

    private static Tensor Draw(ulong seed, int count) => Sample.Normal(seed, count).To(DType.Float64);

    /// <summary>The derivatives of the value are those of the saddle function at the saddle point, and no feasible y is below the value.</summary>
    private static void Value(Context context, ValueBilevel.Cpu net, string name, bool isBudget)
    {
        const double h = 1e-5;
        var points = context.Quick ? 3 : 20;
        double Of(Tensor x, Tensor y, Tensor z)
        {
            var (theta, lambda) = net.Settle(x, y, z, s_gammas, Tensor.Scalar(0.03), 3000);
            return (double)net.Saddle(x, y, z, theta, lambda, s_gammas);
        }
        double off = 0, below = double.PositiveInfinity;
        for (var point = 0ul; point < (ulong)points; point++)
        {
            var seed = context.Seed + 100 + 10 * point;
            Tensor x = Draw(seed, Size), y = Draw(seed + 1, 2 * Size), z = Tensor.Scalar(0.5), dx = Draw(seed + 2, Size), dy = Draw(seed + 3, 2 * Size), dz = Tensor.Scalar(0.7);
            var (theta, lambda) = net.Settle(x, y, z, s_gammas, Tensor.Scalar(0.03), 3000);
            var (slopeX, slopeY, slopeZ) = net.ValueSlopes(x, y, z, theta, lambda, s_gammas);
            var slope = (double)(Ops.Sum(slopeX * dx) + Ops.Sum(slopeY * dy) + slopeZ * dz);
            off = Math.Max(off, Math.Abs((Of(x + h * dx, y + h * dy, z + h * dz) - Of(x - h * dx, y - h * dy, z - h * dz)) / (2 * h) - slope) / Math.Abs(slope));
            // A feasible y: on the plane, or within the budget.
            var excess = (double)net.Constraint(x, y) / (2 * Size);
            var feasible = y - (isBudget ? Math.Max(excess, 0) : excess);
            below = Math.Min(below, (double)net.Lower(x, feasible) - Of(x, feasible, z));
        }
        context.Claim(Claim.AtMost($"{name}: derivative of the value against differences, relative", off, 1e-5));
        context.Claim(Claim.AtLeast($"{name}: f at feasible points less the value, least", below, -1e-9));
    }

    private static void Solve(Context context)
    {
        var rounds = context.Quick ? 50 : 200;
        double[] plane = [.. Enumerable.Repeat(-0.3, Size), .. Enumerable.Repeat(0.7, Size), .. Enumerable.Repeat(-0.4, Size)], budget = [.. Enumerable.Repeat(2.0 / 3, Size), .. Enumerable.Repeat(1.0 / 3, 2 * Size)];

        // Relative distances from the solution every 1000 iterations.
        double[] Errors(bool isBudget, ulong seed, int count, double value)
        {
            var net = new ValueBilevel.Cpu(Size, isBudget);
            var best = isBudget ? budget : plane;
            Tensor x = Draw(seed, Size), y = Draw(seed + 1, 2 * Size), z = Tensor.Scalar(0.0), theta = y, lambda = z;
            var errors = new double[count];
            for (var round = 0; round < count; round++)
            {
                (x, y, z, theta, lambda) = net.Iterate(x, y, z, theta, lambda, s_gammas, Tensor.From([0.02, 0.03, 0.02, 0.3, value]), 1000 * round, 1000);
                errors[round] = Math.Sqrt(x.ToArray<double>().Concat(y.ToArray<double>()).Zip(best, (a, b) => (a - b) * (a - b)).Sum() / best.Sum(b => b * b));
            }
            return errors;
        }

        ulong[] seeds = [.. Enumerable.Range(0, 3).Select(i => context.Seed + 10 * (ulong)i)];
        double[][] planes = [.. seeds.Select(seed => Errors(false, seed, rounds, 1))], budgets = [.. seeds.Select(seed => Errors(true, seed, rounds, 1))];
        double withoutPlane = seeds.Min(seed => Errors(false, seed, 10, 0)[^1]), withoutBudget = seeds.Min(seed => Errors(true, seed, 50, 0)[^1]);
        context.Claim(Claim.AtMost("plane: distance from the solution after 10000 iterations, three starts", planes.Max(errors => errors[9]), 0.04, baseline: withoutPlane));
        context.Claim(Claim.AtMost("plane: distance after 50000", planes.Max(errors => errors[49]), 0.025, baseline: withoutPlane));
        if (!context.Quick) context.Claim(Claim.AtMost("plane: distance after 200000", planes.Max(errors => errors[199]), 0.015, baseline: withoutPlane));
        context.Claim(Claim.AtLeast("plane, the lower problem left out: distance", withoutPlane, 0.3));
        context.Claim(Claim.AtMost("budget: distance after 50000", budgets.Max(errors => errors[49]), 1e-4, baseline: withoutBudget));
        context.Claim(Claim.AtLeast("budget, the lower problem left out: distance", withoutBudget, 0.3));
        context.Plot("lv-hba.png", plot =>
        {
            double[] counts = [.. Enumerable.Range(1, rounds).Select(i => Math.Log10(1000.0 * i))];
            foreach (var (name, all, color) in new[] { ("plane", planes, ScottPlot.Colors.C0), ("budget", budgets, ScottPlot.Colors.C1) })
                for (var run = 0; run < all.Length; run++)
                {
                    var line = plot.Add.ScatterLine(counts, [.. all[run].Select(error => Math.Log10(Math.Max(error, 1e-16)))], color);
                    if (run == 0) line.LegendText = name;
                }
            plot.Title("Distance from the solution, three starts each");
            plot.XLabel("log10 of the iterations");
            plot.YLabel("log10 of the relative distance");
            plot.ShowLegend(ScottPlot.Alignment.LowerLeft);
        });
    }
}
