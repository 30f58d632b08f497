// Reshape: x is [7], which has 7 elements; the new shape is [2 -1]; 2 does not divide 7

[Network]
public partial class Net
{
    [return: Shape("2 _")]
    public virtual Tensor Forward([Shape("7")] Tensor x) => [|Reshape(x, 2, -1)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("2 _")]
    public virtual Tensor Forward([Shape("8")] Tensor x) => Reshape(x, 2, -1);
}
