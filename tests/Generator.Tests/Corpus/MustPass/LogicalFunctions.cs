// The operators by their names.

[Network]
public partial class Net
{
    [return: Shape("b n", DType.Bool)]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => LogicalOr(LogicalAnd(Greater(x, 0), LessEqual(y, 1)), LogicalNot(NotEqual(x, y)));
}
