// Forward declares the result [n b], and MatMul(x, Weight) is [b n]; n and b differ. Did you mean Transpose(MatMul(x, Weight))?

[Network]
public partial class Net(int m, int {|2:n|})
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape({|1:"n b"|})]
    public virtual Tensor Forward([Shape("{|3:b|} m")] Tensor x) => [|MatMul(x, Weight)|];
}

// mended by: Transpose 'MatMul(x, Weight)'

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("n b")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => Transpose(MatMul(x, Weight));
}
