// Numbers and names.

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor A { get; }
    [Parameter("n", Init = Init.Bias)] public partial Tensor B { get; }
    [Parameter("n n", Init = Init.XavierNormal)] public partial Tensor C { get; }
    [Parameter("", Init = 0.5)] public partial Tensor D { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(MatMul(x, A) + B, C) * D;
}
