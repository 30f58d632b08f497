// Permute: x is [b h w]; 3 dimensions are to be named, and 2 are

[Network]
public partial class Net
{
    [return: Shape("w b h")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => [|Permute(x, 2, 0)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("w b h")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => Permute(x, 2, 0, 1);
}
