// Standardisation over the batch.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => (x - Mean(x, dim: 0)) * Rsqrt(Variance(x, dim: 0, correction: 0) + 1e-5);
}
