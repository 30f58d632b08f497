// Sum: x is [b h w]; a dimension is named twice

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => Sum(x, dims: [|[1, 1]|]);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => Sum(x, dims: [1, 2]);
}
