// A softmax weighs outputs that are stacked.

[Network]
public partial class Net(int n)
{
    [Parameter("n 3")] public partial Tensor Gate { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var weights = Softmax(MatMul(x, Gate));
        var all = Stack([Sin(x), Cos(x), x], dim: 1);
        return Sum(Unsqueeze(weights, -1) * all, dim: 1);
    }
}
