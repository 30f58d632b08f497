// Ranges of each row.

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => Max(x, dim: 1) - Min(x, dim: -1);
}
