// '_bias' cannot be the name of this: it is the storage of 'Bias'
// The generated part of the class declares members of its own: the storage of each parameter, Visit, and the nested classes Cpu, Gpu and Torch.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }
    readonly int [|_bias|] = 2;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => _bias * x + Bias;
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }
    readonly int factor = 2;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => factor * x + Bias;
}
