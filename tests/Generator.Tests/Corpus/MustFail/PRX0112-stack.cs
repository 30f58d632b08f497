// ?

[Network]
public partial class Net
{
    [return: Shape("2 3")]
    public virtual Tensor Forward([Shape("3")] Tensor x, [Shape("4")] Tensor y) => [|Stack([x, y])|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("2 3")]
    public virtual Tensor Forward([Shape("3")] Tensor x, [Shape("4")] Tensor y) => Stack([x, y[..3]]);
}
