// MatMul: y is [b m], Decoder is [n m]; the inner dims m and n differ. Did you mean MatMul(y, Transpose(Decoder))?
// MatMul multiplies the last dimension of its first operand with the second-to-last of its second, as PyTorch does. The two must be the same size.

[Network]
public partial class Net(int {|1:m|}, int {|2:n|})
{
    [Parameter("n m")] public partial Tensor Decoder { get; }

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
