// A number is a tensor without dimensions, also to a derived method.

[Network]
public partial class Shrunk(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x, [Shape("")] Tensor weight) => Exp(weight) * Sum(Abs(x));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Shrink(Tensor x, Tensor weight, float step);

    [Gradient(of: nameof(Energy), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor weight);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Shrink(x, 0.5f, 2f) + Slope(x, 1f);
}
