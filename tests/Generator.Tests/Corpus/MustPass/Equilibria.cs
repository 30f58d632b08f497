// Fixed points and bounds: alone, in bodies, differentiated, and of each other's results.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Step([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => Tanh(MatMul(z, Weight) + x);

    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, Tolerance = 1e-4, Backward = Backward.Implicit)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Solve(Tensor z, Tensor x);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var (z, _, _) = Solve(Zeros(x.Dim(0), n), x);
        return z;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Jvp(of: nameof(Forward))]
    public virtual partial (Tensor Value, Tensor Tangent) ForwardJvp(Tensor x, Tensor dx);

    [Bounds(of: nameof(Step), wrt: "z, x", Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) StepRange(Tensor z, Tensor x, Tensor zUpper, Tensor xUpper);

    [return: Shape("b n")]
    public virtual Tensor Shrink([Shape("b n")] Tensor width)
    {
        var (lower, upper) = StepRange(-width, -width, width, width);
        return 0.5 * (upper - lower);
    }

    [FixedPoint(of: nameof(Shrink))]
    public virtual partial Tensor Width(Tensor width);
}
