// no rule gives the proximal operator of Energy: 'Cos(x)' is no function of the catalogue of an affine value, and no sum or multiple of such

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("n")] Tensor x) => Sum(Abs(x)) + Sum({|1:Cos(x)|});

    [Prox(of: nameof([|Energy|]))]
    public virtual partial Tensor Rest(Tensor x, float step);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("n")] Tensor x) => Sum(Abs(x)) + Sum(Square(x));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Rest(Tensor x, float step);
}
