using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>For each operation of a network the nearest inputs and outputs to given ones at which the outputs are what the operation makes of the inputs.</summary>
/// <remarks>Bergmeister, Lal, Jegelka, Sra, "A projection-based framework for gradient-free and parallel learning".</remarks>
public static class NearestOnGraph
{
    /// <summary>The product of two vectors, both of which may move: a + t b and b + t a over 1 - t², with the t between -1 and 1 at which the product has moved by -t.</summary>
    [TensorFunction]
    public static (Tensor A, Tensor B, Tensor Product) Dot(Tensor a, Tensor b, Tensor product)
    {
        Tensor p = Sum(a * b, dim: -1, keepDim: true), q = Sum(Square(a) + Square(b), dim: -1, keepDim: true);
        Tensor low = 0 * product - 1, high = 0 * product + 1;
        // What is searched for the zero of rises from -∞ to ∞.
        for (var k = 0; k < 60; k++)
        {
            var t = 0.5 * (low + high);
            var isAbove = ((1 + Square(t)) * p + t * q) / Square(1 - Square(t)) - product + t > 0;
            (low, high) = (Where(isAbove, low, t), Where(isAbove, t, high));
        }
        var middle = 0.5 * (low + high);
        Tensor first = (a + middle * b) / (1 - Square(middle)), second = (b + middle * a) / (1 - Square(middle));
        return (first, second, Sum(first * second, dim: -1, keepDim: true));
    }

    /// <summary>The product of a vector with a given one.</summary>
    [TensorFunction]
    public static (Tensor Weight, Tensor Product) Linear(Tensor weight, Tensor product, Tensor x)
    {
        var excess = (Sum(weight * x, dim: -1, keepDim: true) - product) / (Sum(Square(x), dim: -1, keepDim: true) + 1);
        return (weight - excess * x, product + excess);
    }

    /// <summary>The sign, of numbers that are at least a margin away from 0: the better of both.</summary>
    [TensorFunction]
    public static (Tensor Input, Tensor Output) Sign(Tensor input, Tensor output, float margin)
    {
        Tensor up = Maximum(input, margin), down = Minimum(input, -margin);
        var isUp = Square(up - input) + Square(1 - output) <= Square(down - input) + Square(1 + output);
        return (Where(isUp, up, down), Where(isUp, 1 + 0 * output, 0 * output - 1));
    }

    /// <summary>The rectified value: the better of the branch on which both are equal and the one on which the output is 0.</summary>
    [TensorFunction]
    public static (Tensor Input, Tensor Output) Rectified(Tensor input, Tensor output)
    {
        Tensor both = Relu(0.5 * (input + output)), below = Minimum(input, 0);
        var isBoth = Square(both - input) + Square(both - output) <= Square(below - input) + Square(output);
        return (Where(isBoth, both, below), Where(isBoth, both, 0 * output));
    }
}

/// <summary>
/// A network with one hidden layer, trained without a gradient: weights and values of every sample are unknowns that must satisfy each operation, and are projected onto the operations by turns. Each sample has
/// weights of its own, which must agree.
/// </summary>
/// <param name="samples">The number of samples.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="hidden">The number of hidden units.</param>
/// <param name="margin">How far from 0 the sums of a hidden unit are, where it takes signs.</param>
/// <param name="hasSigns">Whether hidden units take signs; they are rectified otherwise.</param>
[Network]
public partial class ProjectionNetwork(int samples, int inputs, int hidden, float margin, bool hasSigns)
{
    /// <summary>The scores by weights: positive for one class, negative for the other.</summary>
    [return: Shape("b", DType.Float64)]
    public virtual Tensor Predict([Shape("hidden inputs", DType.Float64)] Tensor weight, [Shape("hidden", DType.Float64)] Tensor head, [Shape("b inputs", DType.Float64)] Tensor x)
    {
        var sums = MatMul(x, Transpose(weight));
        return MatMul(hasSigns ? Binarize(sums) : Relu(sums), head);
    }

    /// <summary>The nearest unknowns at which both products are right.</summary>
    [return: Shape("samples hidden inputs", DType.Float64), Shape("samples hidden 1", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples 1", DType.Float64)]
    public virtual (Tensor Weight, Tensor Sums, Tensor Values, Tensor Head, Tensor Score) Products(
        [Shape("samples hidden inputs", DType.Float64)] Tensor weight, [Shape("samples hidden 1", DType.Float64)] Tensor sums, [Shape("samples hidden", DType.Float64)] Tensor values,
        [Shape("samples hidden", DType.Float64)] Tensor head, [Shape("samples 1", DType.Float64)] Tensor score, [Shape("samples inputs", DType.Float64)] Tensor x)
    {
        var (w, u) = NearestOnGraph.Linear(weight, sums, Unsqueeze(x, 1));
        var (v, h, s) = NearestOnGraph.Dot(values, head, score);
        return (w, u, v, h, s);
    }

    /// <summary>The nearest unknowns at which weights agree, hidden units are right, and every score has the sign of its label, at least 1 away from 0.</summary>
    [return: Shape("samples hidden inputs", DType.Float64), Shape("samples hidden 1", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples 1", DType.Float64)]
    public virtual (Tensor Weight, Tensor Sums, Tensor Values, Tensor Head, Tensor Score) Agreement(
        [Shape("samples hidden inputs", DType.Float64)] Tensor weight, [Shape("samples hidden 1", DType.Float64)] Tensor sums, [Shape("samples hidden", DType.Float64)] Tensor values,
        [Shape("samples hidden", DType.Float64)] Tensor head, [Shape("samples 1", DType.Float64)] Tensor score, [Shape("samples 1", DType.Float64)] Tensor label)
    {
        var (u, v) = hasSigns ? NearestOnGraph.Sign(Squeeze(sums, 2), values, margin) : NearestOnGraph.Rectified(Squeeze(sums, 2), values);
        return (Expand(Mean(weight, dim: 0, keepDim: true), samples, hidden, inputs), Unsqueeze(u, 2), v, Expand(Mean(head, dim: 0, keepDim: true), samples, hidden), label * Maximum(label * score, 1));
    }

    /// <summary>The squared distance that both projections leave.</summary>
    [TensorFunction]
    private static Tensor Apart(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g, Tensor h, Tensor i, Tensor j) =>
        Sum(Square(a - f)) + Sum(Square(b - g)) + Sum(Square(c - h)) + Sum(Square(d - i)) + Sum(Square(e - j));

    /// <summary>Many iterations of Douglas and Rachford, from a state of all unknowns; or, with a share of 0, of projections by turns. Gives the state and the squared distance of both projections in each.</summary>
    /// <param name="weight">The weights of each sample.</param>
    /// <param name="sums">The weighted sums.</param>
    /// <param name="values">What the hidden units make of them.</param>
    /// <param name="head">The weights of the score.</param>
    /// <param name="score">The score.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="label">1 or -1.</param>
    /// <param name="steps">The number of iterations.</param>
    /// <param name="isReflected">Whether the iterations are those of Douglas and Rachford.</param>
    [return: Shape("samples hidden inputs", DType.Float64), Shape("samples hidden 1", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples hidden", DType.Float64), Shape("samples 1", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Weight, Tensor Sums, Tensor Values, Tensor Head, Tensor Score, Tensor Distance) Train(
        [Shape("samples hidden inputs", DType.Float64)] Tensor weight, [Shape("samples hidden 1", DType.Float64)] Tensor sums, [Shape("samples hidden", DType.Float64)] Tensor values,
        [Shape("samples hidden", DType.Float64)] Tensor head, [Shape("samples 1", DType.Float64)] Tensor score, [Shape("samples inputs", DType.Float64)] Tensor x, [Shape("samples 1", DType.Float64)] Tensor label,
        int steps, bool isReflected)
    {
        var distance = 0 * Sum(score);
        for (var k = 0; k < steps; k++)
        {
            var (w, u, v, h, s) = Agreement(weight, sums, values, head, score, label);
            if (isReflected)
            {
                var (w2, u2, v2, h2, s2) = Products(2 * w - weight, 2 * u - sums, 2 * v - values, 2 * h - head, 2 * s - score, x);
                distance = Apart(w, u, v, h, s, w2, u2, v2, h2, s2);
                (weight, sums, values, head, score) = (weight + w2 - w, sums + u2 - u, values + v2 - v, head + h2 - h, score + s2 - s);
            }
            else
            {
                (weight, sums, values, head, score) = Products(w, u, v, h, s, x);
                distance = Apart(w, u, v, h, s, weight, sums, values, head, score);
            }
        }
        return (weight, sums, values, head, score, distance);
    }
}

/// <summary>The same network with parameters of its own, for gradient descent.</summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="hidden">The number of hidden units.</param>
/// <param name="hasSigns">Whether hidden units take signs, whose derivative is 0; they are rectified otherwise.</param>
[Network]
public partial class GradientNetwork(int inputs, int hidden, bool hasSigns)
{
    /// <summary>The weights of the hidden units.</summary>
    [Parameter("hidden inputs")] public partial Tensor Weight { get; }

    /// <summary>Those of the score.</summary>
    [Parameter("hidden")] public partial Tensor Head { get; }

    /// <summary>The mean logistic loss.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b")] Tensor label)
    {
        var sums = MatMul(x, Transpose(Weight));
        return Mean(Softplus(-label * MatMul(hasSigns ? Binarize(sums) : Relu(sums), Head)));
    }

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label);
}
