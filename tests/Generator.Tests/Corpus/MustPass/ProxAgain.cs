// Operators are methods: in bodies, in derivatives, and of functions that were derived.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Huber.Value(L2Norm.Value(x), 0.5f));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Shrink(Tensor x, Tensor step);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("")] Tensor step) => Sum(Square(Shrink(Shrink(x, step), 0.5f)));

    [Gradient(of: nameof(Loss), wrt: "x, step")]
    public virtual partial (Tensor X, Tensor Step) LossGradient(Tensor x, Tensor step);
}
