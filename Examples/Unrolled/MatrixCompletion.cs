using System.Diagnostics;
using Proxima.Proximal;
using ScottPlot;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A matrix of low rank from some of its elements: the problem is declared, the algorithm is derived.</summary>
/// <remarks>Cai, Candès and Shen, "A singular value thresholding algorithm for matrix completion" (SIAM J. Optim. 2010); Mazumder, Hastie and Tibshirani, "Spectral regularization algorithms for learning large incomplete matrices" (JMLR 2010).</remarks>
[Network]
public partial class LowRank
{
    /// <summary>Half the squared distance from the elements that are known.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("m n")] Tensor x, [Shape("m n")] Tensor y, [Shape("m n")] Tensor seen) => 0.5 * Sum(seen * Square(x - y));

    /// <summary>The sum of the singular values.</summary>
    [return: Shape("")]
    [Require("n <= m")]
    public virtual Tensor Complexity([Shape("m n")] Tensor x, [Shape("")] Tensor weight) => weight * NuclearNorm.Value(x);

    /// <summary>What is minimised.</summary>
    [return: Shape("")]
    [Require("n <= m")]
    public virtual Tensor Objective([Shape("m n")] Tensor x, [Shape("m n")] Tensor y, [Shape("m n")] Tensor seen, [Shape("")] Tensor weight) => Fit(x, y, seen) + Complexity(x, weight);

    /// <summary>The completed matrix after 200 iterations.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Complexity), Iterations = 200)]
    [Require("n <= m")]
    public virtual partial Tensor Complete(Tensor x, Tensor y, Tensor seen, Tensor weight);

    /// <summary>The same after so many that it counts as the minimum.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Complexity), Iterations = 3000)]
    [Require("n <= m")]
    public virtual partial Tensor Minimum(Tensor x, Tensor y, Tensor seen, Tensor weight);
}

/// <summary>Squared distances between beacons and receivers in the plane, of which most were not measured: a matrix of rank 4.</summary>
public sealed class MatrixCompletion : IExample
{
    /// <inheritdoc/>
    public string Id => "completion";

    /// <inheritdoc/>
    public string Title => "Matrix completion: missing distances between places, by the least sum of singular values";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Cai, Candès, Shen: A singular value thresholding algorithm for matrix completion (SIAM J. Optim. 2010)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(LowRank), new Dictionary<string, long> { ["m"] = 60, ["n"] = 40 })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        var (m, n) = context.Quick ? (30, 20) : (60, 40);
        LowRank model = new LowRank.Cpu(), reference = new();
        Tensor beacons = Sample.Uniform(context.Seed, m, 2), receivers = Sample.Uniform(context.Seed + 1, n, 2);
        var distances = Sum(Square(Unsqueeze(beacons, 1) - Unsqueeze(receivers, 0)), dim: 2);
        var seen = Sample.Bernoulli(context.Seed + 2, context.Quick ? 0.6 : 0.4, m, n);
        var measured = seen * (distances + 0.005 * Sample.Normal(context.Seed + 3, m, n));
        var weight = Tensor.Scalar(0.03f);

        double Objective(Tensor x) => (double)reference.Objective(x.To(DType.Float64), measured.To(DType.Float64), seen.To(DType.Float64), weight.To(DType.Float64));
        // Against the spread of what is missing.
        double Error(Tensor x) => (double)Sqrt(Sum((1 - seen) * Square(x - distances)) / Sum((1 - seen) * Square(distances - Mean(distances))));
        var start = Tensor.Zeros(m, n);
        var clock = Stopwatch.StartNew();
        var completed = model.Complete(start, measured, seen, weight);
        var seconds = clock.Elapsed.TotalSeconds;
        var least = Objective(model.Minimum(start, measured, seen, weight));
        var rows = seen * 0 + Sum(measured, dim: 1, keepDim: true) / Maximum(Sum(seen, dim: 1, keepDim: true), 1);
        var columns = seen * 0 + Sum(measured, dim: 0, keepDim: true) / Maximum(Sum(seen, dim: 0, keepDim: true), 1);
        var additive = rows + columns - Sum(measured) / Sum(seen);

        Draw(context, distances, measured, seen, completed);
        context.Claim(Claim.AtMost("objective after 200 iterations, above that after 3,000, relative", Objective(completed) / least - 1, 1e-4, Objective(start) / least - 1));
        context.Claim(Claim.AtMost("error of the missing elements, of their spread; baseline by means of rows and columns", Error(completed), 0.2, Error(additive)));
        context.Claim(Claim.AtMost("time for 200 iterations", seconds, 10, unit: "s"));
    }

    /// <summary>The matrices beside each other; what is missing is white.</summary>
    private static void Draw(Context context, Tensor distances, Tensor measured, Tensor seen, Tensor completed)
    {
        foreach (var (name, title, matrix) in new[] { ("true", "all", distances), ("seen", "measured", Where(seen > 0.5, measured, float.NaN)), ("completed", "completed", completed) })
        {
            var values = new double[matrix.Dim(0), matrix.Dim(1)];
            for (var i = 0; i < values.GetLength(0); i++)
                for (var j = 0; j < values.GetLength(1); j++) values[i, j] = matrix.Row(i).AsSpan<float>()[j];
            context.Plot($"completion-{name}.png", plot =>
            {
                plot.Add.Heatmap(values).ManualRange = new(0, (double)Max(distances));
                plot.Title($"Squared distances: {title}");
                plot.XLabel("receiver");
                plot.YLabel("beacon");
            }, 500, 600);
        }
    }
}
