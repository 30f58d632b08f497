// 'Bias' is a [Parameter], and 'Net' is no network: mark the class [Network]
// Without [Network] the generator does not look at a class: nothing allocates its parameters, and no method is compiled.

public partial class {|1:Net|}(int n)
{
    [Parameter("n")] public partial Tensor [|Bias|] { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

// mended by: Add [Network]

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
