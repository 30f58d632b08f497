// 'Slope' has no body, and no attribute such as [Gradient] that derives one

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    public virtual partial Tensor [|Slope|](Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Forward(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
