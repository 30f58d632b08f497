// this lambda is not part of the language: give it one expression: v => v / (1 + MathF.Abs(v)), (source, target, edge) => x[source]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, [|v => { var w = v * v; return w; }|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => v * v);
}
