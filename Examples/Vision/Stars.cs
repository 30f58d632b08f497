using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Two affine maps whose results are multiplied (the star operation) or added.</summary>
/// <param name="inputs">The size of the input.</param>
/// <param name="outputs">The size of the output.</param>
/// <param name="multiply">Whether the branches are multiplied.</param>
[Network]
public partial class Star(int inputs, int outputs, bool multiply)
{
    readonly Linear first = new(inputs, outputs);
    readonly Linear second = new(inputs, outputs);

    /// <summary>The combined branches.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x)
    {
        var (left, right) = (first.Forward(x), second.Forward(x));
        return multiply ? left * right : left + right;
    }
}

/// <summary>Star operations one after another, and an affine map at the end: without activations, a polynomial.</summary>
/// <param name="inputs">The size of the input.</param>
/// <param name="width">The width.</param>
/// <param name="depth">The number of operations.</param>
/// <param name="multiply">Whether branches are multiplied.</param>
[Network]
public partial class StarStack(int inputs, int width, int depth, bool multiply)
{
    readonly Star enter = new(inputs, width, multiply);
    readonly Star[] inner = Repeat(depth - 1, _ => new Star(width, width, multiply));
    readonly Linear last = new(width, 1);

    /// <summary>The output of every point.</summary>
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x)
    {
        var h = enter.Forward(x);
        foreach (var star in inner) h = star.Forward(h);
        return Squeeze(last.Forward(h), dim: 1);
    }

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b")] Tensor target) => MseLoss(Forward(x), target);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}

/// <summary>A residual block of the paper's DemoNet: two branches, one of them activated, combined and mapped back.</summary>
/// <param name="width">The width of the stream.</param>
/// <param name="ratio">How many times wider the branches are.</param>
/// <param name="multiply">Whether the branches are multiplied.</param>
/// <param name="activate">Whether there is an activation.</param>
[Network]
public partial class DemoBlock(int width, int ratio, bool multiply, bool activate)
{
    readonly Linear first = new(width, ratio * width);
    readonly Linear second = new(width, ratio * width);
    readonly Linear back = new(ratio * width, width);

    /// <summary>The stream after the block.</summary>
    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x)
    {
        var (left, right) = (first.Forward(x), second.Forward(x));
        if (activate) left = Clamp(left, 0, 6);
        return x + back.Forward(multiply ? left * right : left + right);
    }
}

/// <summary>The paper's DemoNet as a classifier of points of the plane.</summary>
/// <param name="width">The width of the stream.</param>
/// <param name="depth">The number of blocks.</param>
/// <param name="ratio">How many times wider the branches are.</param>
/// <param name="multiply">Whether branches are multiplied.</param>
/// <param name="activate">Whether blocks have an activation.</param>
[Network]
public partial class DemoNet(int width, int depth, int ratio, bool multiply, bool activate)
{
    readonly Linear enter = new(2, width);
    readonly DemoBlock[] blocks = Repeat(depth, _ => new DemoBlock(width, ratio, multiply, activate));
    readonly Linear head = new(width, 2);

    /// <summary>The logits of the two classes.</summary>
    [return: Shape("b 2")]
    public virtual Tensor Forward([Shape("b 2")] Tensor x)
    {
        var h = enter.Forward(x);
        foreach (var block in blocks) h = block.Forward(h);
        return head.Forward(h);
    }

    /// <summary>The cross-entropy.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 2")] Tensor x, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(Forward(x), label);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label);
}
