// no rule gives the proximal operator of Map ▷ Prior: an image min R(x) over L x = y has an operator where LᵀL is diagonal, and the map adds a constant, and so is not linear; a splitting does without it: Algorithm.Fista over x itself, with the map in the smooth function
// A map that moves is not linear.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => {|1:2 * x + 1|};

    [Prox(of: nameof([|Prior|]), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x - 1), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => 2 * x;

    [Prox(of: nameof(Prior), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
