// MseLoss: x is [b 1], target is [b]; the shapes must be equal

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 1")] Tensor x, [Shape("b")] Tensor target) => [|MseLoss(x, target)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 1")] Tensor x, [Shape("b")] Tensor target) => MseLoss(Squeeze(x, 1), target);
}
