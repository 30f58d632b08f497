// Any order of dims.

[Network]
public partial class Net
{
    [return: Shape("b c h w")]
    public virtual Tensor Forward([Shape("b h w c")] Tensor x) => Permute(x, 0, 3, 1, 2);
}
