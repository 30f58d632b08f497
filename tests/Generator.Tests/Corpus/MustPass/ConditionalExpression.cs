// A choice inside an expression.

[Network]
public partial class Net(bool deep)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => deep ? Tanh(Tanh(x)) : Tanh(x);
}
