// Max: x is [b 0]; dimension 1 must have an element to choose

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b 0")] Tensor x) => [|Max(x, dim: 1)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => Max(x, dim: 1);
}
