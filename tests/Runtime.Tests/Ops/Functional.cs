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

/// <summary>Arrays of children on computed parameters: of equal children, which loops run over, and of children written one by one.</summary>
[Network]
public partial class HyperStack(int n, int layers = 3)
{
    readonly Adapting[] stack = Repeat(layers, _ => new Adapting(n));
    readonly Adapting[] pair = [new(n), new(n)];

    [return: Shape("b n")]
    public virtual Tensor Deep([Shape("b n")] Tensor x)
    {
        foreach (var layer in stack) x = layer.Forward(x) + 0.5 * x;
        return pair[1].Forward(pair[0].Forward(x));
    }

    [return: Shape("")]
    public virtual Tensor DeepLoss([Shape("b n")] Tensor x) => Sum(Square(Deep(x)));

    [Gradient(of: nameof(DeepLoss), wrt: "x")]
    public virtual partial Tensor DeepSlope(Tensor x);

    [Gradient(of: nameof(DeepLoss))]
    public virtual partial Gradients DeepGradient(Tensor x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("layers n n")] Tensor w, [Shape("n")] Tensor z)
    {
        var on = With(stack: Repeat(layers, k => stack[k].With(weight: w[k], bias: z * stack[k].Bias)), pair: [pair[1].With(bias: z), pair[0]]);
        // What the networks are made of are the values of before.
        (w, z) = (2 * w, z + 1);
        var mirrored = With(stack: Repeat(layers, k => stack[layers - 1 - k].With(bias: z)));
        return Sum(on.Deep(x)) + Sum(mirrored.Deep(x)) + Sum(Square(on.DeepSlope(x))) + Sum(Sin(mirrored.DeepSlope(x))) + With(pair: pair).DeepLoss(x);
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor w, Tensor z);

    [Gradient(of: nameof(Loss), wrt: "w, z")]
    public virtual partial (Tensor Weights, Tensor Shift) GivenGradient(Tensor x, Tensor w, Tensor z);
}
