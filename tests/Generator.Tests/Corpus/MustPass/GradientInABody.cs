// A derivative is an ordinary method: descent on an energy by its own gradient.
[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Weight) - y));

    [Gradient(of: nameof(Energy), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor y);

    [return: Shape("b n")]
    public virtual Tensor Descend([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, float rate)
    {
        for (var k = 0; k < 5; k++) x = x - rate * Slope(x, y);
        return x;
    }
}
