// Conditions on sizes are decided when the method is entered, or when it is built.
[Network]
public partial class Net(int m, int n, bool residual = true)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x)
    {
        var y = MatMul(x, Weight);
        if (m == n) y += Reshape(x, x.Dim(0), n);
        else if (n > 2 * m) y = Relu(y);
        else y = -y;
        return residual ? y + 1 : y;
    }

    [return: Shape("b n")]
    public virtual Tensor Alternate([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 6; k++)
        {
            if (k % 2 == 0) x = Sin(x);
            else x = Cos(x);
        }
        return x;
    }
}
