// Perspectives: one scale for a vector, for all elements, and for each; of sums, in other units, beside other functions.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = Init.Normal)] public partial Tensor W { get; }

    [return: Shape("b")]
    public virtual Tensor Energies([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Square(x[.., 1..] / x[.., ..1]), dim: 1);

    [return: Shape("b")]
    public virtual Tensor Sums([Shape("b n+1")] Tensor x)
    {
        Tensor t = 3 * x[.., ..1], ratio = (x[.., 1..] - W) / t;
        return Sum(Exp(W) * t * Huber.Value(ratio, 0.5f), dim: 1) + Sum(t * Square(ratio), dim: 1) / 2;
    }

    [return: Shape("")]
    public virtual Tensor Whole([Shape("n+1")] Tensor x) => x[0] * LogSumExp(x[1..] / x[0], dim: 0);

    [return: Shape("")]
    public virtual Tensor Pairs([Shape("b 3")] Tensor x) => Sum(x[.., ..1] * Exp(x[.., 1..2] / x[.., ..1])) + Sum(Abs(x[.., 2..]));

    [Prox(of: nameof(Energies))]
    public virtual partial Tensor Energy(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Sums))]
    public virtual partial Tensor Sum1(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Whole))]
    public virtual partial Tensor All(Tensor x, float step);

    [Prox(of: nameof(Pairs))]
    public virtual partial Tensor Each(Tensor x, float step);
}
