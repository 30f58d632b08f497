using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>A network that learns within a call: gradients through steps of gradient descent.</summary>
[Network]
public partial class Adapting(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [Parameter("n", Init = 0.1)] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(MatMul(x, Weight) + Bias);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor t) => Sum(Square(Forward(x) - t));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor t);

    [return: Shape("")]
    public virtual Tensor Adapted([Shape("b n")] Tensor x, [Shape("b n")] Tensor t, [Shape("c n")] Tensor y, [Shape("c n")] Tensor u)
    {
        var g = LossGradient(x, t);
        return With(weight: Weight - 0.02 * g[Weight], bias: Bias - 0.02 * g[Bias]).Loss(y, u);
    }

    [Gradient(of: nameof(Adapted))]
    public virtual partial Gradients AdaptedGradient(Tensor x, Tensor t, Tensor y, Tensor u);

    [return: Shape("")]
    public virtual Tensor Descended([Shape("b n")] Tensor x, [Shape("b n")] Tensor t, [Shape("n")] Tensor rate)
    {
        var w = Weight;
        for (var k = 0; k < 3; k++)
        {
            var g = With(weight: w).LossGradient(x, t);
            w = w - 0.01 * Tanh(rate) * g[Weight];
        }
        return With(weight: w).Loss(x, t);
    }

    [Gradient(of: nameof(Descended), wrt: "Weight, rate")]
    public virtual partial (Tensor Weight, Tensor Rate) DescendedGradient(Tensor x, Tensor t, Tensor rate);
}

/// <summary>Children, and elements of arrays of them, on parameters that others compute.</summary>
[Network]
public partial class Hyper(int n, int layers = 2)
{
    readonly Adapting main = new(n);
    readonly Linear code = new(n, n);
    readonly Adapting[] stack = Repeat(layers, _ => new Adapting(n));

    [return: Shape("b n")]
    public virtual Tensor Coded([Shape("b n")] Tensor x, [Shape("n")] Tensor z) => main.With(weight: 0.3 * Outer(code.Forward(z), z)).Forward(x);

    private Tensor Deep(Tensor x, Tensor z)
    {
        for (var k = 0; k < layers; k++)
        {
            var layer = stack[k].With(bias: z);
            x = x + layer.With(weight: layer.Weight + Outer(z, layer.Bias)).Forward(x);
        }
        return x;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("n")] Tensor z)
    {
        // The inner With is that of Coded; the bias comes from here.
        var on = With(main: main.With(bias: Sin(z)), code: code.With(bias: Cos(code.Bias)));
        return Sum(Square(on.Coded(x, z))) + main.With(weight: Outer(z, z)).LossGradient(x, x).Value + Sum(on.Deep(x, z));
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor z);
}
