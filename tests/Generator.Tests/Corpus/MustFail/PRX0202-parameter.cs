// No method reads the parameter 'UnreadOffset'
// A parameter that no method reads is allocated and saved, and its gradient is nowhere.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n")] public partial Tensor [|UnreadOffset|] { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => MatMul(x, Weight);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n")] public partial Tensor UnreadOffset { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => MatMul(x, Weight) + UnreadOffset;
}
