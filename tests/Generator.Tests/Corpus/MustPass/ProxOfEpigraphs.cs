// Epigraphs: the first element bounds a function of the others. That of -log is that of exp, turned.

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Cones([Shape("b 12")] Tensor x) => Sum(SecondOrderCone.Value(x[.., ..4])) + Sum(L1Epigraph.Value(x[.., 4..8])) + Sum(LInfEpigraph.Value(x[.., 8..]));

    [Prox(of: nameof(Cones))]
    public virtual partial Tensor OfCones(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Powers([Shape("b 3")] Tensor x) => Sum(PowerEpigraph.Value(x, 2f));

    [Prox(of: nameof(Powers))]
    public virtual partial Tensor OfPowers(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Logarithm([Shape("b 2")] Tensor x) => Sum(ExponentialEpigraph.Value(Concat([x[.., 1..], -x[.., ..1]], dim: 1)));

    [Prox(of: nameof(Logarithm))]
    public virtual partial Tensor OfLogarithm(Tensor x, float step);
}
