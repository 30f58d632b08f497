// The usual activations.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x) + Gelu(x) + Silu(x) + Sigmoid(x) + Softplus(x);
}
