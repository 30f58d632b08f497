// ?
// MatMul multiplies the last dimension of its first operand with the second-to-last of its second, as PyTorch does. The two must be the same size.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("{|1:n|} {|2:m|}")] public partial Tensor Decoder { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y) => [|MatMul(y, Decoder)|];
}

// mended by: Transpose 'Decoder'

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor Decoder { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y) => MatMul(y, Transpose(Decoder));
}
