using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Loops that stay loops: unrolled learning, nested, without a trip, descending, with results of every iteration.</summary>
[Network]
public partial class Loops(int n, int layers = 4)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Matrix { get; }

    [Parameter("layers", Init = 0.1)] public partial Tensor Threshold { get; }

    [return: Shape("b n")]
    public virtual Tensor Unrolled([Shape("b n")] Tensor y)
    {
        var x = SoftThreshold(y, Threshold[0]);
        for (var k = 1; k < layers; k++)
            x = SoftThreshold(y + 0.2 * MatMul(x, Matrix), Threshold[k]);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Momentum([Shape("b n")] Tensor y)
    {
        var x = y;
        var velocity = Zeros(y.Dim(0), n);
        for (var k = 0; k < layers; k++)
        {
            velocity = 0.9 * velocity - 0.1 * MatMul(Tanh(x), Matrix);
            x = x + velocity;
        }
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Exchanged([Shape("b n")] Tensor y)
    {
        Tensor x = y, z = -y;
        for (var k = 0; k < 3; k++) (x, z) = (z * 0.5, x + z);
        return x - z;
    }

    [return: Shape("b n")]
    public virtual Tensor Nested([Shape("b n")] Tensor y)
    {
        var x = y;
        for (var i = 0; i < layers; i++)
        {
            var row = Zeros(n);
            for (var j = 0; j < 3; j++) row = row * 0.5 + Sum(x, dim: 0) * (i + j + 1);
            x = Tanh(x + 0.01 * row) * Threshold[i];
        }
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Descending([Shape("b n")] Tensor y)
    {
        var x = y;
        for (var k = layers - 1; k >= 0; k--) x = x * Threshold[k] + k;
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Strided([Shape("b n")] Tensor y)
    {
        var x = y;
        for (var k = 0; k < layers; k += 2) x = Sin(x + Threshold[k]);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor NoTrip([Shape("b n")] Tensor y)
    {
        var x = y + 1;
        for (var k = 4; k < 4; k++) x = x * 2;
        for (var k = layers; k < layers; k++) x = MatMul(x, Matrix);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Rows([Shape("b n")] Tensor y)
    {
        var x = Zeros(y.Dim(0));
        for (var j = 0; j < n; j++) x = Tanh(x + y[.., j]);
        return Reshape(x, y.Dim(0), 1) * y;
    }

    /// <summary>The last value is read by one thing that a product's epilogue stores and overwritten by another.</summary>
    [return: Shape("b n")]
    public virtual Tensor Differences([Shape("b n")] Tensor y)
    {
        var x = y;
        var last = Zeros(y.Dim(0), n);
        for (var k = 0; k < layers; k++)
        {
            var g = 0.1 * MatMul(x, Matrix) + y;
            var change = g - last;
            last = g;
            x = 0.5 * x + Tanh(0.1 * MatMul(change, Matrix));
        }
        return x + last;
    }

    [return: Shape("b n")]
    public virtual Tensor Alternating([Shape("b n")] Tensor y)
    {
        var x = y;
        for (var k = 0; k < layers; k++)
        {
            if (k == 0) x = x + 1;
            else if (k % 2 == 0) x = x * 0.5;
            else x = Relu(x - Threshold[k]);
        }
        return x;
    }

    /// <summary>An odd number of exchanges inside, so that every other iteration finds the buffers the other way round.</summary>
    [return: Shape("b n")]
    public virtual Tensor NestedExchange([Shape("b n")] Tensor y)
    {
        var x = y;
        for (var k = 0; k < layers; k++)
        {
            var z = x;
            for (var j = 0; j < 3; j++) z = 0.2 * MatMul(z, Matrix);
            var centred = x - Mean(x, dim: 1, keepDim: true);
            for (var j = 0; j < 2; j++) z = Tanh(centred * Rsqrt(Mean(Square(centred), dim: 1, keepDim: true) + 1)) - z * 0.3;
            x = z;
        }
        return x;
    }

    /// <summary>Backwards, a cotangent is scaled, read again, and added to in parts.</summary>
    [return: Shape("b n+1")]
    public virtual Tensor Shifted([Shape("b n+1")] Tensor y)
    {
        var x = y;
        for (var k = 0; k < layers; k++) x = Tanh(Concat([x[.., 1..], x[.., ..1]], dim: 1)) - x * 0.3;
        return x;
    }

    /// <summary>The same of two values that meet.</summary>
    [return: Shape("b n+1")]
    public virtual Tensor ShiftedBoth([Shape("b n+1")] Tensor y)
    {
        Tensor x = y, z = -0.5 * y;
        for (var k = 0; k < layers; k++)
            (x, z) = (Tanh(Concat([z[.., 1..], z[.., ..1]], dim: 1)) - z * 0.3, Sin(Concat([x[.., 1..], x[.., ..1]], dim: 1)) + x * 0.3);
        return x - z;
    }

    [return: Shape("")]
    public virtual Tensor ShiftedLoss([Shape("b n+1")] Tensor y, [Shape("b n+1")] Tensor w) => Sum(Shifted(y) * w);

    [Gradient(of: nameof(ShiftedLoss), wrt: "y")]
    public virtual partial Tensor ShiftedGradient(Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor ShiftedBothLoss([Shape("b n+1")] Tensor y, [Shape("b n+1")] Tensor w) => Sum(ShiftedBoth(y) * w);

    [Gradient(of: nameof(ShiftedBothLoss), wrt: "y")]
    public virtual partial Tensor ShiftedBothGradient(Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor NestedExchangeLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(NestedExchange(y) * w);

    [Gradient(of: nameof(NestedExchangeLoss))]
    public virtual partial Gradients NestedExchangeGradient(Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor UnrolledLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Unrolled(y) * w);

    [Gradient(of: nameof(UnrolledLoss))]
    public virtual partial Gradients UnrolledGradient(Tensor y, Tensor w);

    [Gradient(of: nameof(UnrolledLoss), wrt: "y")]
    public virtual partial Tensor UnrolledInputGradient(Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor MomentumLoss([Shape("b n")] Tensor y) => Mean(Square(Momentum(y)));

    [Gradient(of: nameof(MomentumLoss))]
    public virtual partial Gradients MomentumGradient(Tensor y);

    [return: Shape("")]
    public virtual Tensor NestedLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Nested(y) * w);

    [Gradient(of: nameof(NestedLoss))]
    public virtual partial Gradients NestedGradient(Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor OthersLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor w) =>
        Sum((Exchanged(y) + Descending(y) * Strided(y) - NoTrip(y) + Alternating(y)) * w) + Sum(Rows(y));

    [Gradient(of: nameof(OthersLoss))]
    public virtual partial Gradients OthersGradient(Tensor y, Tensor w);

    [Gradient(of: nameof(OthersLoss), wrt: "y")]
    public virtual partial Tensor OthersInputGradient(Tensor y, Tensor w);
}

/// <summary>Choices by sizes: each outcome is a variant of the compiled method.</summary>
[Network]
public partial class Choices(int n, bool centred = false)
{
    [Parameter("n", Init = 0.7)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (centred) x = x - Mean(x, dim: 1, keepDim: true);
        if (x.Dim(0) > n) return x * Scale;
        else if (n > 4) x = x + 1;
        return Tanh(x) * Scale;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x);
}

/// <summary>Variants that use different parameters: gradients by those that a variant does not use are zero.</summary>
[Network]
public partial class ParametersByVariant(int n)
{
    [Parameter("n", Init = Init.Normal)] public partial Tensor Large { get; }

    [Parameter("n", Init = Init.Normal)] public partial Tensor Small { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(n > 2 ? x * Large : x - Small));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}

/// <summary>A named value that a row needs between two passes, and again after the second.</summary>
[Network]
public partial class NamesOfRows(int n)
{
    [return: Shape("")]
    public virtual Tensor Turned([Shape("n")] Tensor x)
    {
        var least = Sum(x, 0) * 0.1f;
        var once = Cos(least);
        var twice = Cos(once);
        return twice;
    }

    [Jvp(of: nameof(Turned))]
    public virtual partial (Tensor, Tensor) Along(Tensor x, Tensor direction);

    [return: Shape("")]
    public virtual Tensor Curved([Shape("n")] Tensor x) => Tanh(Along(x, x).Item2);

    [Gradient(of: nameof(Curved), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
