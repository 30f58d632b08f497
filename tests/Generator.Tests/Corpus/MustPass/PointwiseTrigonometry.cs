// Sine, cosine, hyperbolic tangent, error function.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sin(x) * Cos(x) + Tanh(x) - Erf(x);
}
