// Written out, a size may meet itself.

[Network]
public partial class Net
{
    [return: Shape("n n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Unsqueeze(x, 1) * Unsqueeze(x, 0);
}
