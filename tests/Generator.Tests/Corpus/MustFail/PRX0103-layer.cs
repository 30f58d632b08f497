// Forward: x is declared [... width], and MatMul(x, Weight) is [b n]; width is m there and n here

[Network]
public partial class Net(int {|1:m|}, int {|2:n|})
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    readonly LayerNorm norm = new(m);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => norm.Forward([|MatMul(x, Weight)|]);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    readonly LayerNorm norm = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => norm.Forward(MatMul(x, Weight));
}
