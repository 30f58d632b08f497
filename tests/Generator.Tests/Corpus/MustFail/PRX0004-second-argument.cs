// The argument 'target' has no [Shape]; a compiled method declares the shape of every tensor

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, Tensor [|target|]) => MseLoss(x, target);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => MseLoss(x, target);
}
