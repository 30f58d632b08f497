// no rule gives the proximal operator of Prior: Absolute has a proximal operator, and its argument is L x + c, where the elements that are multiplied by the matrix have different scales; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart
// Through an orthonormal matrix only a multiple of the identity stays diagonal.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor Basis { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs({|1:MatMul(Exp(Weight) * x, Basis)|}));

    [Prox(of: nameof([|Prior|]), Tight = nameof(Basis))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor Basis { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Exp(Weight) * Abs(MatMul(2 * x, Basis)));

    [Prox(of: nameof(Prior), Tight = nameof(Basis))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
