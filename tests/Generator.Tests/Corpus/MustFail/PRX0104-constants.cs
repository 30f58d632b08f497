// ?

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
