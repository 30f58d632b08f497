// ?
// Operands broadcast from the right, as in PyTorch, with one difference: only a dimension that is written as 1 stretches. A named size that happens to
// be 1 at run time does not, so a mistake cannot hide behind it.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b")] Tensor weight) => [|x * weight|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b")] Tensor weight) => x * Unsqueeze(weight, -1);
}
