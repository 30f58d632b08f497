// 'sate' is no argument of Energy; it has state; did you mean 'state'?

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor state) => Sum(Square(state));

    [Gradient(of: nameof(Energy), wrt: "[|sate|]")]
    public virtual partial Tensor Slope(Tensor state);
}

// mended by: Change 'sate' to 'state'

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor state) => Sum(Square(state));

    [Gradient(of: nameof(Energy), wrt: "state")]
    public virtual partial Tensor Slope(Tensor state);
}
