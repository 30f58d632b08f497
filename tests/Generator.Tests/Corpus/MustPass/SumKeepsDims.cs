// keepDim leaves a size of 1, which then broadcasts.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x / Sum(x, dim: 1, keepDim: true);
}
