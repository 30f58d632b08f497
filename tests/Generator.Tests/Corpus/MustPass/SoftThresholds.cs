// A threshold per feature.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n")] Tensor threshold) => SoftThreshold(x, threshold);
}
