// A network without sizes needs no constructor.

[Network]
public partial class Net
{
    [Parameter("", Init = 1.0)] public partial Tensor Scale { get; }

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b")] Tensor x) => x * Scale;
}
