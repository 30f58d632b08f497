// Several dims at once.

[Network]
public partial class Net
{
    [return: Shape("b c")]
    public virtual Tensor Forward([Shape("b h w c")] Tensor x) => Sum(x, dims: [1, 2]);
}
