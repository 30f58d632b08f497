// A class may have several parts.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }
}

public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scale * x;
}
