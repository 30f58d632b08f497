using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Declared derivatives that are the true ones: values and gradients as ever, on every target.</summary>
[Network]
public partial class DeclaredDerivatives(int n)
{
    [Parameter("n", Init = 0.7)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Constant([Shape("b n")] Tensor x) => StopGradient(x) * Scale + StraightThrough(Floor(x), x);

    [return: Shape("b n")]
    public virtual Tensor Ramp([Shape("b n")] Tensor x) => Log(1 + Exp(x)) * Scale;

    [CustomGradient(of: nameof(Ramp))]
    Tensor RampGradient(Tensor x, Tensor gradient) => gradient * Scale * Sigmoid(x);

    [return: Shape("b n")]
    public virtual Tensor Product([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => Exp(x * 0.25) * y;

    [CustomGradient(of: nameof(Product))]
    (Tensor, Tensor) ProductGradient(Tensor x, Tensor y, Tensor value, Tensor gradient) => (gradient * value * 0.25, Sum(gradient * Exp(x * 0.25), dim: 0));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("n")] Tensor y)
    {
        var z = x;
        for (var k = 0; k < 3; k++) z = Ramp(z) - Product(0.1 * z, y) + StraightThrough(Square(y), y * y);
        return Sum(Square(z));
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);

    [Gradient(of: nameof(Loss), wrt: "x, y")]
    public virtual partial (Tensor, Tensor) InputGradient(Tensor x, Tensor y);

    [Jvp(of: nameof(Loss))]
    public virtual partial (Tensor, Tensor) Change(Tensor x, Tensor y, Tensor dx, Tensor dy);

    [return: Shape("")]
    public virtual Tensor Slope([Shape("b n")] Tensor x, [Shape("n")] Tensor y)
    {
        var (gx, gy) = InputGradient(x, y);
        return Sum(Square(gx)) + Sum(Tanh(gy));
    }

    [Gradient(of: nameof(Slope), wrt: "x, y")]
    public virtual partial (Tensor, Tensor) SlopeGradient(Tensor x, Tensor y);
}
