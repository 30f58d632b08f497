// Expressions and anonymous sizes in shapes.
[Network]
public partial class Net(int n, int radius)
{
    [Parameter("2*radius+1")] public partial Tensor Kernel { get; }

    [return: Shape("b n")]
    public virtual Tensor Smooth([Shape("b n+2*radius")] Tensor x)
    {
        var sum = Zeros(x.Dim(0), n);
        for (var k = 0; k < 2 * radius + 1; k++) sum += Kernel[k] * x[.., k..(k + n)];
        return sum;
    }

    [return: Shape("b")]
    public virtual Tensor Total([Shape("b _ _")] Tensor x) => Sum(x, dims: [1, 2]);

    [return: Shape("b n/2")]
    public virtual Tensor Half([Shape("b n")] Tensor x) => x[.., ..(n / 2)];
}
