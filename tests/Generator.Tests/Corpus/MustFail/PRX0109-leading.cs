// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x - Mean(x, dim: [|1|], keepDim: true);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x - Mean(x, dim: -1, keepDim: true);
}
