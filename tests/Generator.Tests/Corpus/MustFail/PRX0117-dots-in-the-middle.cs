// '...' is no entry of a shape: an entry is '...' (only in front), '_', a name, a number or an expression without blanks

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
