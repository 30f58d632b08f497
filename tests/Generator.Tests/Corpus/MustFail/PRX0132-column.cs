// Subtract: x is [b 1] and target is [b]; the result is [b b], every b with every b
// A column [b 1] and a vector [b] broadcast to [b b]. The loss of a network with one output is the usual place: it then compares every prediction with every target.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("{|1:b|} 1")] Tensor x, [Shape("b")] Tensor target) => Mean(Square([|x - target|]));
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 1")] Tensor x, [Shape("b")] Tensor target) => Mean(Square(Squeeze(x, -1) - target));
}
