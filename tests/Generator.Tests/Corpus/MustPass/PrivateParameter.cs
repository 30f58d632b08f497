// Accessibility is the user's.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] private partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
}
