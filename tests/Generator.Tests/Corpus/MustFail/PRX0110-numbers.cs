// Reshape: x is [12], which has 12 elements; the new shape is [3 5], which has 15. Did you mean Reshape(x, 3, -1)?

[Network]
public partial class Net
{
    [return: Shape("3 4")]
    public virtual Tensor Forward([Shape("12")] Tensor x) => [|Reshape(x, 3, 5)|];
}

// mended by: Let the size follow

[Network]
public partial class Net
{
    [return: Shape("3 4")]
    public virtual Tensor Forward([Shape("12")] Tensor x) => Reshape(x, 3, -1);
}
