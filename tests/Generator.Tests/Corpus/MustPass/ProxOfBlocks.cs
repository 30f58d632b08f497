// Functions of different blocks of x, one beside the other.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Ends([Shape("b n+4")] Tensor x) => Sum(Abs(x[.., ..2])) + Sum(L2Norm.Value(x[.., 2..]));

    [Prox(of: nameof(Ends))]
    public virtual partial Tensor OfEnds(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Turns([Shape("b 6")] Tensor x) => Sum(Abs(Slice(x, 1, 0, 6, 2))) + Sum(Hinge.Value(Slice(x, 1, 1, 6, 2)));

    [Prox(of: nameof(Turns))]
    public virtual partial Tensor OfTurns(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Apart([Shape("2 b n")] Tensor x) => Sum(L2Norm.Value(x[0] - x[1]));

    [Prox(of: nameof(Apart))]
    public virtual partial Tensor OfApart(Tensor x, float step);
}
