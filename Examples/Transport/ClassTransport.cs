using Proxima.Files;

namespace Proxima.Examples;

/// <summary>Sum-of-norms transport: its projection, the window of weights in which classes are recovered exactly, and what happens on both sides of it.</summary>
public sealed class ClassTransport : IExample
{
    private const int N = 6, Classes = 2;

    /// <inheritdoc/>
    public string Id => "S010";

    /// <inheritdoc/>
    public string Title => "Sum-of-norms transport: plans between classes that nobody names";

    /// <inheritdoc/>
    public string Family => "optimal-transport";

    /// <inheritdoc/>
    public string Paper => "Rahbar, Panahi, Haghir Chehreghani, Dubhashi, Krim: Recovery Bounds on Class-Based Optimal Transport: A Sum-of-Norms Regularization Framework (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
        [new(typeof(SumOfNormsTransport), new Dictionary<string, long> { ["m"] = N, ["n"] = N, ["k"] = 2 * N - 1, ["p"] = N * (N - 1) / 2, ["r"] = N * (N - 1) / 2 })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Projection(context);
        Recovery(context);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    // ---- the problem ----

    /// <summary>Points of the plane in two clusters, in the order of the classes, and the squared distances between those that mass leaves and those that it comes to.</summary>
    private static Tensor Costs(ulong seed)
    {
        // Both sets have their classes in the same places, four apart.
        var centres = Ops.Expand(Ops.Reshape(Tensor.From([-2.0, 0, 2, 0], 2, 2), 2, 1, 2), 2, N / Classes, 2);
        Tensor Points(ulong stream) => Ops.Reshape(centres, N, 2) + 0.4 * Sample.Normal(seed + stream, N, 2).To(DType.Float64);
        return Ops.Sum(Ops.Square(Ops.Unsqueeze(Points(0), 1) - Ops.Unsqueeze(Points(1), 0)), dim: 2);
    }

    /// <summary>The sums of all rows and of all columns but the last, which the others tell.</summary>
    private static Tensor Sums()
    {
        var sums = Tensor.Zeros([2 * N - 1, N * N], DType.Float64);
        for (var i = 0; i < N * N; i++)
        {
            sums.AsSpan<double>()[i / N * N * N + i] = 1;
            if (i % N < N - 1) sums.AsSpan<double>()[(N + i % N) * N * N + i] = 1;
        }
        return sums;
    }

    private static Tensor Pairs()
    {
        var rows = new List<Tensor>();
        var unit = Ops.Eye(N, DType.Float64);
        for (var i = 0; i < N; i++)
            for (var j = 0; j < i; j++) rows.Add(unit[i] - unit[j]);
        return Ops.Stack([.. rows], 0);
    }

    private static Tensor Solve(Tensor start, Tensor cost, double weight) => new SumOfNormsTransport.Cpu(N, N)
        .Solve(start, cost, Sums(), Tensor.Full([2 * N - 1], 1.0 / N, DType.Float64), Pairs(), Pairs(), Tensor.Scalar(weight));

    /// <summary>How far rows and columns of a class are apart, how near those of different classes are, and the mass that changes its class.</summary>
    private static (double Within, double Across, double Mass) Measure(Tensor plan)
    {
        var (within, across, mass) = (0.0, double.PositiveInfinity, 0.0);
        var q = plan.ToArray<double>();
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < N; j++)
            {
                var same = i / (N / Classes) == j / (N / Classes);
                if (!same) mass += q[i * N + j];
                if (i == j) continue;
                var apart = Math.Min(Largest(plan[i] - plan[j]), Largest(plan[.., i] - plan[.., j]));
                var most = Math.Max(Largest(plan[i] - plan[j]), Largest(plan[.., i] - plan[.., j]));
                if (same) within = Math.Max(within, most);
                else across = Math.Min(across, apart);
            }
        }
        return (within, across, mass);
    }

    // ---- the projection ----

    private static void Projection(Context context)
    {
        double projection = 0;
        var net = new SumOfNormsTransport.Cpu(N, N);
        for (var run = 0ul; run < 20; run++)
        {
            var seed = context.Seed * 1000 + run * 10;
            var q = Sample.Normal(seed + 1, N, N).To(DType.Float64);
            var right = 1.0 / N;
            Tensor rows = Ops.Sum(q, dim: 1, keepDim: true) - right, columns = Ops.Sum(q, dim: 0, keepDim: true) - right;
            var written = q - rows / N - columns / N + Ops.Sum(rows) / (N * N);
            projection = Math.Max(projection, Largest(net.Project(q, Sums(), Tensor.Full([2 * N - 1], right, DType.Float64), 1) - written));
        }
        context.Claim(Claim.AtMost("derived projection onto the marginals against the closed form", projection, 1e-12));
    }

    // ---- recovery ----

    /// <summary>With equal rows and columns in each class a plan is told by the mass t that stays in each: the least objective over t.</summary>
    private static double Reduced(Tensor cost, double weight)
    {
        const int half = N / Classes;
        double inside = (double)(Ops.Mean(cost[..half, ..half]) + Ops.Mean(cost[half.., half..])), outside = (double)(Ops.Mean(cost[..half, half..]) + Ops.Mean(cost[half.., ..half]));
        // A class keeps t of its half; rows of different classes then differ by |2 t - 1/2| / 9 in every element.
        double Objective(double t) => t * inside + (0.5 - t) * outside + weight * 2 * half * half * Math.Sqrt(N) * Math.Abs(2 * t - 0.5) / (half * half);
        double low = 0, high = 0.5;
        for (var k = 0; k < 200; k++)
        {
            double left = low + (high - low) / 3, right = high - (high - low) / 3;
            if (Objective(left) < Objective(right)) high = right;
            else low = left;
        }
        return Objective((low + high) / 2);
    }

    private static double Objective(Tensor q, Tensor cost, double weight)
    {
        var pairs = Pairs();
        return (double)(Ops.Sum(cost * q) + weight * (Ops.Sum(Ops.Norm(Ops.MatMul(pairs, q), 2, dim: 1)) + Ops.Sum(Ops.Norm(Ops.MatMul(pairs, Ops.Transpose(q)), 2, dim: 1))));
    }

    /// <summary>
    /// From the least weight at which subgradients within the classes can carry what the costs of a class differ by, to the one at which plans that are equal in each class become even. Both follow from the
    /// conditions of optimality: with D the costs of a class less their means over rows and columns, subgradients (D_i - D_j) / (2 c weight) of rows, for c points in a class, and those of columns, cancel D.
    /// </summary>
    private static (double Low, double High) Window(Tensor cost)
    {
        const int half = N / Classes;
        double low = 0, inside = 0, outside = 0;
        for (var c = 0; c < Classes; c++)
        {
            var block = cost[(c * half)..((c + 1) * half), (c * half)..((c + 1) * half)];
            inside += (double)Ops.Mean(block);
            outside += (double)Ops.Mean(cost[(c * half)..((c + 1) * half), ((1 - c) * half)..((2 - c) * half)]);
            var centred = block - Ops.Mean(block, dim: 0, keepDim: true) - Ops.Mean(block, dim: 1, keepDim: true) + Ops.Mean(block);
            for (var i = 0; i < half; i++)
                for (var j = 0; j < i; j++)
                    low = Math.Max(low, Math.Max((double)Ops.Norm(centred[i] - centred[j]), (double)Ops.Norm(centred[.., i] - centred[.., j])) / (2 * half));
        }
        return (low, (outside - inside) / (4 * Math.Sqrt(N)));
    }

    private static void Recovery(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        double within = 0, across = double.PositiveInfinity, mass = 0, reduced = 0, starts = 0, weak = double.PositiveInfinity, strong = double.PositiveInfinity, merged = 0, negative = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var cost = Costs(context.Seed * 100 + 10 * (ulong)run);
            var (low, high) = Window(cost);
            var uniform = Tensor.Full([N, N], 1.0 / (N * N), DType.Float64);
            var panels = new List<Tensor>();
            foreach (var weight in new[] { 0, low / 10, 1.05 * low, Math.Sqrt(low * high / 2), high / 2, 1.2 * high })
            {
                var plan = Solve(uniform, cost, weight);
                var found = Measure(plan);
                negative = Math.Max(negative, -(double)Ops.Min(plan));
                rows.Add([$"{run}", Claim.Text(weight), Claim.Text(found.Within), Claim.Text(found.Across), Claim.Text(found.Mass)]);
                panels.Add(Ops.Concat([plan, Tensor.Full([N, 1], 1.0 / N, DType.Float64)], dim: 1));
                if (weight < low) weak = Math.Min(weak, found.Within);
                else if (weight > high) (strong, merged) = (Math.Min(strong, found.Mass), Math.Max(merged, found.Across));
                else
                {
                    (within, across, mass) = (Math.Max(within, found.Within), Math.Min(across, found.Across), Math.Max(mass, found.Mass));
                    reduced = Math.Max(reduced, Math.Abs(Objective(plan, cost, weight) - Reduced(cost, weight)));
                    starts = Math.Max(starts, Largest(Solve(Sample.Uniform(context.Seed + 7, N, N).To(DType.Float64), cost, weight) - plan));
                }
            }
            if (run > 0) continue;
            var pixels = Ops.Clamp(N * Ops.Concat([.. panels], dim: 1), 0, 1).To(DType.Float32);
            var path = context.OutputPath("son-ot.png");
            Png.WriteGray(path, Ops.Reshape(Ops.Expand(Ops.Reshape(pixels, N, 1, pixels.Dim(1), 1), N, 16, pixels.Dim(1), 16), 16 * N, 16 * pixels.Dim(1)));
            context.Say($"wrote {path}: plans for the weights of the table");
        }
        context.Table("two classes of three points on each side", ["problem", "weight", "apart within a class", "apart across classes", "mass across classes"], rows);
        context.Claim(Claim.AtMost("weights of the window: rows and columns of a class apart, at most", within, 1e-9, weak));
        context.Claim(Claim.AtLeast("those of different classes apart, at least", across, 0.05, merged));
        context.Claim(Claim.AtMost("mass that changes its class", mass, 1e-9, strong));
        context.Claim(Claim.AtMost("objective against that of the reduced problem", reduced, 1e-8));
        context.Claim(Claim.AtMost("another start: difference of the plans", starts, 1e-7));
        context.Claim(Claim.AtMost("most negative mass, any weight", negative, 1e-9));
        context.Claim(Claim.AtLeast("no weight, and a tenth of the window's least: rows or columns of a class apart", weak, 0.02, within));
        context.Claim(Claim.AtLeast("1.2 times the window's largest: mass that changes its class (half is all of it, evenly)", strong, 0.499, mass));
    }
}
