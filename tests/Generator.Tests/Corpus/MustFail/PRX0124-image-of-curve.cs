// no rule gives the proximal operator of Map ▷ Prior: an image is one under a linear map, and the map is not linear in x
// An image is that under a linear map.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => {|1:Exp(x)|};

    [Prox(of: nameof([|Prior|]), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => x / 2;

    [Prox(of: nameof(Prior), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
