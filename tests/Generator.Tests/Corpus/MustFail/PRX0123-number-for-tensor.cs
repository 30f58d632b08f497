// 'step' of LossGradient is a float, and Loss, from which it is derived, takes the Tensor 'step' there
// A derived method takes what its source takes.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x, [Shape("")] Tensor {|1:step|}) => Sum(step * x * x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossGradient(Tensor x, float [|step|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x, [Shape("")] Tensor step) => Sum(step * x * x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossGradient(Tensor x, Tensor step);
}
