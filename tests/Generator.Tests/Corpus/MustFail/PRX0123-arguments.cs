// ?
// A derived method takes the arguments of its source, in order, and returns what its attribute gives: Gradients for all parameters, or one tensor per name in wrt.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => MseLoss(x, target);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor [|Slope|](Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => MseLoss(x, target);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor target);
}
