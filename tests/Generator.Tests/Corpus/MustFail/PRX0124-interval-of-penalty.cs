// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of Mcp and Box of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Mcp.Value(x, 0.5f, 2f)) + Sum(Box.Value(x, -1f, 1f));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Huber.Value(x, 0.5f)) + Sum(Box.Value(x, -1f, 1f));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
