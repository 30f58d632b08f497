// Step maps z, which is f32[b n], to f32[b m]; a step gives back the shape of its first argument
// A fixed point z = Step(z) has one shape.

[Network]
public partial class Net(int n, int m)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("b m")]
    public virtual Tensor Step([Shape("b n")] Tensor z) => Tanh(MatMul(z, Weight));

    [FixedPoint(of: nameof([|Step|]))]
    public virtual partial Tensor Solve(Tensor z);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Step([Shape("b n")] Tensor z) => Tanh(MatMul(z, Weight));

    [FixedPoint(of: nameof(Step))]
    public virtual partial Tensor Solve(Tensor z);
}
