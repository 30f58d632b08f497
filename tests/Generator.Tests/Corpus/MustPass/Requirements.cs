/// <summary>What sizes satisfy is stated once, and known wherever shapes are compared.</summary>
[Network, Require("heads * size == width", "width % 4 == 0")]
public partial class Net(int width, int heads, int size)
{
    [Parameter("width width")] public partial Tensor Query { get; }
    [Parameter("width width")] public partial Tensor Key { get; }
    [Parameter("width width")] public partial Tensor Content { get; }

    [return: Shape("t width")]
    public virtual Tensor Forward([Shape("t width")] Tensor x)
    {
        var q = Split(MatMul(x, Query));
        var k = Split(MatMul(x, Key));
        var v = Split(MatMul(x, Content));
        var mixed = MatMul(Softmax(MatMul(q, Transpose(k)), -1), v);
        return Reshape(Permute(mixed, [1, 0, 2]), x.Dim(0), width);
    }

    private Tensor Split(Tensor x) => Permute(Reshape(x, x.Dim(0), heads, -1), [1, 0, 2]);

    [return: Shape("t 4 width/4")]
    public virtual Tensor Quarters([Shape("t width")] Tensor x) => Reshape(x, x.Dim(0), 4, -1);

    [return: Shape("t width")]
    public virtual Tensor Twice([Shape("t width")] Tensor x) => Reshape(2 * Quarters(x), x.Dim(0), width);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("t width")] Tensor x) => Mean(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}

[Network]
public partial class Outer(int half)
{
    readonly Net attention = new(8 * half, 8, half);

    [return: Shape("t 8*half")]
    public virtual Tensor Forward([Shape("t 8*half")] Tensor x) => attention.Forward(x);
}

[Network]
public partial class Formulas(int c)
{
    [return: Shape("n c")]
    public virtual Tensor Evens([Shape("2*n c")] Tensor x) => Slice(x, dim: 0, start: 0, end: x.Dim(0), step: 2);

    [return: Shape("b n")]
    public virtual Tensor Valid([Shape("b n+14")] Tensor x) => Slice(x, dim: 1, start: 7, end: x.Dim(1) - 7);

    [return: Shape("m c")]
    [Require("m <= n")]
    public virtual Tensor First([Shape("n c")] Tensor x, [Shape("m")] Tensor like) => Slice(x, dim: 0, start: 0, end: like.Dim(0));

    [return: Shape("b c")]
    public virtual Tensor Use([Shape("2*b c")] Tensor x, [Shape("k")] Tensor like, [Shape("6 c")] Tensor y) =>
        Evens(x) + Sum(First(x, like)) + Sum(Evens(y)) + Sum(Evens(Concat([x, x], 0)));
}
