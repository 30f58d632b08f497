// RoundedGradient has 1 argument; the derivative of Rounded takes its 1 argument, then (or not) the result, then the gradient by the result

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Rounded([Shape("b n")] Tensor x) => Floor(x);

    [CustomGradient(of: nameof(Rounded))]
    Tensor [|RoundedGradient|](Tensor gradient) => gradient;
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
