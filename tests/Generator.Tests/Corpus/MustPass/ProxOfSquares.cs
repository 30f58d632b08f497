// Squares of sums of elements: a system of equations, and circular and reflected convolutions.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n 4")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b 4")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [Prox(of: nameof(Fit))]
    public virtual partial Tensor OfFit(Tensor x, Tensor y, float step);

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Blurred([Shape("b n")] Tensor x, [Shape("n")] Tensor kernel, [Shape("b n")] Tensor y) => CircularFit.Value(x, kernel, y);

    [Prox(of: nameof(Blurred))]
    [Require("1 <= n")]
    public virtual partial Tensor OfBlurred(Tensor x, Tensor kernel, Tensor y, [Shape("b")] Tensor step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Mirrored([Shape("b n")] Tensor x, [Shape("n")] Tensor kernel, [Shape("b n")] Tensor y) => Sum(ReflectedFit.Value(x, kernel, y));

    [Prox(of: nameof(Mirrored))]
    [Require("1 <= n")]
    public virtual partial Tensor OfMirrored(Tensor x, Tensor kernel, Tensor y, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Form([Shape("b n")] Tensor x) => Sum(QuadraticForm.Value(x, MatMul(A, Transpose(A))));

    [Prox(of: nameof(Form))]
    [Require("1 <= n")]
    public virtual partial Tensor OfForm(Tensor x, float step);
}
