// Forward is not equivariant under permutations of 'n': Tanh(x) + Bias puts what has the order of 'n' beside Bias, which keeps its own
// A parameter with a value for each node belongs to nodes in one order.

[Network]
public partial class Net(int n, int width)
{
    [Parameter("n width")] public partial Tensor Bias { get; }

    [PermutationEquivariant({|1:"n"|})]
    [return: Shape("n width")]
    public virtual Tensor Forward([Shape("n width")] Tensor x) => [|Tanh(x) + Bias|];
}

// mended:

[Network]
public partial class Net(int n, int width)
{
    [Parameter("width")] public partial Tensor Bias { get; }

    [PermutationEquivariant("n")]
    [return: Shape("n width")]
    public virtual Tensor Forward([Shape("n width")] Tensor x) => Tanh(x) + Bias;
}
