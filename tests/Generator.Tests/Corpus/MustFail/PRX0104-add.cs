// Multiply: x is [b n] and weight is [b]; n and b differ and neither is a written 1. Did you mean x * Unsqueeze(weight, -1)?
// Operands broadcast from the right, as in PyTorch, with one difference: only a dimension that is written as 1 stretches. A named size that happens to
// be 1 at run time does not, so a mistake cannot hide behind it.

[Network]
public partial class Net(int {|1:n|})
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("{|2:b|} n")] Tensor x, [Shape("b")] Tensor weight) => [|x * weight|];
}

// mended by: Unsqueeze 'weight'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b")] Tensor weight) => x * Unsqueeze(weight, -1);
}
