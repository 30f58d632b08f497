// ForwardVjp has 1 tensor arguments, and [Vjp] of Forward takes 2
// A cotangent for each floating-point result is a further argument.

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Tanh(x);

    [Vjp(of: nameof(Forward))]
    public virtual partial (Tensor Value, Tensor X) [|ForwardVjp|](Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Tanh(x);

    [Vjp(of: nameof(Forward))]
    public virtual partial (Tensor Value, Tensor X) ForwardVjp(Tensor x, Tensor cotangent);
}
