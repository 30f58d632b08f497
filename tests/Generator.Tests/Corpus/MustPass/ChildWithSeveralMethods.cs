// A parent may call any compiled method of a child.

[Network]
public partial class Net(int n, int latent)
{
    readonly Coder coder = new(n, latent);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => MseLoss(coder.Decode(coder.Encode(x)), x);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}

[Network]
public partial class Coder(int inputs, int codes)
{
    [Parameter("inputs codes")] public partial Tensor Down { get; }
    [Parameter("codes inputs")] public partial Tensor Up { get; }

    [return: Shape("b codes")]
    public virtual Tensor Encode([Shape("b inputs")] Tensor x) => Tanh(MatMul(x, Down));

    [return: Shape("b inputs")]
    public virtual Tensor Decode([Shape("b codes")] Tensor code) => MatMul(code, Up);
}
