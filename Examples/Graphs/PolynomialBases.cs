using Proxima.Training;

namespace Proxima.Examples;

/// <summary>OptBasisGNN and FavardGNN: the optimal basis of filters on a graph, its conditioning and its training against fixed bases, and Favard's theorem.</summary>
public sealed class PolynomialBases : IExample
{
    private const int Nodes = 120;
    private const int Order = 10;

    /// <inheritdoc/>
    public string Id => "S044";

    /// <inheritdoc/>
    public string Title => "OptBasisGNN: polynomial filters on graphs in their optimal basis";

    /// <inheritdoc/>
    public string Family => "graph";

    /// <inheritdoc/>
    public string Paper => "Guo, Wei: Graph Neural Networks with Learnable and Optimal Polynomial Bases (2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(OptimalBasis), new Dictionary<string, long> { ["order"] = Order, ["channels"] = 1, ["n"] = Nodes, ["e"] = 1500 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Conditioning(context);
        Favard(context);
        Learn(context);
    }

    /// <summary>The square loss in the coefficients, in double precision: how round it is, and how far gradient descent gets.</summary>
    private static void Conditioning(Context context)
    {
        var graph = RandomGraphs.Blocks(Nodes, blocks: 2, inside: 0.15, across: 0.03, context.Seed);
        var weight = RandomGraphs.Normalized(graph);
        var x = Sample.Normal(context.Seed + 1, Nodes, 1).To(DType.Float64);
        var target = BandPass(graph, weight, x);
        var binomial = Tensor.From(Enumerable.Range(0, Order + 1).Select(k => Binomial(Order, k) / Math.ScaleB(1, Order)).ToArray());

        var optimal = new OptimalBasis(Order, 1);
        var powers = new FixedBasis(Order, 1, isChebyshev: false);
        var chebyshev = new FixedBasis(Order, 1, isChebyshev: true);
        var bernstein = new BernsteinBasis(Order, 1);
        (string Name, Network Network, Func<Tensor> Forward, Func<Gradients> Gradient)[] bases =
        [
            ("optimal", optimal, () => optimal.Forward(graph, weight, x), () => optimal.LossGradient(graph, weight, x, target)),
            ("powers", powers, () => powers.Forward(graph, weight, x), () => powers.LossGradient(graph, weight, x, target)),
            ("Chebyshev", chebyshev, () => chebyshev.Forward(graph, weight, x), () => chebyshev.LossGradient(graph, weight, x, target)),
            ("Bernstein", bernstein, () => bernstein.Forward(graph, weight, x, binomial), () => bernstein.LossGradient(graph, weight, x, binomial, target)),
        ];
        var rows = new List<string[]>();
        var (least, roundest, flattest, slowest, best) = (0.0, 0.0, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
        foreach (var (name, network, forward, gradient) in bases)
        {
            network.To(DType.Float64);
            var alpha = network.Parameters.Single().Value;
            // Filters are linear in their coefficients: the basis is what they give for one coefficient at a time.
            var basis = Ops.Concat([.. Enumerable.Range(0, Order + 1).Select(k =>
            {
                alpha.Fill(0);
                alpha.AsSpan<double>()[k] = 1;
                return forward();
            })], dim: 1);
            var gram = Ops.MatMul(Ops.Transpose(basis), basis);
            var (values, _) = Ops.Eigh(gram);
            var (low, high) = (values.AsSpan<double>()[0], values.AsSpan<double>()[Order]);
            var isOptimal = name == "optimal";
            if (isOptimal)
            {
                // All bases span the same filters; in an orthonormal one the least loss is what the projections leave.
                least = 0.5 * ((double)Ops.Sum(Ops.Square(target)) - (double)Ops.Sum(Ops.Square(Ops.MatMul(Ops.Transpose(basis), target))));
                context.Claim(Claim.AtMost("optimal basis: largest error of orthonormality", (double)Ops.Max(Ops.Abs(gram - Ops.Eye(Order + 1, DType.Float64))), 1e-10));
            }
            alpha.Fill(0);
            var start = (double)gradient().Value - least;
            var steps = isOptimal ? 1 : 100;
            var rate = isOptimal ? 1 : 2 / (low + high);
            for (var step = 0; step < steps; step++)
            {
                var slope = gradient().Of("Alpha").AsSpan<double>();
                for (var k = 0; k <= Order; k++) alpha.AsSpan<double>()[k] -= rate * slope[k];
            }
            var excess = ((double)gradient().Value - least) / start;
            rows.Add([name, Claim.Text(high / low), $"{steps}", Claim.Text(excess)]);
            if (isOptimal) (roundest, best) = (high / low, excess);
            else (flattest, slowest) = (Math.Min(flattest, high / low), Math.Min(slowest, excess));
            if (!isOptimal) context.Claim(Claim.AtLeast($"condition of the square loss, {name}", high / low, 1e6, baseline: roundest));
        }
        context.Table($"the square loss of {Order + 1} coefficients", ["basis", "condition", "steps", "excess loss"], rows);
        context.Claim(Claim.Near("condition of the square loss, optimal basis", roundest, 1, 1e-8, baseline: flattest));
        context.Claim(Claim.AtMost("excess loss after one step of size 1, optimal basis", Math.Abs(best), 1e-8, baseline: slowest));
        context.Claim(Claim.AtLeast("least excess loss after 100 best steps, fixed bases", slowest, 0.1, baseline: best));
    }

    /// <summary>A recurrence with any positive coefficients is that of orthonormal polynomials: of the measure that its Jacobi matrix tells, at its eigenvalues.</summary>
    private static void Favard(Context context)
    {
        var random = new Philox(context.Seed, Philox.StreamOf("favard"));
        var worst = 0.0;
        for (var run = 0; run < 20; run++)
        {
            const int count = Order + 1;
            var basis = new FavardBasis(Order, 1);
            basis.To(DType.Float64);
            Span<double> beta = basis.Beta.AsSpan<double>(), gamma = basis.Gamma.AsSpan<double>();
            var jacobi = Tensor.Zeros([count, count], DType.Float64);
            var entries = jacobi.AsSpan<double>();
            for (var k = 0; k < count; k++)
            {
                beta[k] = 0.1 + random.Uniform((ulong)(run * 100 + k));
                var shift = 2 * random.Uniform((ulong)(run * 100 + 50 + k)) - 1;
                if (k < Order) gamma[k] = shift;
                entries[k * count + k] = shift;
                if (k > 0) entries[k * count + k - 1] = entries[(k - 1) * count + k] = Math.Sqrt(beta[k]);
            }
            var (points, vectors) = Ops.Eigh(jacobi);
            var masses = beta[0] * Ops.Square(vectors[0, ..]);
            // A loop at each node with a point for weight: the signal of ones is filtered to the values of the polynomial at the points.
            var graph = Graph.From(count, [.. Enumerable.Range(0, count).Select(i => (i, i))]);
            var values = Ops.Concat([.. Enumerable.Range(0, count).Select(k =>
            {
                basis.Alpha.Fill(0);
                basis.Alpha.AsSpan<double>()[k] = 1;
                return basis.Forward(graph, points, Tensor.Full([count, 1], 1, DType.Float64));
            })], dim: 1);
            var gram = Ops.MatMul(Ops.Transpose(values), Ops.Unsqueeze(masses, 1) * values);
            worst = Math.Max(worst, (double)Ops.Max(Ops.Abs(gram - Ops.Eye(count, DType.Float64))));
        }
        context.Claim(Claim.AtMost("Favard: largest error of orthonormality under the measure, 20 draws", worst, 1e-8));
    }

    /// <summary>A band-pass filter learned from its effect on a signal, by equal numbers of steps of Adam.</summary>
    private static void Learn(Context context)
    {
        var (seeds, epochs) = context.Quick ? (1, 500) : (3, 1000);
        double ours = 0, theirs = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + 10 * (ulong)run;
            var graph = RandomGraphs.Blocks(400, blocks: 4, inside: 0.04, across: 0.01, seed);
            var normalized = RandomGraphs.Normalized(graph);
            var signal = Sample.Normal(seed + 1, graph.NodeCount, 1);
            var target = BandPass(graph, normalized, signal.To(DType.Float64)).To(DType.Float32);
            var weight = normalized.To(DType.Float32);
            var optimal = new OptimalBasis.Cpu(Order, 1);
            var powers = new FixedBasis.Cpu(Order, 1, isChebyshev: false);
            var (first, second) = (new Adam(optimal, learningRate: 0.1), new Adam(powers, learningRate: 0.1));
            context.Steps($"filters, seed {seed}", epochs, epoch =>
            {
                first.LearningRate = second.LearningRate = 0.1 * (1 + Math.Cos(Math.PI * epoch / epochs)) / 2 + 1e-5;
                first.Step(optimal.LossGradient(graph, weight, signal, target));
                second.Step(powers.LossGradient(graph, weight, signal, target));
                return null;
            });
            ours += 2 * (double)optimal.Loss(graph, weight, signal, target) / seeds;
            theirs += 2 * (double)powers.Loss(graph, weight, signal, target) / seeds;
        }
        context.Claim(Claim.AtMost("band-pass filter: squared error in the optimal basis over that in powers", ours / theirs, 1e-2, baseline: 1));
        context.Say($"squared errors: {Claim.Text(ours)} in the optimal basis, {Claim.Text(theirs)} in powers");
    }

    /// <summary>exp(-10 (l - 1)^2) of the graph's Laplacian, by its eigenvectors.</summary>
    private static Tensor BandPass(Graph graph, Tensor weight, Tensor x)
    {
        var (values, vectors) = Ops.Eigh(RandomGraphs.Dense(graph, weight));
        return Ops.MatMul(vectors, Ops.Unsqueeze(Ops.Exp(-10 * Ops.Square(values)), 1) * Ops.MatMul(Ops.Transpose(vectors), x));
    }

    private static double Binomial(int n, int k) => k == 0 ? 1 : Binomial(n, k - 1) * (n - k + 1) / k;
}
