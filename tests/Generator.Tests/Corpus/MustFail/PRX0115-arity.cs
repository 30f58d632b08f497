// MathF.Cbrt is not compiled; there are Abs, Sign, Exp, Log, Log2, Log10, Sqrt, Pow, Sin, Cos, Tan, Tanh, Floor, Ceiling, Min, Max, Clamp and FusedMultiplyAdd

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
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => MathF.Pow(v, 1f / 3));
}
