// no rule gives the proximal operator of Prior: Distance is that from a set, and Absolute is no set

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum({|1:Abs(x)|});

    [Prox(of: nameof([|Prior|]), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Prox(of: nameof(Prior), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
