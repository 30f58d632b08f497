// ?
// Dimensions count from 0, or from -1 at the end.

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: [|2|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 1);
}
