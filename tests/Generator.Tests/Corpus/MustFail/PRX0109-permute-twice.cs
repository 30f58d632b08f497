// Permute: x is [b h w]; a dimension is named twice

[Network]
public partial class Net
{
    [return: Shape("b h w")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => [|Permute(x, 0, 1, 1)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b w h")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => Permute(x, 0, 2, 1);
}
