// no rule gives the proximal operator of Prior: Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal: elements of the result read the same elements of x; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs({|1:Concat([x, 2 * x], dim: 1)|}));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 3 * Sum(Abs(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
