// Reshape: x is [6], which has 6 elements; the new shape is [-3 2]; -3 is no size

[Network]
public partial class Net
{
    [return: Shape("6")]
    public virtual Tensor Forward([Shape("6")] Tensor x) => [|Reshape(x, -3, 2)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("3 2")]
    public virtual Tensor Forward([Shape("6")] Tensor x) => Reshape(x, 3, 2);
}
