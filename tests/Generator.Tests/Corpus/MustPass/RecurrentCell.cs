// A recurrence over the rows of a sequence.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("t n")] Tensor x)
    {
        var h = Zeros(n);
        for (var k = 0; k < x.Dim(0); k++) h = Tanh(x[k] + MatMul(h, Weight));
        return h;
    }
}
