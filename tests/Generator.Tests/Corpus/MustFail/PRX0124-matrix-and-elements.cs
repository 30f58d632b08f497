// ?

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n n")] Tensor x) => Sum(NuclearNorm.Value(x)) + Sum(Abs(x));

    [Prox(of: nameof([||]Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n n")] Tensor x) => Sum(NuclearNorm.Value(x)) + Sum(Square(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
