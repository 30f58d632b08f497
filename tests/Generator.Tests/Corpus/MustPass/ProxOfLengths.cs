// A function of the length of a vector moves along it.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Cubed([Shape("b n")] Tensor x) => Sum(CubedAbsolute.Value(L2Norm.Value(x)));

    [Prox(of: nameof(Cubed))]
    public virtual partial Tensor OfCubed(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Robust([Shape("b n")] Tensor x) => Sum(Huber.Value(Norm(x, 2, dim: 1), 0.5f)) + Sum(Abs(x)) / 4;

    [Prox(of: nameof(Robust))]
    public virtual partial Tensor OfRobust(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Pairs([Shape("b n 2")] Tensor x, [Shape("b n")] Tensor y) => Sum(Amplitude.Value(L2Norm.Value(x), y));

    [Prox(of: nameof(Pairs))]
    public virtual partial Tensor OfPairs(Tensor x, Tensor y, float step);
}
