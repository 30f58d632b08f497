// What picks elements, adds them up by an index or blurs them has a norm that is measured, so a step needs not be given.

[Network]
public partial class Net(int n, int edges)
{
    [Parameter("1 1 3 3")] public partial Tensor Kernel { get; }

    [return: Shape("")]
    public virtual Tensor Picked([Shape("n")] Tensor x, [Shape("edges")] Tensor y, [Shape("edges", DType.Int64)] Tensor from) => 0.5 * Sum(Square(IndexSelect(x, 0, from) - y));

    [return: Shape("")]
    public virtual Tensor Added([Shape("edges")] Tensor x, [Shape("n")] Tensor y, [Shape("edges", DType.Int64)] Tensor to) => 0.5 * Sum(Square(ScatterAdd(Zeros(n), 0, to, 2 * x) - y));

    [return: Shape("")]
    public virtual Tensor Blurred([Shape("h w")] Tensor x, [Shape("h w")] Tensor y) => 0.5 * Sum(Square(Reshape(Conv2d(Unsqueeze(Unsqueeze(x, 0), 0), Kernel, padding: 1), x.Dim(0), x.Dim(1)) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("...")] Tensor x) => Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor Differences([Shape("n")] Tensor x, [Shape("edges", DType.Int64)] Tensor from, [Shape("edges", DType.Int64)] Tensor to) => Sum(Abs(IndexSelect(x, 0, from) - IndexSelect(x, 0, to)));

    [Unroll(Algorithm.Ista, smooth: nameof(Picked), proximable: nameof(Prior))]
    public virtual partial Tensor Select(Tensor x, Tensor y, Tensor from);

    [Unroll(Algorithm.Fista, smooth: nameof(Added), proximable: nameof(Prior))]
    public virtual partial Tensor Spread(Tensor x, Tensor y, Tensor to);

    [Unroll(Algorithm.Fista, smooth: nameof(Blurred), proximable: nameof(Prior))]
    public virtual partial Tensor Deblur(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Picked), proximable: nameof(Differences))]
    public virtual partial Tensor Smooth(Tensor x, Tensor y, Tensor from, Tensor to);
}
