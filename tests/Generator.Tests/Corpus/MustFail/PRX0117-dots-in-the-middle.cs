// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b [|...|] n")] Tensor x) => Sum(x, dim: 1);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => Sin(x);
}
