// Forward: x is declared [b inputs], and x is [b n]; inputs is m there and n here

[Network]
public partial class Net(int {|2:m|}, int {|3:n|})
{
    readonly Affine first = new(m, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => first.Forward([|x|]);
}

[Network]
public partial class Affine(int inputs, int outputs)
{
    [Parameter("inputs outputs")] public partial Tensor Weight { get; }

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape({|1:"b inputs"|})] Tensor x) => MatMul(x, Weight);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    readonly Affine first = new(m, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => first.Forward(x);
}

[Network]
public partial class Affine(int inputs, int outputs)
{
    [Parameter("inputs outputs")] public partial Tensor Weight { get; }

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => MatMul(x, Weight);
}
