using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A linear field and three methods that look for its zero.</summary>
/// <param name="n">The dimension.</param>
[Network]
public partial class LinearField(int n)
{
    /// <summary>The matrix A.</summary>
    [Parameter("n n", DType.Float64)] public partial Tensor Matrix { get; }

    /// <summary>A x.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Field([Shape("n", DType.Float64)] Tensor x) => MatMul(Matrix, x);

    /// <summary>A step against the field: <c>x - γ F(x)</c>.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Forward([Shape("n", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor step) => x - step * Field(x);

    /// <summary>What the proximal point solves: <c>z = x - γ F(z)</c>.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Implicit([Shape("n", DType.Float64)] Tensor z, [Shape("n", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor step) => x - step * Field(z);

    /// <summary>The proximal point step.</summary>
    [FixedPoint(of: nameof(Implicit), Solver = Solver.Broyden, Tolerance = 1e-15, MaxIterations = 100)]
    public virtual partial Tensor ProximalPoint(Tensor z, Tensor x, Tensor step);

    /// <summary>The extragradient step: <c>x - γ₂ F(x - γ₁ F(x))</c>.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Extragradient([Shape("n", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor first, [Shape("", DType.Float64)] Tensor second) =>
        x - second * Field(Forward(x, first));

    /// <summary>The extragradient step for every pair of step lengths.</summary>
    [Vmap(of: nameof(Extragradient), In = "first, second")]
    public virtual partial Tensor Extragradients(Tensor x, Tensor first, Tensor second);
}

/// <summary>A field that is ρ-negatively comonotone, <c>(A⁻¹ - ρ)⁻¹</c> of a monotone A, and the proximal point method on it.</summary>
/// <remarks>With <c>y = F(x)</c> the definition says <c>y = A(x + ρ y)</c>, and the proximal point <c>x - γ y</c> has <c>y = A(x - (γ - ρ) y)</c>.</remarks>
/// <param name="n">The dimension.</param>
[Network]
public partial class ComonotoneField(int n)
{
    /// <summary>A matrix whose skew part turns.</summary>
    [Parameter("n n", DType.Float64)] public partial Tensor Turn { get; }

    /// <summary>The directions in which A saturates.</summary>
    [Parameter("n n", DType.Float64)] public partial Tensor Mix { get; }

    /// <summary>A(u): a skew part and the gradient of a sum of log cosh. It is monotone, and 0 at 0.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Monotone([Shape("n", DType.Float64)] Tensor u) => MatMul(Turn - Transpose(Turn), u) + MatMul(Tanh(MatMul(u, Mix)), Transpose(Mix));

    /// <summary><c>A(x - s y)</c>.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Shifted([Shape("n", DType.Float64)] Tensor y, [Shape("n", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor shift) => Monotone(x - shift * y);

    /// <summary>The y with <c>y = A(x - s y)</c>: the field itself at x for <c>s = -ρ</c>, and at the proximal point of x for <c>s = γ - ρ</c>.</summary>
    [FixedPoint(of: nameof(Shifted), Solver = Solver.Broyden, Window = 32, Tolerance = 1e-13, MaxIterations = 500)]
    public virtual partial (Tensor Y, Tensor Iterations, Tensor Residual) Field(Tensor y, Tensor x, Tensor shift);
}
