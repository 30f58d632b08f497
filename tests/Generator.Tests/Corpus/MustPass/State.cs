// Buffers are state that is not learned; initialisers and constraints are part of a declaration.
[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = nameof(Init.KaimingUniform))] public partial Tensor Weight { get; }
    [Parameter("n", Init = 0.5, Constraint = typeof(NonNegative))] public partial Tensor Scale { get; }
    [Buffer("n")] public partial Tensor Offset { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x - Offset, Weight) * Scale;
}
