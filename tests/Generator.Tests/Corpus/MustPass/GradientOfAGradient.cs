// Transforms compose.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Cubes([Shape("n")] Tensor x) => Sum(x * x * x);

    [Gradient(of: nameof(Cubes), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);

    [return: Shape("")]
    public virtual Tensor Norm([Shape("n")] Tensor x) => Sum(Square(Slope(x)));

    [Gradient(of: nameof(Norm), wrt: "x")]
    public virtual partial Tensor Curvature(Tensor x);
}
