// Softmax along another dim.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Softmax(x, dim: 0) * Exp(LogSoftmax(x));
}
