// The condition and both values broadcast.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n")] Tensor mask) => Where(mask > 0, x, 0);
}
