// ?

[Network]
public partial class Net
{
    [return: Shape("b 2*[|batches|]")]
    public virtual Tensor Forward([Shape("b batch")] Tensor x) => Concat([x, x], dim: 1);
}

// mended by: Change 'batches' to 'batch'

[Network]
public partial class Net
{
    [return: Shape("b 2*batch")]
    public virtual Tensor Forward([Shape("b batch")] Tensor x) => Concat([x, x], dim: 1);
}
