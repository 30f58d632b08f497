// 'hiden' is no size of the constructor, so each call binds it; did you mean 'hidden'?
// A name in the shape of an argument that is no size of the constructor is bound by each call: anything fits it. One that nothing else mentions, and that looks like a size, is hardly meant.

[Network]
public partial class Net(int {|1:hidden|})
{
    [Parameter("hidden")] public partial Tensor Bias { get; }

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b [|hiden|]")] Tensor x) => Sum(x, dim: 1);

    [return: Shape("hidden")] public virtual Tensor Other() => Exp(Bias);
}

// mended by: Change 'hiden' to 'hidden'

[Network]
public partial class Net(int hidden)
{
    [Parameter("hidden")] public partial Tensor Bias { get; }

    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b hidden")] Tensor x) => Sum(x, dim: 1);

    [return: Shape("hidden")] public virtual Tensor Other() => Exp(Bias);
}
