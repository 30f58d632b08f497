// 'Ball' is no constraint: it has no constructor without arguments

[Network]
public partial class Net(int n)
{
    [Parameter("n", Constraint = typeof([|Ball|]))] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

public sealed class Ball(float radius) : IConstraint
{
    public void Project(Tensor value) => value.Fill(radius);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n", Constraint = typeof(Ball))] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

public sealed class Ball : IConstraint
{
    public void Project(Tensor value) => value.Fill(1);
}
