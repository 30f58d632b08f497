// Children that are alike run in a loop; one of them can be picked.
[Network]
public partial class Block(int width)
{
    [Parameter("width width")] public partial Tensor Weight { get; }

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => x + Tanh(MatMul(x, Weight));
}

[Network]
public partial class Net(int width, int depth)
{
    readonly Block[] blocks = Repeat(depth + 1, _ => new Block(width));

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x)
    {
        foreach (var block in blocks) x = block.Forward(x);
        return x;
    }

    [return: Shape("b width")]
    public virtual Tensor Ends([Shape("b width")] Tensor x) => blocks[^1].Forward(blocks[0].Forward(x));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b width")] Tensor x) => Mean(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
