// x / Sum(Exp(x), dim: 0) is computed by a kernel of its own, because it has other elements
// A kernel runs over elements or over rows. What needs other elements than the kernel before it, or all of them, becomes a kernel of its own, and a value in between goes through memory.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|x / Sum(Exp(x), dim: 0)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x / Sum(Exp(x), dim: 1, keepDim: true);
}
