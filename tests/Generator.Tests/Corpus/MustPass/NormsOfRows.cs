// Euclidean norms, and rows on the sphere.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x / Maximum(Sqrt(Sum(Square(x), dim: 1, keepDim: true)), 1e-6f);
}
