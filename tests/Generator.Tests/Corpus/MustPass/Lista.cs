// Learned iterative soft thresholding: a loop over layers, and its gradient.
[Network]
public partial class Net(int m, int n, int layers = 4)
{
    [Parameter("m n")] public partial Tensor Encoder { get; }
    [Parameter("n n")] public partial Tensor Inhibition { get; }
    [Parameter("layers", Init = 0.1)] public partial Tensor Threshold { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var c = MatMul(y, Encoder);
        var x = SoftThreshold(c, Threshold[0]);
        for (var k = 1; k < layers; k++)
            x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
        return x;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor target);
}
