// Subtract: x is [b n] and Mean(x, dim: 1) is [b]; n and b differ and neither is a written 1. Did you mean x - Unsqueeze(Mean(x, dim: 1), -1)?

[Network]
public partial class Net(int {|1:n|})
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("{|2:b|} n")] Tensor x) => [|x - Mean(x, dim: 1)|];
}

// mended by: Unsqueeze 'Mean(x, dim: 1)'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - Unsqueeze(Mean(x, dim: 1), -1);
}
