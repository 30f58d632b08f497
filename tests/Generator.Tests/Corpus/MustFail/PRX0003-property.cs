// ?
// A parameter is declared, not stored: the property is partial and has only a getter, and the compiler supplies the tensor, allocates it and
// initialises it.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public Tensor [|Weight|] { get; } = Tensor.Zeros(1, 1);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight);
}
