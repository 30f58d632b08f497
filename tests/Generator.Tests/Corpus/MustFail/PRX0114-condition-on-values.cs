// ?
// Sizes are known when a method is built or entered, the elements of tensors are not. What asks for a size, an axis or a condition cannot be given a tensor.

[Network]
public partial class Net(int n, float rate)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if ([|n * 0.5 > MathF.Exp(rate)|]) x = -x;
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n, float rate)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Where(Zeros(1) + n * 0.5 > MathF.Exp(rate), -x, x);
}
