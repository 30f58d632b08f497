// MatMul: Binarize(x) is [b n], Binarize(Weight) is [m n]; the inner dims n and m differ. Did you mean MatMul(Binarize(x), Transpose(Binarize(Weight)))?
// Signs are multiplied by MatMul as numbers are.

[Network]
public partial class Net(int {|1:n|}, int {|2:m|})
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|MatMul(Binarize(x), Binarize(Weight))|];
}

// mended:

[Network]
public partial class Net(int n, int m)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(Binarize(x), Transpose(Binarize(Weight)));
}
