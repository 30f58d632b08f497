// 'N' is no size of the constructor, so each call binds it; did you mean 'n'?

[Network]
public partial class Net(int {|1:n|})
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b [|N|]")] Tensor x) => Sum(x, dim: 1);

    [return: Shape("n")] public virtual Tensor Other() => Exp(Bias);
}

// mended by: Change 'N' to 'n'

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 1);

    [return: Shape("n")] public virtual Tensor Other() => Exp(Bias);
}
