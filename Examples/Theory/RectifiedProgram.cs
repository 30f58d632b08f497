using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>The length of vectors of a plane between two rays that are less than a half turn apart, the second one to the left of the first.</summary>
public static class Wedge
{
    /// <summary>|x| for vectors between the rays, ∞ for others, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor right, Tensor left) =>
        L2Norm.Value(x) + Squeeze(Where(Minimum(Cross(right, x), Cross(x, left)) < -1e-9, double.PositiveInfinity, Relu(-Abs(Cross(right, x)))), -1);

    /// <summary>The projection between the rays, then the operator of the length (Yu 2013, theorem 4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Yu 2013, theorem 4")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor right, Tensor left) => L2Norm.Prox(Project(x, right, left), step);

    /// <summary>x between the rays, otherwise the longer of its projections onto them.</summary>
    [TensorFunction]
    public static Tensor Project(Tensor x, Tensor right, Tensor left)
    {
        Tensor first = Relu(Sum(x * right, dim: -1, keepDim: true)), second = Relu(Sum(x * left, dim: -1, keepDim: true));
        var isInside = Minimum(Cross(right, x), Cross(x, left)) >= 0;
        return Where(isInside, x, Where(first >= second, first * right, second * left));
    }

    /// <summary>Positive where y is to the left of x.</summary>
    [TensorFunction]
    private static Tensor Cross(Tensor x, Tensor y) =>
        Slice(x, dim: -1, start: 0, end: 1) * Slice(y, dim: -1, start: 1, end: 2) - Slice(x, dim: -1, start: 1, end: 2) * Slice(y, dim: -1, start: 0, end: 1);
}

/// <summary>
/// A network of one hidden layer of rectified units with weight decay as a convex program: one vector for each pattern of active samples and each sign, kept between the rays within which
/// the samples are active so.
/// </summary>
/// <param name="samples">The number of samples, of two inputs each.</param>
/// <param name="groups">The number of vectors: two for each pattern.</param>
[Network]
public partial class RectifiedProgram(int samples, int groups)
{
    /// <summary>The inputs.</summary>
    [Buffer("samples 2", DType.Float64)] public partial Tensor Inputs { get; set; }

    /// <summary>For each vector 1 or -1, the sign of its units, where a sample is active, and 0 where it is not.</summary>
    [Buffer("groups samples", DType.Float64)] public partial Tensor Active { get; set; }

    /// <summary>The ray at the right of each vector, of length 1.</summary>
    [Buffer("groups 2", DType.Float64)] public partial Tensor Right { get; set; }

    /// <summary>The ray at its left.</summary>
    [Buffer("groups 2", DType.Float64)] public partial Tensor Left { get; set; }

    /// <summary>What each coordinate of each vector adds to the fit of each sample.</summary>
    [return: Shape("samples groups*2", DType.Float64)]
    public virtual Tensor Features() => Reshape(Permute(Unsqueeze(Active, -1) * Inputs, 1, 0, 2), samples, -1);

    /// <summary>The fit.</summary>
    [return: Shape("samples", DType.Float64)]
    public virtual Tensor Predict([Shape("groups 2", DType.Float64)] Tensor u) => MatMul(Features(), Reshape(u, -1));

    /// <summary>Half the squared distance of the fit from the targets.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Fit([Shape("groups 2", DType.Float64)] Tensor u, [Shape("samples", DType.Float64)] Tensor target) => 0.5 * Sum(Square(Predict(u) - target));

    /// <summary>The decay of vectors between their rays.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Price([Shape("groups 2", DType.Float64)] Tensor u, [Shape("", DType.Float64)] Tensor decay) => decay * Sum(Wedge.Value(u, Right, Left));

    /// <summary>The objective.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Objective([Shape("groups 2", DType.Float64)] Tensor u, [Shape("samples", DType.Float64)] Tensor target, [Shape("", DType.Float64)] Tensor decay) => Fit(u, target) + Price(u, decay);

    /// <summary>Iterations towards the minimum.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Price), Iterations = 2000)]
    public virtual partial Tensor Solve(Tensor u, Tensor target, Tensor decay);

    /// <summary>Vectors between their rays.</summary>
    [return: Shape("groups 2", DType.Float64)]
    public virtual Tensor Admit([Shape("groups 2", DType.Float64)] Tensor u) => Wedge.Project(u, Right, Left);

    /// <summary>How strongly the residual asks for each vector: the direction that all optimal vectors have, and a bound that no objective is below.</summary>
    [return: Shape("groups 2", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Pull, Tensor Dual) Certificate([Shape("groups 2", DType.Float64)] Tensor u, [Shape("samples", DType.Float64)] Tensor target, [Shape("", DType.Float64)] Tensor decay)
    {
        var residual = target - Predict(u);
        var pull = Admit(Reshape(MatMul(residual, Features()), groups, 2));
        var feasible = residual * Minimum(decay / Max(Norm(pull, 2, dim: 1)), 1);
        return (pull, 0.5 * Sum(Square(target)) - 0.5 * Sum(Square(target - feasible)));
    }
}

/// <summary>Many runs of the network itself.</summary>
/// <param name="runs">The number of runs, which do not touch each other.</param>
/// <param name="width">The number of units.</param>
[Network]
public partial class RectifiedRuns(int runs, int width)
{
    /// <summary>The weights of the hidden layer.</summary>
    [Parameter("runs 2 width", DType.Float64)] public partial Tensor First { get; }

    /// <summary>Those of the output.</summary>
    [Parameter("runs width", DType.Float64)] public partial Tensor Last { get; }

    /// <summary>What each run says of inputs.</summary>
    [return: Shape("runs m", DType.Float64)]
    public virtual Tensor Predict([Shape("m 2", DType.Float64)] Tensor x) => Sum(Relu(MatMul(x, First)) * Unsqueeze(Last, 1), dim: 2);

    /// <summary>Half the squared distance from the targets and the decay, for each run.</summary>
    [return: Shape("runs", DType.Float64)]
    public virtual Tensor Objectives([Shape("m 2", DType.Float64)] Tensor x, [Shape("m", DType.Float64)] Tensor target, [Shape("", DType.Float64)] Tensor decay) =>
        0.5 * Sum(Square(Predict(x) - target), dim: 1) + 0.5 * decay * (Sum(Square(First), dims: [1, 2]) + Sum(Square(Last), dim: 1));

    /// <summary>The sum over the runs.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Total([Shape("m 2", DType.Float64)] Tensor x, [Shape("m", DType.Float64)] Tensor target, [Shape("", DType.Float64)] Tensor decay) => Sum(Objectives(x, target, decay));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Total))]
    public virtual partial Gradients TotalGradient(Tensor x, Tensor target, Tensor decay);
}
