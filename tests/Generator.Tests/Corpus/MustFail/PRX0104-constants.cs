// Add: x is [3] and y is [4]; 3 and 4 differ and neither is a written 1

[Network]
public partial class Net
{
    [return: Shape("3")]
    public virtual Tensor Forward([Shape("3")] Tensor x, [Shape("4")] Tensor y) => [|x + y|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("3")]
    public virtual Tensor Forward([Shape("3")] Tensor x, [Shape("4")] Tensor y) => x + y[..3];
}
