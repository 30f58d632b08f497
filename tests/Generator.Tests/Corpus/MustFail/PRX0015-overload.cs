// ?
// Transforms and callers name a method by its name alone.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("b n")]
    public virtual Tensor [|Forward|]([Shape("b n")] Tensor x, [Shape("n")] Tensor shift) => Relu(x + shift);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("b n")]
    public virtual Tensor Shifted([Shape("b n")] Tensor x, [Shape("n")] Tensor shift) => Relu(x + shift);
}
