using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>The network that is measured: learned iterative shrinkage (Gregor and LeCun 2010).</summary>
[Network]
public partial class Lista(int m, int n, int layers = 16)
{
    /// <summary>From measurements to codes.</summary>
    [Parameter("m n")]
    public partial Tensor Encoder { get; }

    /// <summary>From codes to codes.</summary>
    [Parameter("n n")]
    public partial Tensor Inhibition { get; }

    /// <summary>How far each layer shrinks.</summary>
    [Parameter("layers", Init = 0.1)]
    public partial Tensor Threshold { get; }

    /// <summary>The codes of a batch of measurements.</summary>
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var c = MatMul(y, Encoder);
        var x = SoftThreshold(c, Threshold[0]);
        for (var k = 1; k < layers; k++)
            x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
        return x;
    }

    /// <summary>The mean squared error of the codes.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target)
        => Mean(Square(Forward(y) - target));

    /// <summary>The loss and its derivatives by all parameters.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor target);
}
