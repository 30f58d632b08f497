// h is [b n]
// With proxima_shape_hints = true in .editorconfig, every local of a body is marked with its shape, in the names of the declaration. The hints are
// information; nothing is wrong.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x)
    {
        var [|h|] = MatMul(x, Weight);
        return Tanh(h);
    }
}
