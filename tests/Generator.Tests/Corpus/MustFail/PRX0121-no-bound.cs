// Best: ArgMax(x, dim: 1) has no interval rule (ArgMax)
// Bounds exist for every operation that has a rule; which element is the largest has no range.

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Best([Shape("b n")] Tensor x) => ArgMax(x, dim: 1).To(DType.Float32);

    [Bounds(of: nameof([|Best|]))]
    public virtual partial (Tensor Lower, Tensor Upper) Range(Tensor lower, Tensor upper);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Best([Shape("b n")] Tensor x) => Max(x, dim: 1);

    [Bounds(of: nameof(Best))]
    public virtual partial (Tensor Lower, Tensor Upper) Range(Tensor lower, Tensor upper);
}
