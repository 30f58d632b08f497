// no rule gives the proximal operator of Reward: the weight of Absolute is negative, and a negative multiple of a convex function is not convex

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Reward([Shape("n")] Tensor x) => Sum(Square(x)) - 0.5 * Sum({|1:Abs(x)|});

    [Prox(of: nameof([|Reward|]))]
    public virtual partial Tensor Move(Tensor x, float step);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Reward([Shape("n")] Tensor x) => Sum(Square(x)) + 0.5 * Sum(Abs(x));

    [Prox(of: nameof(Reward))]
    public virtual partial Tensor Move(Tensor x, float step);
}
