// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b")] Tensor target) => [|MseLoss(x, target)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b")] Tensor target) => MseLoss(Sum(x, dim: 1), target);
}
