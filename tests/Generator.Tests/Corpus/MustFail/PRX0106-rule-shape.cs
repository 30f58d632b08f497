// RoundedGradient gives f32[n] as the gradient by x, which is f32[b n]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Rounded([Shape("b n")] Tensor x) => Floor(x);

    [CustomGradient(of: nameof(Rounded))]
    [|Tensor|] RoundedGradient(Tensor x, Tensor gradient) => Sum(gradient, dim: 0);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Rounded([Shape("b n")] Tensor x) => Floor(x);

    [CustomGradient(of: nameof(Rounded))]
    Tensor RoundedGradient(Tensor x, Tensor gradient) => gradient;
}
