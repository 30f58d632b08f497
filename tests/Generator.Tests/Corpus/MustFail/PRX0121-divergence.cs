// a divergence needs results like the arguments it is taken by, [f32[n]]; Forward returns f32[m]
// The trace of a Jacobian needs a square one.

[Network]
public partial class Net(int n, int m)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("m")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => MatMul(x, Weight);

    [Divergence(of: nameof([|Forward|]))]
    public virtual partial Tensor Trace(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => MatMul(x, Weight);

    [Divergence(of: nameof(Forward))]
    public virtual partial Tensor Trace(Tensor x);
}
