// The same leading dims for both.

[Network]
public partial class Net
{
    [return: Shape("...")]
    public virtual Tensor Forward([Shape("... n")] Tensor x, [Shape("... n")] Tensor y) => Sum(x * y, dim: -1);
}
