using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// The weighted group sparse envelope: the largest convex function below half the squared length of the matrices whose rows that are not 0 cost no more than a budget. Where all costs are 1, the budget is a
/// number of rows, and the function half the square of the k-support norm.
/// </summary>
/// <remarks>Refael, Huleihel, Beck, "Learning k-Level Structured Sparse Neural Networks Using Group Envelope Regularization". With costs that differ it is the continuous relaxation.</remarks>
public static class GroupEnvelope
{
    /// <summary>½ min Σ |row|² / u over shares 0 ≤ u ≤ 1 with Σ cost u ≤ budget.</summary>
    /// <param name="x">Matrices.</param>
    /// <param name="budget">What the rows may cost together.</param>
    /// <param name="costs">What each row costs, a column.</param>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor budget, Tensor costs)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var share = Shares(norm, 0, budget, costs);
        return Sum(Square(norm) / (2 * Where(norm > 0, share, 1)), dims: [-2, -1]);
    }

    /// <summary>Each row times u / (u + step), where the shares u are those of the minimum.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Beck and Refael 2022")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor budget, Tensor costs)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var share = Shares(norm, step, budget, costs);
        return x * Where(share > 0, share / Where(share > 0, share + step, 1), 0);
    }

    /// <summary>
    /// min(max(height / level - offset, 0), 1) with height = norm / √cost and the level at which the shares cost the budget; 1 for all rows that are not 0 where the budget is enough for them.
    /// </summary>
    [TensorFunction]
    private static Tensor Shares(Tensor norm, Tensor offset, Tensor budget, Tensor costs)
    {
        Tensor height = norm / Sqrt(costs), cost = costs + 0 * norm, one = 1 + 0 * norm;
        // The level falls: a row's share starts to grow at the first of its two levels and is full at the second.
        var (levels, order) = Sort(Concat([Where(height > 0, height / offset, 0), height / (1 + offset)], dim: -2), dim: -2, descending: true);
        var sum = CumSum(TakeAlongAxis(Concat([cost * height, -cost * height], dim: -2), order, dim: -2), dim: -2);
        var growing = CumSum(TakeAlongAxis(Concat([cost, -cost], dim: -2), order, dim: -2), dim: -2);
        var count = CumSum(TakeAlongAxis(Concat([one, -one], dim: -2), order, dim: -2), dim: -2);
        var full = CumSum(TakeAlongAxis(Concat([0 * cost, cost], dim: -2), order, dim: -2), dim: -2);
        var isBelow = (levels > 0) & (full + sum / levels - offset * growing <= budget);
        var last = Maximum(Sum(isBelow, dim: -2, keepDim: true) - 1, 0);
        // Between two levels the cost is linear in 1 / level, and constant where no share grows.
        var upper = TakeAlongAxis(levels, last, dim: -2);
        var level = Where(TakeAlongAxis(count, last, dim: -2) < 0.5, upper,
            Minimum(TakeAlongAxis(sum, last, dim: -2) / (budget - TakeAlongAxis(full, last, dim: -2) + offset * TakeAlongAxis(growing, last, dim: -2)), upper));
        var needed = Sum(Where(norm > 0, cost, 0), dim: -2, keepDim: true);
        return Where(needed <= budget, one, Clamp(height / level - offset, 0, 1));
    }
}

/// <summary>The envelope of many matrices at once, its operator as the compiler finds it, and the conjugate.</summary>
/// <param name="rows">The number of rows.</param>
/// <param name="columns">The number of columns.</param>
[Network]
public partial class EnvelopeOfRows(int rows, int columns)
{
    /// <summary>The envelope of each matrix, with what its rows may cost and what they cost.</summary>
    [return: Shape("b", DType.Float64)]
    public virtual Tensor Energy([Shape("b rows columns", DType.Float64)] Tensor x, [Shape("b 1 1", DType.Float64)] Tensor budget, [Shape("rows 1", DType.Float64)] Tensor costs) => GroupEnvelope.Value(x, budget, costs);

    /// <summary>Its operator.</summary>
    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Shrink(Tensor x, Tensor budget, Tensor costs, Tensor step);

    /// <summary>For comparison: the lengths of all rows.</summary>
    [return: Shape("b", DType.Float64)]
    public virtual Tensor Lengths([Shape("b rows columns", DType.Float64)] Tensor x) => Sum(L2Norm.Value(x), dim: -1);

    /// <summary>Its operator, which shortens each row.</summary>
    [Prox(of: nameof(Lengths))]
    public virtual partial Tensor Shorten(Tensor x, Tensor step);
}

/// <summary>A network with one hidden layer. All weights of a hidden neuron, those that come in, its bias and those that go out, are one row, so that a row that is 0 is a neuron less.</summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="hidden">The number of hidden neurons.</param>
/// <param name="outputs">The number of outputs.</param>
[Network]
public partial class GroupSparseNetwork(int inputs, int hidden, int outputs)
{
    /// <summary>How many neurons are wanted.</summary>
    [Buffer("1 1")] public partial Tensor Budget { get; }

    /// <summary>What the network with these weights says of inputs.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Predict([Shape("hidden inputs+1+outputs")] Tensor weight, [Shape("b inputs")] Tensor x) =>
        MatMul(Relu(MatMul(x, Transpose(weight[.., ..inputs])) + weight[.., inputs]), weight[.., (inputs + 1)..]);

    /// <summary>Half the mean squared distance from the targets.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("hidden inputs+1+outputs")] Tensor weight, [Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor target) =>
        0.5 * Sum(Square(Predict(weight, x) - target)) / x.Dim(0);

    /// <summary>The envelope of the neurons.</summary>
    [return: Shape("")]
    public virtual Tensor Envelope([Shape("hidden inputs+1+outputs")] Tensor weight, [Shape("")] Tensor factor) => factor * GroupEnvelope.Value(weight, Budget, Ones(hidden, 1));

    /// <summary>For comparison, the group lasso: the lengths of all rows.</summary>
    [return: Shape("")]
    public virtual Tensor Lengths([Shape("hidden inputs+1+outputs")] Tensor weight, [Shape("")] Tensor factor) => factor * Sum(L2Norm.Value(weight));

    /// <summary>The gradient of the loss.</summary>
    [Gradient(of: nameof(Loss), wrt: "weight")]
    public virtual partial Tensor Slope(Tensor weight, Tensor x, Tensor target);

    /// <summary>The operator of the envelope.</summary>
    [Prox(of: nameof(Envelope))]
    public virtual partial Tensor Shrink(Tensor weight, Tensor factor, float step);

    /// <summary>That of the group lasso.</summary>
    [Prox(of: nameof(Lengths))]
    public virtual partial Tensor Shorten(Tensor weight, Tensor factor, float step);

    /// <summary>Proximal gradient descent with inertia.</summary>
    /// <param name="weight">The weights to start from.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="target">The targets.</param>
    /// <param name="factor">The factor of the penalty.</param>
    /// <param name="rate">The length of a step.</param>
    /// <param name="steps">Their number.</param>
    /// <param name="isEnvelope">Whether the penalty is the envelope; the group lasso otherwise.</param>
    [return: Shape("hidden inputs+1+outputs")]
    public virtual Tensor Train(
        [Shape("hidden inputs+1+outputs")] Tensor weight, [Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor target, [Shape("")] Tensor factor, float rate, int steps, bool isEnvelope)
    {
        var before = weight;
        for (var k = 0; k < steps; k++)
        {
            var ahead = weight + 0.9 * (weight - before);
            var down = ahead - rate * Slope(ahead, x, target);
            before = weight;
            weight = isEnvelope ? Shrink(down, factor, rate) : Shorten(down, factor, rate);
        }
        return weight;
    }
}
