using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Counts of which a nonnegative map of the unknowns is the mean.</summary>
[Network]
public partial class CountProblems(int m, int n)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor A { get; }

    /// <summary>The negative log-likelihood of each sample, with the unknowns' sum as a prior.</summary>
    [return: Shape("b")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Poisson.Value(MatMul(x, A), y), dim: 1) + 0.1 * Sum(x, dim: 1);

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), Geometry = Geometry.Burg, Iterations = 30000)] public virtual partial Tensor Fitted(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Positive), Geometry = Geometry.Burg, Tolerance = 1e-5, Iterations = 20000)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) FittedTo(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), Geometry = Geometry.Burg, Iterations = 12)] public virtual partial Tensor Briefly(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), Geometry = Geometry.Burg, Iterations = 12, Step = 0.01)] public virtual partial Tensor ByStep(Tensor x, Tensor y);

    [return: Shape("")] public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Briefly(x, y) - 1));

    [Gradient(of: nameof(Loss), wrt: "x, y, A")] public virtual partial (Tensor X, Tensor Y, Tensor A) LossGradient(Tensor x, Tensor y);
}

/// <summary>Mirror descent in the geometry of Burg (NoLips) against coordinate descent by bisection.</summary>
[Collection("WorkerPool")]
public sealed class MirrorDescentTests
{
    private const int M = 12, N = 5, Batch = 2;

    private static Tensor Uniform(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(53, (ulong)stream).FillUniform(x);
        return x;
    }

    private static (CountProblems Problems, Tensor Start, Tensor Counts) Given()
    {
        var problems = new CountProblems(M, N);
        problems.To(DType.Float64);
        // Each unknown is mostly in measurements of its own: a map that can be inverted.
        var own = Equal(Reshape(Arange(N), N, 1), Reshape(Remainder(Arange(M), N), 1, M)).To(DType.Float64);
        problems.A.CopyFrom(2 * own + 0.3 * Uniform(1, N, M));
        var counts = MatMul(3 * Uniform(2, Batch, N) + 0.5, problems.A) * (0.8 + 0.4 * Uniform(3, Batch, M));
        return (problems, 0.5 + Uniform(4, Batch, N), counts);
    }

    /// <summary>Element after element: the slope of the objective grows along it.</summary>
    private static Tensor Descend(Tensor a, Tensor y)
    {
        double[] matrix = a.ToArray<double>(), counts = y.ToArray<double>();
        var x = Enumerable.Repeat(1.0, Batch * N).ToArray();
        for (var sample = 0; sample < Batch; sample++)
        {
            for (var sweep = 0; sweep < 3000; sweep++)
            {
                for (var i = 0; i < N; i++)
                {
                    double Slope(double at)
                    {
                        var slope = 0.1;
                        for (var j = 0; j < M; j++)
                        {
                            var mean = Enumerable.Range(0, N).Sum(k => (k == i ? at : x[sample * N + k]) * matrix[k * M + j]);
                            slope += matrix[i * M + j] * (1 - counts[sample * M + j] / mean);
                        }
                        return slope;
                    }

                    double low = 0, high = 100;
                    for (var k = 0; k < 60; k++) (low, high) = Slope((low + high) / 2) < 0 ? ((low + high) / 2, high) : (low, (low + high) / 2);
                    x[sample * N + i] = high;
                }
            }
        }
        return Tensor.From(x, Batch, N);
    }

    [Fact]
    public void CountsAreFittedWithoutALipschitzConstant()
    {
        var (problems, start, counts) = Given();
        Tensor expected = Descend(problems.A, counts), found = problems.Fitted(start, counts);
        Assert.All(expected.ToArray<double>(), v => Assert.True(v > 1e-3));
        Assert.InRange((Norm(found - expected) / Norm(expected)).ToArray<double>()[0], 0, 1e-6);
        var (near, iterations, _) = problems.FittedTo(start, counts);
        Assert.InRange(iterations.ToArray<long>()[0], 10, 19999);
        Assert.InRange((Norm(near - expected) / Norm(expected)).ToArray<double>()[0], 0, 0.02);
        // With the step 1/L the objective never rises (Bauschke, Bolte and Teboulle 2017, theorem 1).
        var x = start;
        for (var k = 0; k < 20; k++)
        {
            var next = problems.Briefly(x, counts);
            Assert.All((problems.Fit(next, counts) - problems.Fit(x, counts)).ToArray<double>(), rise => Assert.True(rise <= 1e-12));
            x = next;
        }
    }

    [Fact]
    public void DerivativesAreDifferencesAndTheCompiledStepsAreTheSame()
    {
        var (problems, start, counts) = Given();
        const double Small = 1e-6;
        var g = problems.LossGradient(start, counts);
        Tensor dx = Uniform(5, Batch, N) - 0.5, dy = Uniform(6, Batch, M) - 0.5;
        double Loss(Tensor x, Tensor y) => problems.Loss(x, y).ToArray<double>()[0];
        void Agree(double slope, Tensor gradient, Tensor direction) => Assert.Equal(slope, Sum(gradient * direction).ToArray<double>()[0], 1e-6 * (1 + Math.Abs(slope)));
        Agree((Loss(start + Small * dx, counts) - Loss(start - Small * dx, counts)) / (2 * Small), g.X, dx);
        Agree((Loss(start, counts + Small * dy) - Loss(start, counts - Small * dy)) / (2 * Small), g.Y, dy);

        var compiled = new CountProblems.Cpu(M, N);
        compiled.A.CopyFrom(problems.A.To(DType.Float32));
        Tensor x = start.To(DType.Float32), y = counts.To(DType.Float32);
        void Near(Tensor expected, Tensor actual) => Assert.InRange((Norm(actual.To(DType.Float64) - expected) / Norm(expected)).ToArray<double>()[0], 0, 1e-5);
        Near(problems.Briefly(start, counts), compiled.Briefly(x, y));
        Near(g.A, compiled.LossGradient(x, y).A);
        // The sum of counts is about 100 here: 0.01 is short enough for a tenth of them, and too long for ten times as many.
        Near(problems.ByStep(start, 0.1 * counts), compiled.ByStep(x, 0.1f * y));
        foreach (var call in new Func<Tensor>[] { () => problems.ByStep(start, 10 * counts), () => compiled.ByStep(x, 10 * y) })
        {
            var message = Assert.Throws<ArgumentException>(call).Message;
            Assert.StartsWith("MirrorDescent converges for steps up to 1/L = 0.00", message, StringComparison.Ordinal);
            Assert.Contains("relative to that of -Σ log x, and the step is 0.01.", message, StringComparison.Ordinal);
        }
    }
}
