using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Problems over sets, over several blocks, and of saddle points.</summary>
[Network]
public partial class FurtherProblems(int m, int n)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor A { get; }

    [Parameter("n m", Init = Init.Normal)] public partial Tensor B { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("b")]
    public virtual Tensor FitOfSamples([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y), dim: 1);

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.5f * Sum(Abs(x));

    [return: Shape("b")]
    public virtual Tensor PriorOfSamples([Shape("b n")] Tensor x) => 0.3f * Sum(Abs(x), dim: 1);

    [return: Shape("")]
    public virtual Tensor InBox([Shape("b n")] Tensor x) => Sum(Box.Value(x, -0.25f, 0.5f));

    [return: Shape("")]
    public virtual Tensor InSimplex([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1.5f));

    [return: Shape("")]
    public virtual Tensor InL1Ball([Shape("b n")] Tensor x) => Sum(L1Ball.Value(x, 1.5f));

    [return: Shape("")]
    public virtual Tensor InL2Ball([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, 0.75f));

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    // One tensor.

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000)]
    public virtual partial Tensor Extragradient(Tensor x, Tensor y);

    [Unroll(Algorithm.ProximalPoint, smooth: nameof(Fit), Iterations = 200)]
    public virtual partial Tensor ProximalPoint(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InBox), Iterations = 3000)]
    public virtual partial Tensor ToBox(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InSimplex), Iterations = 300)]
    public virtual partial Tensor ToSimplex(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InL1Ball), Iterations = 300)]
    public virtual partial Tensor ToL1Ball(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InL2Ball), Iterations = 3000)]
    public virtual partial Tensor ToL2Ball(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Distance([Shape("b n")] Tensor x, [Shape("b n")] Tensor point) => 0.5 * Sum(Square(point - x));

    [return: Shape("")]
    public virtual Tensor InHalfspace([Shape("b n")] Tensor x) => Sum(Halfspace.Value(x, Ones(n), 0.25f));

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(InBox), Other = $"{nameof(InHalfspace)}, {nameof(InL2Ball)}", Iterations = 600)]
    public virtual partial Tensor Within(Tensor x, Tensor point);

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(InHalfspace), Other = nameof(InL2Ball), Tolerance = 1e-9, Iterations = 5000)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) WithinBoth(Tensor x, Tensor point);

    [return: Shape("")]
    public virtual Tensor Lengths([Shape("b n")] Tensor x) => 0.5 * Sum(L2Norm.Value(x));

    [return: Shape("")]
    public virtual Tensor Sizes([Shape("b n")] Tensor x) => 0.25 * Sum(Abs(x - 1));

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(Lengths), Other = nameof(Sizes), Iterations = 600)]
    public virtual partial Tensor Shrunk(Tensor x, Tensor point);

    [return: Shape("")]
    public virtual Tensor Fourth([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.25 * Sum(Square(Square(MatMul(x, A) - y)));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fourth), proximable: nameof(InL1Ball), Iterations = 3000)]
    public virtual partial Tensor WithoutBound(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(InSimplex), Iterations = 6000)]
    public virtual partial Tensor Mirrored(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Positive), Iterations = 6000, Step = 0.02)]
    public virtual partial Tensor Multiplied(Tensor x, Tensor y);

    [Unroll(Algorithm.Amp, smooth: nameof(FitOfSamples), proximable: nameof(PriorOfSamples), Iterations = 60)]
    public virtual partial Tensor Passed(Tensor x, Tensor y);

    // Blocks.

    [return: Shape("")]
    public virtual Tensor Both([Shape("b n")] Tensor u, [Shape("b n")] Tensor v, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(u, A) + MatMul(v, B) - y));

    [return: Shape("")]
    public virtual Tensor Sparse([Shape("b n")] Tensor u) => 0.5f * Sum(Abs(u));

    [return: Shape("")]
    public virtual Tensor Bounded([Shape("b n")] Tensor v) => Sum(Box.Value(v, -0.25f, 0.5f));

    [return: Shape("")]
    public virtual Tensor Small([Shape("b n")] Tensor u) => 0.5 * Sum(Square(u));

    [return: Shape("")]
    public virtual Tensor SmallToo([Shape("b n")] Tensor v) => Sum(Square(v));

    [Unroll(Algorithm.BlockCoordinateDescent, smooth: nameof(Both), proximable: nameof(Small), wrt: "u, v", Other = nameof(SmallToo), Iterations = 2000, Step = 10)]
    public virtual partial (Tensor U, Tensor V) InTurns(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.Palm, smooth: nameof(Both), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Bounded), Iterations = 6000)]
    public virtual partial (Tensor U, Tensor V) Palm(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.IPalm, smooth: nameof(Both), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Bounded), Iterations = 4000)]
    public virtual partial (Tensor U, Tensor V) IPalm(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.Auto, smooth: nameof(Both), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Bounded), Iterations = 6000)]
    public virtual partial (Tensor U, Tensor V) AnyOfBlocks(Tensor u, Tensor v, Tensor y);

    [return: Shape("")]
    public virtual Tensor Three([Shape("b n")] Tensor u, [Shape("b n")] Tensor v, [Shape("b m")] Tensor w, [Shape("b m")] Tensor y) =>
        0.5 * Sum(Square(MatMul(u, A) + MatMul(v, B) + w - y)) + 0.05 * Sum(Square(w));

    [return: Shape("")]
    public virtual Tensor SparseToo([Shape("b m")] Tensor w) => 0.2f * Sum(Abs(w));

    [Unroll(Algorithm.Palm, smooth: nameof(Three), proximable: nameof(Sparse), wrt: "u, v, w", Other = nameof(Bounded) + ", " + nameof(SparseToo), Iterations = 20000)]
    public virtual partial (Tensor U, Tensor V, Tensor W) OfThree(Tensor u, Tensor v, Tensor w, Tensor y);

    // Saddle points.

    [return: Shape("")]
    public virtual Tensor Game([Shape("b n")] Tensor u, [Shape("b m")] Tensor v, [Shape("b n")] Tensor c, [Shape("b m")] Tensor d) =>
        Sum(MatMul(u, A) * v) + Sum(c * u) - Sum(d * v);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), wrt: "u, v", Iterations = 4000)]
    public virtual partial (Tensor U, Tensor V) Saddle(Tensor u, Tensor v, Tensor c, Tensor d);

    [return: Shape("")]
    public virtual Tensor Contest([Shape("b n")] Tensor u, [Shape("b m")] Tensor v, [Shape("b n")] Tensor c, [Shape("b m")] Tensor d) =>
        Sum(MatMul(u, A) * v) + 0.5 * Sum(Square(u - c)) - 0.5 * Sum(Square(v - d));

    [return: Shape("")]
    public virtual Tensor Limits([Shape("b m")] Tensor v) => Sum(Box.Value(v, -0.25f, 0.5f));

    [Unroll(Algorithm.Extragradient, smooth: nameof(Contest), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Limits), Iterations = 2000)]
    public virtual partial (Tensor U, Tensor V) ConstrainedSaddle(Tensor u, Tensor v, Tensor c, Tensor d);

    // Searches that end.

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-12, Iterations = 5000)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) Search(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-12, Iterations = 5000, Solver = Solver.Anderson)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) MixedSearch(Tensor x, Tensor y);

    [Unroll(Algorithm.DouglasRachford, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-12, Iterations = 5000, Step = 0.1)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) SplitSearch(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-12, Iterations = 20000)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) DualSearch(Tensor x, Tensor y);

    [Unroll(Algorithm.Palm, smooth: nameof(Both), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Bounded), Tolerance = 1e-12, Iterations = 20000)]
    public virtual partial (Tensor U, Tensor V, Tensor Iterations, Tensor Residual) BlockSearch(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 10)]
    public virtual partial Tensor Ten(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 40)]
    public virtual partial Tensor Forty(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 160)]
    public virtual partial Tensor ManyMore(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 640)]
    public virtual partial Tensor Most(Tensor x, Tensor y);

    [return: Shape("")] public virtual Tensor LossOfTen([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Ten(x, y) - 1));

    [return: Shape("")] public virtual Tensor LossOfForty([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Forty(x, y) - 1));

    [return: Shape("")] public virtual Tensor LossOfMany([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(ManyMore(x, y) - 1));

    [return: Shape("")] public virtual Tensor LossOfMost([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Most(x, y) - 1));

    [return: Shape("")]
    public virtual Tensor LossOfSearch([Shape("b n")] Tensor x, [Shape("b m")] Tensor y)
    {
        var (found, _, _) = Search(x, y);
        return Sum(Square(found - 1));
    }

    [return: Shape("")]
    public virtual Tensor LossOfSplit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y)
    {
        var (found, _, _) = SplitSearch(x, y);
        return Sum(Square(found - 1));
    }

    [return: Shape("")]
    public virtual Tensor LossOfDual([Shape("b n")] Tensor x, [Shape("b m")] Tensor y)
    {
        var (found, _, _) = DualSearch(x, y);
        return Sum(Square(found - 1));
    }

    [Gradient(of: nameof(LossOfTen), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfTen(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfForty), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfForty(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfMany), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfMany(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfMost), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfMost(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfSearch), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfSearch(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfSplit), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfSplit(Tensor x, Tensor y);

    [Gradient(of: nameof(LossOfDual), wrt: "y, A")] public virtual partial (Tensor Y, Tensor A) GradientOfDual(Tensor x, Tensor y);
}

/// <summary>These algorithms against solutions that share nothing with them: coordinate descent, projected gradients with projections by bisection, known saddle points.</summary>
[Collection("WorkerPool")]
public sealed class UnrollFurtherTests
{
    private const int M = 24, N = 8, Batch = 3;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(43, (ulong)stream).FillNormal(x);
        return x;
    }

    private static FurtherProblems Double(int m = M, int n = N)
    {
        var problems = new FurtherProblems(m, n);
        problems.To(DType.Float64);
        return problems;
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        var difference = Norm(expected - actual).ToArray<double>()[0] / Norm(expected).ToArray<double>()[0];
        Assert.True(difference <= tolerance, $"the relative distance is {difference:R}");
    }

    /// <summary>Of one unknown: what is added to the squares, and its bounds.</summary>
    private sealed record Unknown(double Weight = 0, double Ridge = 0, double Lower = double.NegativeInfinity, double Upper = double.PositiveInfinity);

    /// <summary>Minimises |x A - y|²/2 + weights |x| + ridges x²/2 within bounds, element after element.</summary>
    private static Tensor Descend(Tensor a, Tensor y, Func<int, Unknown> unknown)
    {
        int n = a.Dim(0), m = a.Dim(1), batch = y.Dim(0);
        double[] matrix = a.ToArray<double>(), right = y.ToArray<double>();
        var result = new double[batch * n];
        for (var sample = 0; sample < batch; sample++)
        {
            var residual = right[(sample * m)..((sample + 1) * m)].Select(v => -v).ToArray();
            for (var sweep = 0; sweep < 20000; sweep++)
            {
                double moved = 0;
                for (var i = 0; i < n; i++)
                {
                    var of = unknown(i);
                    double square = of.Ridge, slope = 0;
                    for (var j = 0; j < m; j++) (square, slope) = (square + matrix[i * m + j] * matrix[i * m + j], slope + matrix[i * m + j] * residual[j]);
                    var before = result[sample * n + i];
                    var at = before - (slope + of.Ridge * before) / square;
                    var next = Math.Clamp(Math.Sign(at) * Math.Max(Math.Abs(at) - of.Weight / square, 0), of.Lower, of.Upper);
                    for (var j = 0; j < m; j++) residual[j] += matrix[i * m + j] * (next - before);
                    moved = Math.Max(moved, Math.Abs(next - before));
                    result[sample * n + i] = next;
                }
                if (moved < 1e-15) break;
            }
        }
        return Tensor.From(result, batch, n);
    }

    /// <summary>Minimises |x A - y|²/2 over a set by projected gradients.</summary>
    private static Tensor Project(Tensor a, Tensor y, Func<double[], double[]> project)
    {
        int n = a.Dim(0), m = a.Dim(1), batch = y.Dim(0);
        double[] matrix = a.ToArray<double>(), right = y.ToArray<double>();
        var step = 1 / matrix.Sum(v => v * v);
        var result = new double[batch * n];
        for (var sample = 0; sample < batch; sample++)
        {
            var x = new double[n];
            for (var k = 0; k < 60000; k++)
            {
                var residual = new double[m];
                for (var j = 0; j < m; j++) residual[j] = Enumerable.Range(0, n).Sum(i => x[i] * matrix[i * m + j]) - right[sample * m + j];
                var next = project([.. x.Select((v, i) => v - step * Enumerable.Range(0, m).Sum(j => matrix[i * m + j] * residual[j]))]);
                var moved = next.Zip(x).Max(v => Math.Abs(v.First - v.Second));
                x = next;
                if (moved < 1e-16) break;
            }
            x.CopyTo(result, sample * n);
        }
        return Tensor.From(result, batch, n);
    }

    private static double[] Shrink(double[] x, double total, Func<double, double, double> cut)
    {
        double low = -100, high = 100;
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if (x.Sum(v => Math.Abs(cut(v, middle))) > total) low = middle;
            else high = middle;
        }
        return [.. x.Select(v => cut(v, high))];
    }

    private static double[] OntoSimplex(double[] x) => Shrink(x, 1.5, (v, level) => Math.Max(v - level, 0));

    private static double[] OntoL1Ball(double[] x) => x.Sum(Math.Abs) <= 1.5 ? x : Shrink(x, 1.5, (v, level) => Math.Sign(v) * Math.Max(Math.Abs(v) - level, 0));

    private static double[] OntoL2Ball(double[] x)
    {
        var norm = Math.Sqrt(x.Sum(v => v * v));
        return norm <= 0.75 ? x : [.. x.Select(v => v * 0.75 / norm)];
    }

    [Fact]
    public void ExtragradientFindsAMinimum()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        Near(Descend(problems.A, y, _ => new(Weight: 0.5)), problems.Extragradient(x, y));
    }

    [Fact]
    public void TheProximalPointAlgorithmFindsAMinimum()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        Near(Descend(problems.A, y, _ => new()), problems.ProximalPoint(x, y));
    }

    [Fact]
    public void FrankWolfeFindsTheMinimumOverSets()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        Near(Descend(problems.A, y, _ => new(Lower: -0.25, Upper: 0.5)), problems.ToBox(x, y));
        Near(Project(problems.A, y, OntoL2Ball), problems.ToL2Ball(x, y));
        // At a corner it comes to rest; on a face it would only come near it as 1/k.
        var corner = 40 * problems.A[2..5];
        var expected = Project(problems.A, corner, OntoSimplex);
        Near(expected, problems.ToSimplex(x, corner));
        Near(Project(problems.A, -corner, OntoL1Ball), problems.ToL1Ball(x, -corner));
        Near(problems.ToL1Ball(x, -corner), problems.WithoutBound(x, -corner), 1e-5);
        Assert.Equal(1.5, expected[0, 2].ToArray<double>()[0], 1e-9);
        // On a face, the objective as 1/k.
        var face = problems.ToSimplex(x, y);
        double least = problems.Fit(Project(problems.A, y, OntoSimplex), y).ToArray<double>()[0], reached = problems.Fit(face, y).ToArray<double>()[0];
        Assert.InRange(reached, least, least * 1.01);
    }

    /// <summary>Of three sets at once the nearest point, by the variational inequality, and of functions the least of the sum; the projections one after the other end elsewhere.</summary>
    [Fact]
    public void DykstraFindsTheNearestPointOfAll()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), point = 2 * Random(2, Batch, N) + 1, p = problems.Within(x, point);
        double[] Inner(Tensor a, Tensor b) => Sum(a * b, dim: 1).ToArray<double>();
        Near(Box.Project(p, -0.25, 0.5), p);
        Near(Halfspace.Project(p, Ones(N), 0.25), p);
        Near(L2Ball.Project(p, 0.75), p);
        for (var k = 0; k < 60; k++)
        {
            // Points of all three sets.
            var other = Random(20 + k, Batch, N);
            other = L2Ball.Project(Box.Project(Halfspace.Project(other, Ones(N), 0.25 - 2), -0.25, 0.25), 0.25);
            other = other - Relu(Mean(other, dim: 1, keepDim: true) - 0.25 / N);
            Assert.All(Inner(point - p, other - p), slope => Assert.True(slope <= 1e-6));
        }
        var (both, iterations, _) = problems.WithinBoth(x, point);
        Assert.InRange(iterations.ToArray<long>()[0], 2, 4999);
        var ends = Halfspace.Project(point, Ones(N), 0.25);
        for (var k = 0; k < 2000; k++) ends = Halfspace.Project(L2Ball.Project(ends, 0.75), Ones(N), 0.25);
        double[] nearest = Inner(point - both, point - both), other2 = Inner(point - ends, point - ends);
        Assert.All(nearest.Zip(other2), d => Assert.True(d.First <= d.Second + 1e-7));
        Assert.Contains(nearest.Zip(other2), d => d.First < d.Second - 1e-3);
        // The sum of functions: no direction leads down.
        var shrunk = problems.Shrunk(x, point);
        Tensor Objective(Tensor at) => 0.5 * Sum(Square(at - point), dim: 1) + 0.5 * L2Norm.Value(at) + 0.25 * Sum(Abs(at - 1), dim: 1);
        for (var k = 0; k < 60; k++) Assert.All((Objective(shrunk + 1e-3 * Random(100 + k, Batch, N)) - Objective(shrunk)).ToArray<double>(), rise => Assert.True(rise >= -1e-9));
    }

    [Fact]
    public void MirrorDescentFindsTheMinimumInItsGeometry()
    {
        var problems = Double();
        Tensor start = Abs(Random(1, Batch, N)) + 0.1, y = 3 * Random(2, Batch, M);
        var expected = Project(problems.A, y, OntoSimplex);
        Assert.Contains(expected.ToArray<double>(), v => v == 0);
        Near(expected, problems.Mirrored(1.5 * start / Sum(start, dim: 1, keepDim: true), y));
        Near(Descend(problems.A, y, _ => new(Lower: 0)), problems.Multiplied(start, y));
    }

    /// <summary>Sixty iterations where ISTA takes hundreds: the residual remembers.</summary>
    [Fact]
    public void MessagesArePassedToTheMinimum()
    {
        var problems = Double(60, 30);
        var a = Random(3, 30, 60) / Math.Sqrt(60);
        problems.A.CopyFrom(a);
        var sparse = Random(4, Batch, 30) * Where(Random(5, Batch, 30) > 0.8, 1, 0);
        var y = MatMul(sparse, a) + 0.1 * Random(6, Batch, 60);
        Near(Descend(a, y, _ => new(Weight: (double)0.3f)), problems.Passed(Zeros(Batch, 30).To(DType.Float64), y));
    }

    [Fact]
    public void BlocksAreMovedToTheMinimumOfAll()
    {
        var problems = Double();
        Tensor u = Random(1, Batch, N), v = Random(7, Batch, N), y = 3 * Random(2, Batch, M);
        var all = Concat([problems.A, problems.B], dim: 0);
        var ridge = Descend(all, y, i => new(Ridge: i < N ? 1 : 2));
        var (a, b) = problems.InTurns(u, v, y);
        Near(ridge, Concat([a, b], dim: 1));
        var expected = Descend(all, y, i => i < N ? new(Weight: 0.5) : new(Lower: -0.25, Upper: 0.5));
        Assert.Contains(expected.ToArray<double>(), value => value == 0);
        var palm = problems.Palm(u, v, y);
        Near(expected, Concat([palm.U, palm.V], dim: 1));
        var inertial = problems.IPalm(u, v, y);
        Near(expected, Concat([inertial.U, inertial.V], dim: 1));
        var any = problems.AnyOfBlocks(u, v, y);
        Near(Concat([palm.U, palm.V], dim: 1), Concat([any.U, any.V], dim: 1), 0);
    }

    [Fact]
    public void ThreeBlocksAreMovedToo()
    {
        var problems = Double();
        Tensor u = Random(1, Batch, N), v = Random(7, Batch, N), w = Random(8, Batch, M), y = 3 * Random(2, Batch, M);
        var all = Concat([problems.A, problems.B, Eye(M).To(DType.Float64)], dim: 0);
        var expected = Descend(all, y, i => i < N ? new(Weight: 0.5) : i < 2 * N ? new(Lower: -0.25, Upper: 0.5) : new(Weight: (double)0.2f, Ridge: 0.1));
        var found = problems.OfThree(u, v, w, y);
        Near(expected, Concat([found.U, found.V, found.W], dim: 1));
    }

    /// <summary>Without curvature gradients go round the saddle point for ever; extragradients find it.</summary>
    [Fact]
    public void ExtragradientFindsSaddlePoints()
    {
        var problems = Double(N);
        Tensor u = Random(1, Batch, N), v = Random(7, Batch, N), saddleU = Random(9, Batch, N), saddleV = Random(10, Batch, N);
        problems.A.CopyFrom(Eye(N).To(DType.Float64) + 0.1 * Random(11, N, N));
        // Both gradients are zero there.
        var found = problems.Saddle(u, v, -MatMul(saddleV, Transpose(problems.A)), MatMul(saddleU, problems.A));
        Near(saddleU, found.U);
        Near(saddleV, found.V);
    }

    [Fact]
    public void ExtragradientFindsSaddlePointsOverSets()
    {
        var problems = Double();
        Tensor u = Random(1, Batch, N), v = Random(7, Batch, M), c = 2 * Random(9, Batch, N), d = Random(10, Batch, M);
        var found = problems.ConstrainedSaddle(u, v, c, d);
        // The best answer to each other: of u - c + v Aᵀ = -0.5 sign(u) alone, and of v - d = u A within the bounds.
        var toV = c - MatMul(found.V, Transpose(problems.A));
        Near(Sign(toV) * Relu(Abs(toV) - 0.5), found.U, 1e-9);
        Near(Minimum(Maximum(d + MatMul(found.U, problems.A), -0.25), 0.5), found.V, 1e-9);
    }

    [Fact]
    public void SearchesEndAndSayHow()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        var expected = Descend(problems.A, y, _ => new(Weight: 0.5));
        var plain = Ends("Search", problems.Search(x, y));
        Assert.True(Ends("MixedSearch", problems.MixedSearch(x, y)) < plain / 2);
        Ends("SplitSearch", problems.SplitSearch(x, y));
        Ends("DualSearch", problems.DualSearch(x, y));
        var (u, v, _, _) = problems.BlockSearch(x, x, y);
        Near(Descend(Concat([problems.A, problems.B], dim: 0), y, i => i < N ? new(Weight: 0.5) : new(Lower: -0.25, Upper: 0.5)), Concat([u, v], dim: 1));
        Assert.True(problems.Solves.AllConverged);
        Assert.Equal(5, problems.Solves.Count);

        long Ends(string name, (Tensor X, Tensor Iterations, Tensor Residual) found)
        {
            Near(expected, found.X);
            var iterations = found.Iterations.ToArray<long>()[0];
            Assert.InRange(iterations, 2, 19999);
            Assert.InRange(found.Residual.ToArray<double>()[0], 0, 1e-12);
            Assert.Equal(iterations, problems.Solves[name].Iterations);
            return iterations;
        }
    }

    /// <summary>The deeper the network, the nearer its gradient is to the implicit one, which is that of differences at the solution.</summary>
    [Fact]
    public void GradientsOfIterationsTendToTheImplicitOne()
    {
        var problems = Double();
        Tensor x = Random(1, Batch, N), y = 3 * Random(2, Batch, M);
        var limit = problems.GradientOfSearch(x, y);
        double[] errors =
        [
            .. new[] { problems.GradientOfTen(x, y), problems.GradientOfForty(x, y), problems.GradientOfMany(x, y), problems.GradientOfMost(x, y) }
                .Select(g => Norm(g.A - limit.A).ToArray<double>()[0] / Norm(limit.A).ToArray<double>()[0]),
        ];
        for (var i = 1; i < errors.Length; i++) Assert.True(errors[i] < errors[i - 1] / 5, string.Join(", ", errors));
        Assert.True(errors[^1] < 1e-6, string.Join(", ", errors));
        // A search with a state of several tensors has the same gradient.
        foreach (var (gy, ga) in new[] { problems.GradientOfSplit(x, y), problems.GradientOfDual(x, y) })
        {
            Near(limit.Y, gy);
            Near(limit.A, ga);
        }
        var direction = Random(12, Batch, M);
        const double Small = 1e-6;
        double Loss(Tensor at) => problems.LossOfSearch(x, at).ToArray<double>()[0];
        var slope = (Loss(y + Small * direction) - Loss(y - Small * direction)) / (2 * Small);
        Assert.Equal(slope, Sum(limit.Y * direction).ToArray<double>()[0], 1e-6 * (1 + Math.Abs(slope)));
    }
}
