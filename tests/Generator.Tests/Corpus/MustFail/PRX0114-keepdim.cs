// Sum: 'keepDim' must be true or false, known at build time, and this is a size

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, bool keep) => Sum(x, dim: 1, keepDim: [|keep|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 1);
}
