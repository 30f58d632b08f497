// The largest singular value.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Norm([Shape("n")] Tensor start)
    {
        var v = start;
        for (var k = 0; k < 10; k++)
        {
            var u = MatMul(Weight, v);
            v = MatMul(u, Weight);
            v = v / Sqrt(Sum(Square(v)) + 1e-12f);
        }
        return Sqrt(Sum(Square(MatMul(Weight, v))));
    }
}
