// x of Forward is declared [... n], which takes a batch already
// A method whose arguments start with '...' is called with the batch as it is.

[Network]
public partial class Net(int n)
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape({|1:"... n"|})] Tensor x) => Tanh(x);

    [Vmap(of: nameof([|Forward|]))]
    public virtual partial Tensor Batched(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Tanh(x);

    [Vmap(of: nameof(Forward))]
    public virtual partial Tensor Batched(Tensor x);
}
