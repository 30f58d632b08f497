// Divergences of pairs, and perspectives.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Information([Shape("b n 2")] Tensor x) => Sum(KullbackLeibler.Value(x)) + 0.5 * Sum(Square(x - 1));

    [Prox(of: nameof(Information))]
    public virtual partial Tensor OfInformation(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Roots([Shape("2*n")] Tensor x) => Sum(Hellinger.Value(Reshape(x, n, 2)));

    [Prox(of: nameof(Roots))]
    public virtual partial Tensor OfRoots(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Perspective([Shape("b n+1")] Tensor x) => Sum(PerspectiveOfHuber.Value(x, 0.5f));

    [Prox(of: nameof(Perspective))]
    public virtual partial Tensor OfPerspective(Tensor x, float step);
}
