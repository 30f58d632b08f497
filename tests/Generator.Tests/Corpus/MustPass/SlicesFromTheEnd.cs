// Positions from the end.

[Network]
public partial class Net
{
    [return: Shape("b 2")]
    public virtual Tensor Forward([Shape("b 8")] Tensor x) => x[.., ^3..^1];
}
