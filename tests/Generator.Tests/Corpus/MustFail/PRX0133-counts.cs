// Loss does not change with 'x', so the derivative is zero everywhere
// Comparisons, ArgMax, Floor and Sign are constant between their steps, so nothing flows back through them.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor {|1:Loss|}([Shape("b n")] Tensor x) => Sum((x > 0).To(DType.Float32));

    [Gradient(of: nameof(Loss), wrt: "[|x|]")]
    public virtual partial Tensor Slope(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Sigmoid(10 * x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
