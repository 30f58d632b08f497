// Fista takes one proximable function; DavisYin and CondatVu take two

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor Size([Shape("n")] Tensor x) => Norm(x, 2);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof([|Size|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor Size([Shape("n")] Tensor x) => Norm(x, 2);

    [Unroll(Algorithm.DavisYin, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Size))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
