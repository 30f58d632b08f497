// Through a matrix of orthonormal columns, and through sums over groups.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor Q { get; }

    [return: Shape("")]
    public virtual Tensor Rotated([Shape("b n")] Tensor x) => Sum(Abs(MatMul(x, Q)));

    [Prox(of: nameof(Rotated), Tight = nameof(Q))]
    public virtual partial Tensor OfRotated(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Back([Shape("b n")] Tensor x) => Sum(L2Norm.Value(3 * MatMul(x, Transpose(Q))));

    [Prox(of: nameof(Back), Tight = nameof(Q))]
    public virtual partial Tensor OfBack(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Totals([Shape("b n")] Tensor x) => Sum(Abs(Sum(x, dim: 1) - 1));

    [Prox(of: nameof(Totals))]
    public virtual partial Tensor OfTotals(Tensor x, float step);
}
