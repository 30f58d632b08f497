// ?

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Norm([Shape({|1:"b k"|})] Tensor x) => Sum(Square(x), dim: 1);

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b")] Tensor x) => Norm([|x|]);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Norm([Shape("b k")] Tensor x) => Sum(Square(x), dim: 1);

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b")] Tensor x) => Norm(Unsqueeze(x, 1));
}
