using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Problems whose minima another algorithm finds, and the algorithms that are derived for them.</summary>
[Network]
public partial class UnrolledProblems(int m, int n)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor A { get; }

    [Parameter("", Init = 0.5)] public partial Tensor Sparsity { get; }

    [Parameter("6", Init = 0.02)] public partial Tensor Steps { get; }

    [Parameter("", Init = 0.03)] public partial Tensor Step { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("b")]
    public virtual Tensor FitOfSamples([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y), dim: 1);

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Abs(Sparsity) * Sum(Abs(x));

    [return: Shape("rows")]
    public virtual Tensor PriorOfSamples([Shape("rows n")] Tensor z) => Abs(Sparsity) * Sum(Abs(z), dim: 1);

    [return: Shape("")]
    public virtual Tensor Bounded([Shape("b n")] Tensor x, [Shape("b n")] Tensor upper) => Sum(Box.Value(x, -0.25f, upper));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000)]
    public virtual partial Tensor Ista(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000)]
    public virtual partial Tensor Fista(Tensor x, Tensor y);

    [Unroll(Algorithm.Admm, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 1500, Step = 0.1)]
    public virtual partial Tensor Admm(Tensor x, Tensor y);

    [Unroll(Algorithm.DouglasRachford, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 1500, Step = 0.1)]
    public virtual partial Tensor DouglasRachford(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000)]
    public virtual partial Tensor ChambollePock(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 6000)]
    public virtual partial Tensor CondatVu(Tensor x, Tensor y);

    [Unroll(Algorithm.LinearizedAdmm, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 1500, Step = 0.1)]
    public virtual partial Tensor LinearizedAdmm(Tensor x, Tensor y);

    [Unroll(Algorithm.Auto, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000)]
    public virtual partial Tensor Auto(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Bounded), Iterations = 8000)]
    public virtual partial Tensor BoundedCondatVu(Tensor x, Tensor y, Tensor upper);

    [Unroll(Algorithm.DavisYin, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Bounded), Iterations = 4000)]
    public virtual partial Tensor DavisYin(Tensor x, Tensor y, Tensor upper);

    [Unroll(Algorithm.Hqs, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000, Step = 0.01)]
    public virtual partial Tensor Hqs(Tensor x, Tensor y);

    [Prox(of: nameof(Fit))] public virtual partial Tensor FitProx(Tensor x, Tensor y, float step);

    [Prox(of: nameof(Prior))] public virtual partial Tensor PriorProx(Tensor x, float step);

    // Few iterations, to be learned.

    [Unroll(Algorithm.Ista, smooth: nameof(FitOfSamples), proximable: nameof(PriorOfSamples), Iterations = 6, Learn = nameof(Steps))]
    public virtual partial Tensor Untied(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 6, Learn = nameof(Step))]
    public virtual partial Tensor Tied(Tensor x, Tensor y);

    private Tensor Solutions(Tensor x, Tensor y) => Untied(x, y) + Tied(x, y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Solutions(x, y) - 1));

    [Gradient(of: nameof(Loss), wrt: "x, y, A, Sparsity, Steps, Step")]
    public virtual partial (Tensor X, Tensor Y, Tensor A, Tensor Sparsity, Tensor Steps, Tensor Step) LossGradient(Tensor x, Tensor y);

    // Total variation: no operator of its own, and two maps.

    [return: Shape("")]
    public virtual Tensor Near([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Variation([Shape("b n")] Tensor x) => 0.75 * Sum(Abs(x[.., 1..] - x[.., ..^1])) + Sum(NonnegativeOrthant.Value(x - 0.25f));

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Near), proximable: nameof(Variation), Iterations = 4000)]
    public virtual partial Tensor Denoised(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Near), proximable: nameof(Variation), Iterations = 8000)]
    public virtual partial Tensor DenoisedByGradients(Tensor x, Tensor y);

    [Unroll(Algorithm.LinearizedAdmm, smooth: nameof(Near), proximable: nameof(Variation), Iterations = 4000)]
    public virtual partial Tensor DenoisedByCopies(Tensor x, Tensor y);

    [Unroll(Algorithm.Auto, smooth: nameof(Near), proximable: nameof(Variation), Iterations = 4000)]
    public virtual partial Tensor DenoisedByAny(Tensor x, Tensor y);
}

/// <summary>Unrolled algorithms against solutions found by coordinate descent, which shares nothing with them, and their gradients against differences.</summary>
[Collection("WorkerPool")]
public sealed class UnrollTests
{
    private const int M = 12, N = 8, Batch = 3;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(41, (ulong)stream).FillNormal(x);
        return x;
    }

    private static UnrolledProblems Double(int n = N)
    {
        var problems = new UnrolledProblems(M, n);
        problems.To(DType.Float64);
        return problems;
    }

    /// <summary>Minimises |x A - y|²/2 + weight |x| within bounds, element after element.</summary>
    private static Tensor Descend(Tensor a, Tensor y, double weight, double[] lower, double[] upper)
    {
        double[] matrix = a.ToArray<double>(), right = y.ToArray<double>();
        var result = new double[Batch * N];
        for (var sample = 0; sample < Batch; sample++)
        {
            var residual = right[(sample * M)..((sample + 1) * M)].Select(v => -v).ToArray();
            for (var sweep = 0; sweep < 5000; sweep++)
            {
                for (var i = 0; i < N; i++)
                {
                    double square = 0, slope = 0;
                    for (var j = 0; j < M; j++) (square, slope) = (square + matrix[i * M + j] * matrix[i * M + j], slope + matrix[i * M + j] * residual[j]);
                    var before = result[sample * N + i];
                    var at = before - slope / square;
                    var next = Math.Clamp(Math.Sign(at) * Math.Max(Math.Abs(at) - weight / square, 0), lower[sample * N + i], upper[sample * N + i]);
                    for (var j = 0; j < M; j++) residual[j] += matrix[i * M + j] * (next - before);
                    result[sample * N + i] = next;
                }
            }
        }
        return Tensor.From(result, Batch, N);
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        var difference = Norm(expected - actual).ToArray<double>()[0] / Norm(expected).ToArray<double>()[0];
        Assert.True(difference <= tolerance, $"the relative distance is {difference:R}");
    }

    public static TheoryData<string> Algorithms => ["Ista", "Fista", "Admm", "DouglasRachford", "ChambollePock", "CondatVu", "LinearizedAdmm", "Auto"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void AlgorithmsConvergeToTheMinimum(string algorithm)
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        var all = Enumerable.Repeat(double.PositiveInfinity, Batch * N).ToArray();
        var expected = Descend(problems.A, y, 0.5, [.. all.Select(v => -v)], all);
        Assert.Contains(0.0, expected.ToArray<double>());
        Near(expected, (Tensor)typeof(UnrolledProblems).GetMethod(algorithm, [typeof(Tensor), typeof(Tensor)])!.Invoke(problems, [x, y])!);
    }

    [Fact]
    public void ThreeFunctionsAreSplit()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M), upper = Abs(Random(3, Batch, N));
        var expected = Descend(problems.A, y, 0.5, [.. Enumerable.Repeat(-0.25, Batch * N)], upper.ToArray<double>());
        Near(expected, problems.DavisYin(x, y, upper));
        Near(expected, problems.BoundedCondatVu(x, y, upper));
    }

    /// <summary>The two operators in turns stand still, which they do only at the minimum of the sum with the penalty.</summary>
    [Fact]
    public void HalfQuadraticSplittingMinimisesThePenalisedSum()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        var z = problems.Hqs(x, y);
        Near(z, problems.PriorProx(problems.FitProx(z, y, 0.01f), 0.01f), 1e-7);
        var all = Enumerable.Repeat(double.PositiveInfinity, Batch * N).ToArray();
        Near(Descend(problems.A, y, 0.5, [.. all.Select(v => -v)], all), z, 0.2);
    }

    /// <summary>Where x is flat or at its bound the dual stays within its bounds, elsewhere it is at them: optimality, from x alone.</summary>
    [Fact]
    public void TotalVariationIsMinimisedThroughItsMap()
    {
        var problems = Double(16);
        Tensor y = Random(4, 2, 16) + Reshape(Arange(32).To(DType.Float64), 2, 16) / 8, x = problems.Denoised(y, y);
        double[] found = x.ToArray<double>(), noisy = y.ToArray<double>();
        Assert.All(found, v => Assert.True(v >= 0.25 - 1e-6));
        double Objective(double[] v) => Enumerable.Range(0, 32).Sum(i => 0.5 * (v[i] - noisy[i]) * (v[i] - noisy[i]) + (i % 16 > 0 ? 0.75 * Math.Abs(v[i] - v[i - 1]) : 0));
        // No move of a run of neighbours, nor of two runs against each other, lowers the objective: runs are where total variation has its corners.
        var reached = Objective(found);
        for (var from = 0; from < 32; from++)
        {
            for (var to = from; to < 32 && to / 16 == from / 16; to++)
            {
                foreach (var by in new[] { 0.1, 1e-3, -1e-3, -0.1 })
                {
                    var moved = (double[])found.Clone();
                    for (var i = from; i <= to; i++) moved[i] = Math.Max(0.25, moved[i] + by);
                    Assert.True(Objective(moved) >= reached - 1e-7, $"moving {from}..{to} by {by} lowers the objective by {reached - Objective(moved):R}");
                }
            }
        }
    }

    [Fact]
    public void OtherAlgorithmsOfTheSameMapsFindTheSame()
    {
        var problems = Double(16);
        Tensor y = Random(4, 2, 16) + Reshape(Arange(32).To(DType.Float64), 2, 16) / 8, x = problems.Denoised(y, y);
        Near(x, problems.DenoisedByGradients(y, y));
        Near(x, problems.DenoisedByCopies(y, y));
        Near(x, problems.DenoisedByAny(y, y), 0);
    }

    [Fact]
    public void GradientsOfIterationsAreDifferences()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        const double Small = 1e-6;
        var g = problems.LossGradient(x, y);
        Tensor dx = Random(5, Batch, N), dy = Random(6, Batch, M);
        double Loss(Tensor a, Tensor b) => problems.Loss(a, b).ToArray<double>()[0];
        double Slope(Tensor gradient, Tensor direction) => Sum(gradient * direction).ToArray<double>()[0];
        Close((Loss(x + Small * dx, y) - Loss(x - Small * dx, y)) / (2 * Small), Slope(g.X, dx));
        Close((Loss(x, y + Small * dy) - Loss(x, y - Small * dy)) / (2 * Small), Slope(g.Y, dy));
        foreach (var (parameter, gradient) in new[] { (problems.A, g.A), (problems.Sparsity, g.Sparsity), (problems.Steps, g.Steps), (problems.Step, g.Step) })
        {
            var before = parameter.ToArray<double>();
            var direction = Random(7, parameter.Shape.ToArray());
            var d = direction.ToArray<double>();
            double At(double by)
            {
                for (var i = 0; i < before.Length; i++) parameter.AsSpan<double>()[i] = before[i] + by * d[i];
                return Loss(x, y);
            }
            var slope = (At(Small) - At(-Small)) / (2 * Small);
            At(0);
            Close(slope, Slope(gradient, direction));
        }

        static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-6 * (1 + Math.Abs(expected)));
    }
}
