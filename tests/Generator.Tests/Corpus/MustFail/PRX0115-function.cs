// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => [|MathF.Cbrt(v)|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => MathF.Pow(MathF.Abs(v), 1 / 3f));
}
