// Nothing has to be public.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] internal partial Tensor Scale { get; }

    [return: Shape("b n")]
    internal virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
}
