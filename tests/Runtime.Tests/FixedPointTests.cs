using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Systems whose fixed points are known.</summary>
[Network]
public partial class KnownEquilibria(int n)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Matrix { get; }

    /// <summary>z = z A / 10 + x.</summary>
    [return: Shape("b n")]
    public virtual Tensor Affine([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => 0.1 * MatMul(z, Matrix) + x;

    [FixedPoint(of: nameof(Affine), Tolerance = 1e-6)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Plain(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Affine), Solver = Solver.Anderson, Tolerance = 1e-6)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Anderson(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Affine), Solver = Solver.Broyden, Tolerance = 1e-6)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Broyden(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Affine), MaxIterations = 2)]
    public virtual partial Tensor TooShort(Tensor z, Tensor x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var (z, _, _) = Anderson(x, x);
        return Sum(z * w);
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor w);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x, Tensor w);

    /// <summary>z = cos(a z), one scalar equation per element.</summary>
    [return: Shape("b")]
    public virtual Tensor Cosine([Shape("b")] Tensor z, [Shape("b")] Tensor a) => Cos(a * z);

    [FixedPoint(of: nameof(Cosine), Solver = Solver.Broyden, BatchDims = 1, Tolerance = 1e-12)]
    public virtual partial Tensor CosinePoint(Tensor z, Tensor a);

    [return: Shape("")]
    public virtual Tensor CosineSum([Shape("b")] Tensor a) => Sum(CosinePoint(Ones(a.Dim(0)), a));

    [Gradient(of: nameof(CosineSum), wrt: "a")]
    public virtual partial Tensor CosineSlope(Tensor a);
}

/// <summary>What <see cref="FixedPointAttribute"/> promises beyond agreement with the reference: closed forms, the account of the search, no allocation.</summary>
[Collection("WorkerPool")]
public sealed class FixedPointTests
{
    private static readonly int[] s_shape = [3, 8];

    private static (KnownEquilibria.Cpu Model, Tensor X, Tensor W) Problem()
    {
        var model = new KnownEquilibria.Cpu(8);
        Tensor x = Tensor.Empty(DType.Float32, s_shape), w = Tensor.Empty(DType.Float32, s_shape);
        new Philox(5, 0).FillNormal(x);
        new Philox(5, 1).FillNormal(w);
        return (model, x, w);
    }

    /// <summary>(1 - A/10)ᵀ y = r by elimination, or with the matrix itself.</summary>
    private static double[] SolveRow(KnownEquilibria model, ReadOnlySpan<float> right, bool transposed)
    {
        const int n = 8;
        var a = model.Matrix.ToArray<float>();
        var m = new double[n, n + 1];
        for (var i = 0; i < n; i++)
        {
            // A row equation z (1 - A/10) = x has the transposed matrix in the usual form.
            for (var j = 0; j < n; j++) m[i, j] = (i == j ? 1 : 0) - 0.1 * (transposed ? a[i * n + j] : a[j * n + i]);
            m[i, n] = right[i];
        }
        for (var p = 0; p < n; p++)
            for (var i = 0; i < n; i++)
                if (i != p)
                    for (var (j, factor) = (n, m[i, p] / m[p, p]); j >= p; j--) m[i, j] -= factor * m[p, j];
        return [.. Enumerable.Range(0, n).Select(i => m[i, n] / m[i, i])];
    }

    [Theory]
    [InlineData("Plain")]
    [InlineData("Anderson")]
    [InlineData("Broyden")]
    public void LinearSystemsAreSolved(string solver)
    {
        var (model, x, _) = Problem();
        foreach (var network in new KnownEquilibria[] { model, new KnownEquilibria(8) })
        {
            var (z, iterations, residual) = solver switch { "Plain" => network.Plain(x, x), "Anderson" => network.Anderson(x, x), _ => network.Broyden(x, x) };
            for (var row = 0; row < 3; row++)
            {
                var expected = SolveRow(network, x.AsSpan<float>().Slice(row * 8, 8), transposed: false);
                for (var i = 0; i < 8; i++) Assert.Equal(expected[i], z.AsSpan<float>()[row * 8 + i], 1e-4);
            }
            Assert.InRange(iterations.Item<long>(), 3, 40);
            Assert.InRange(residual.Item<float>(), 0, 1.0001e-6f);
            var record = network.Solves[solver];
            Assert.Equal((iterations.Item<long>(), 1, 0, true), (record.Iterations, record.Runs, record.Failures, record.IsConverged));
        }
    }

    [Fact]
    public void MixingNeedsFewerSteps()
    {
        var (model, x, _) = Problem();
        model.Matrix.AsSpan<float>().Clear();
        // One slow direction and one that alternates: 0.9 and -0.8.
        for (var i = 0; i < 8; i++) model.Matrix.AsSpan<float>()[i * 9] = i == 0 ? 9 : i == 1 ? -8 : i;
        long plain = model.Plain(x, x).Iterations.Item<long>(), anderson = model.Anderson(x, x).Iterations.Item<long>(), broyden = model.Broyden(x, x).Iterations.Item<long>();
        Assert.True(plain > 80 && anderson < plain / 2 && broyden < plain / 2, $"{plain} {anderson} {broyden}");
    }

    [Fact]
    public void GradientsOfLinearSystemsAreThoseOfTheTransposedSystem()
    {
        var (model, x, w) = Problem();
        var gradient = model.InputGradient(x, w);
        for (var row = 0; row < 3; row++)
        {
            var expected = SolveRow(model, w.AsSpan<float>().Slice(row * 8, 8), transposed: true);
            for (var i = 0; i < 8; i++) Assert.Equal(expected[i], gradient.AsSpan<float>()[row * 8 + i], 1e-4);
        }
        Assert.True(model.Solves["Anderson.Cotangent"].IsConverged);
    }

    [Fact]
    public void ScalarEquationsHaveTheSlopeOfTheImplicitFunction()
    {
        var network = new KnownEquilibria(1);
        var a = Tensor.From([0.3, 0.7, 1.0]);
        var slope = network.CosineSlope(a).ToArray<double>();
        for (var i = 0; i < 3; i++)
        {
            var (at, z) = (a.AsSpan<double>()[i], 0.7);
            for (var k = 0; k < 2000; k++) z = Math.Cos(at * z);
            Assert.Equal(-z * Math.Sin(at * z) / (1 + at * Math.Sin(at * z)), slope[i], 1e-9);
        }
    }

    [Fact]
    public void WhatDoesNotConvergeIsRecorded()
    {
        foreach (var network in new KnownEquilibria[] { new(8), new KnownEquilibria.Cpu(8) })
        {
            var (_, x, _) = Problem();
            network.TooShort(x, x);
            network.TooShort(x, x);
            var record = network.Solves["TooShort"];
            Assert.False(record.IsConverged || network.Solves.AllConverged);
            Assert.Equal((2, 2, 2), (record.Iterations, record.Runs, record.Failures));
            Assert.True(record.Residual > record.Tolerance);
            Assert.Contains("NOT CONVERGED", record.ToString());
        }
    }

    [Fact]
    public void DivergenceAndNaNEndTheSearchAndShow()
    {
        var (model, x, _) = Problem();
        model.Matrix.AsSpan<float>().Fill(1e30f);
        Assert.False(float.IsFinite(model.Plain(x, x).Residual.Item<float>()));
        Assert.InRange(model.Solves["Plain"].Iterations, 1, 5);
        Assert.False(model.Solves["Plain"].IsConverged);
    }

    [Fact]
    public void ASteadyStateSearchAllocatesNothing()
    {
        var (model, x, w) = Problem();
        var into = (Tensor.Zeros(3, 8), Tensor.Zeros([], DType.Int64), Tensor.Zeros([], DType.Float32));
        for (var i = 0; i < 3; i++)
        {
            model.Anderson(x, x, into);
            model.LossGradient(x, w);
        }
        var allocations = new Allocations();
        while (allocations.Next())
        {
            model.Anderson(x, x, into);
            model.LossGradient(x, w);
        }
        Assert.Equal(0, allocations.Bytes);
    }
}
