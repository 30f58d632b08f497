// Both bounds of Clamp are optional.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Clamp(x, -1, 1) + Clamp(x, min: 0) + Clamp(x, max: 2);
}
