// Ranges of ints: up, down, in steps, one inside another.
[Network]
public partial class Net(int n, int steps)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Up([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < steps; k++) x = Tanh(MatMul(x, Weight)) / (k + 1);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor Down([Shape("b n")] Tensor x)
    {
        for (var k = steps - 1; k >= 0; k--) x = x * 0.5f + k;
        return x;
    }

    [return: Shape("n")]
    public virtual Tensor Steps([Shape("8 n")] Tensor x)
    {
        var sum = Zeros(n);
        for (var k = 0; k < 8; k += 2) sum += x[k];
        return sum;
    }

    [return: Shape("b n")]
    public virtual Tensor Nested([Shape("b n")] Tensor x)
    {
        for (var i = 0; i < steps; i++)
        {
            var y = x;
            for (var j = 0; j < 3; j++) y = Sin(y + x);
            x = x + y;
        }
        return x;
    }
}
