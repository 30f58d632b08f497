// The layers that the library declares.
[Network]
public partial class Net(int inputs, int hidden, int outputs)
{
    readonly Linear embed = new(inputs, hidden);
    readonly LayerNorm norm = new(hidden);
    readonly Mlp mlp = new(hidden, 4 * hidden, outputs);

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => mlp.Forward(norm.Forward(embed.Forward(x)));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor target) => MseLoss(Forward(x), target);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}
