using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Many runs of one deep linear network without branches, with weight decay.</summary>
/// <param name="runs">The number of runs, which do not touch each other.</param>
/// <param name="n">The number of inputs, of outputs and of units in each layer.</param>
/// <param name="layers">The number of layers.</param>
/// <param name="decay">The factor of the weight decay.</param>
[Network]
public partial class StandardLinear(int runs, int n, int layers, float decay)
{
    /// <summary>The weights of all runs.</summary>
    [Parameter("layers runs n n", DType.Float64)] public partial Tensor Weight { get; }

    /// <summary>The product of the layers.</summary>
    [return: Shape("runs n n", DType.Float64)]
    public virtual Tensor Product()
    {
        var z = Weight[0];
        for (var k = 1; k < layers; k++) z = MatMul(z, Weight[k]);
        return z;
    }

    /// <summary>Half the squared distance from the targets and half the decay times the squares of all weights, for each run.</summary>
    [return: Shape("runs", DType.Float64)]
    public virtual Tensor Objectives([Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target) =>
        0.5 * Sum(Square(MatMul(x, Product()) - target), dims: [1, 2]) + 0.5 * decay * Sum(Square(Weight), dims: [0, 2, 3]);

    /// <summary>The sum over the runs.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Total([Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target) => Sum(Objectives(x, target));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Total))]
    public virtual partial Gradients TotalGradient(Tensor x, Tensor target);
}

/// <summary>Many runs of a sum of deep linear branches, each with the product of the norms of its layers as its price, in the form that is smooth.</summary>
/// <remarks>The mean of the powers of L norms is their product where the norms are equal, and branches scale themselves so.</remarks>
/// <param name="runs">The number of runs, which do not touch each other.</param>
/// <param name="branches">The number of branches.</param>
/// <param name="n">The number of inputs, of outputs and of units in each layer.</param>
/// <param name="layers">The number of layers.</param>
/// <param name="decay">The factor of the price.</param>
[Network]
public partial class ParallelLinear(int runs, int branches, int n, int layers, float decay)
{
    /// <summary>The weights of all runs and branches.</summary>
    [Parameter("layers runs branches n n", DType.Float64)] public partial Tensor Weight { get; }

    /// <summary>The sum of the branches' products.</summary>
    [return: Shape("runs n n", DType.Float64)]
    public virtual Tensor Product()
    {
        var z = Weight[0];
        for (var k = 1; k < layers; k++) z = MatMul(z, Weight[k]);
        return Sum(z, dim: 1);
    }

    /// <summary>Half the squared distance from the targets and the price of the branches, for each run.</summary>
    [return: Shape("runs", DType.Float64)]
    public virtual Tensor Objectives([Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target) =>
        0.5 * Sum(Square(MatMul(x, Product()) - target), dims: [1, 2]) + decay / layers * Sum(Pow(Sum(Square(Weight), dims: [3, 4]), 0.5 * layers), dims: [0, 2]);

    /// <summary>The sum over the runs.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Total([Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target) => Sum(Objectives(x, target));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Total))]
    public virtual partial Gradients TotalGradient(Tensor x, Tensor target);
}

/// <summary>Many runs of a sum of branches of rectified units with three layers.</summary>
/// <param name="runs">The number of runs, which do not touch each other.</param>
/// <param name="branches">The number of branches.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="width">The number of units in each of the two layers of a branch.</param>
/// <param name="decay">The factor of the price.</param>
[Network]
public partial class ParallelRectified(int runs, int branches, int inputs, int width, float decay)
{
    /// <summary>The first layers.</summary>
    [Parameter("runs branches inputs width", DType.Float64)] public partial Tensor First { get; }

    /// <summary>The second layers.</summary>
    [Parameter("runs branches width width", DType.Float64)] public partial Tensor Second { get; }

    /// <summary>The last layers.</summary>
    [Parameter("runs branches width", DType.Float64)] public partial Tensor Last { get; }

    /// <summary>The sum of the branches for each run and input.</summary>
    [return: Shape("runs m", DType.Float64)]
    public virtual Tensor Predict([Shape("m inputs", DType.Float64)] Tensor x) =>
        Sum(MatMul(Relu(MatMul(Relu(MatMul(x, First)), Second)), Unsqueeze(Last, -1)), dims: [1, 3]);

    /// <summary>Half the squared distance from the targets and the price of the branches, for each run.</summary>
    [return: Shape("runs", DType.Float64)]
    public virtual Tensor Objectives([Shape("m inputs", DType.Float64)] Tensor x, [Shape("m", DType.Float64)] Tensor target) =>
        0.5 * Sum(Square(Predict(x) - target), dim: 1)
        + decay / 3 * Sum(Pow(Sum(Square(First), dims: [2, 3]), 1.5) + Pow(Sum(Square(Second), dims: [2, 3]), 1.5) + Pow(Sum(Square(Last), dim: 2), 1.5), dim: 1);

    /// <summary>The sum over the runs.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Total([Shape("m inputs", DType.Float64)] Tensor x, [Shape("m", DType.Float64)] Tensor target) => Sum(Objectives(x, target));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Total))]
    public virtual partial Gradients TotalGradient(Tensor x, Tensor target);
}

/// <summary>What the sum of branches is worth as a convex program: half the squared distance from the targets and the nuclear norm of the product.</summary>
/// <param name="decay">The factor of the norm.</param>
[Network]
public partial class NuclearProgram(float decay)
{
    /// <summary>Half the squared distance from the targets.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Fit([Shape("n n", DType.Float64)] Tensor z, [Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target) => 0.5 * Sum(Square(MatMul(x, z) - target));

    /// <summary>The norm.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Price([Shape("n n", DType.Float64)] Tensor z) => decay * NuclearNorm.Value(z);

    /// <summary>The product that is best, or nearly.</summary>
    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Price), Iterations = 2000)]
    public virtual partial Tensor Solve(Tensor z, Tensor x, Tensor target);

    /// <summary>What the product costs, and a bound that no product, and so no network of branches, is below: the dual value of its residual, scaled until it is feasible.</summary>
    [return: Shape("", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Primal, Tensor Dual) Values([Shape("n n", DType.Float64)] Tensor z, [Shape("m n", DType.Float64)] Tensor x, [Shape("m n", DType.Float64)] Tensor target)
    {
        var residual = target - MatMul(x, z);
        var (_, slopes, _) = Svd(MatMul(Transpose(x), residual));
        var feasible = residual * Minimum(decay / Max(slopes), 1);
        return (Fit(z, x, target) + Price(z), 0.5 * Sum(Square(target)) - 0.5 * Sum(Square(target - feasible)));
    }
}
