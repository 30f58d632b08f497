// Least squares by gradient steps.

[Network]
public partial class Net(int m, int n, int steps)
{
    [Buffer("m n")] public partial Tensor A { get; }
    [Parameter("steps", Init = 0.1)] public partial Tensor Rate { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var x = Zeros(y.Dim(0), n);
        for (var k = 0; k < steps; k++) x = x - Rate[k] * MatMul(MatMul(x, Transpose(A)) - y, A);
        return x;
    }
}
