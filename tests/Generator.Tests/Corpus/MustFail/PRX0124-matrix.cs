// no rule gives the proximal operator of Prior: Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not known to be a multiple of the identity: name the matrix in Tight if its rows or columns are orthonormal; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Analysis { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b m")] Tensor x) => Sum(Abs({|1:MatMul(x, Analysis)|}));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n", Init = Init.Orthogonal)] public partial Tensor Analysis { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b m")] Tensor x) => Sum(Abs(MatMul(x, Analysis)));

    [Prox(of: nameof(Prior), Tight = "Analysis")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
