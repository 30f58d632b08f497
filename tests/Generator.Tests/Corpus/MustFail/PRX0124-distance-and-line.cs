// no rule gives the proximal operator of Prior: Distance is that from a set, and 'Sum(x)' is a term of a function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, 1f)) + {|1:Sum(x)|};

    [Prox(of: nameof([|Prior|]), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, 1f));

    [Prox(of: nameof(Prior), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
