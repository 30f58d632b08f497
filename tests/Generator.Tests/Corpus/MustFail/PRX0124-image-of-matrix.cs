// no rule gives the proximal operator of Map ▷ Prior: an image min R(x) over L x = y has an operator where LᵀL is diagonal, and LᵀL is not known to be a multiple of the identity: name the matrix in Tight if it is orthogonal; a splitting does without it: Algorithm.Fista over x itself, with the map in the smooth function
// Without LᵀL diagonal the least over L x = y is a problem of its own.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor A { get; }

    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => {|1:MatMul(x, A)|};

    [Prox(of: nameof([|Prior|]), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor A { get; }

    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => MatMul(x, A);

    [Prox(of: nameof(Prior), Image = nameof(Map), Tight = nameof(A))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
