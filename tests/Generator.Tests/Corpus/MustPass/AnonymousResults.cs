// A result whose size follows from the arguments may leave it without a name.
[Network]
public partial class Net(int n)
{
    [return: Shape("_ n")]
    public virtual Tensor Interior([Shape("b n")] Tensor x) => x[1..^1];

    [return: Shape("... _")]
    public virtual Tensor Doubled([Shape("... n")] Tensor x) => Concat([x, x], dim: -1);
}
