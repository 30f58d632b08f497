using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Two problems in one: the upper one chooses x and, among the solutions of the lower one at x, the best y. The lower problem is replaced by one inequality, that its objective at y is no
/// more than its proximal Lagrangian value, and the derivatives of that value are first derivatives at a saddle point that is followed along the way.
/// </summary>
/// <remarks>
/// Yao, Yu, Zeng, Zhang (ICLR 2024). The value is min over θ and max over λ of f(x, θ) + λ g(x, θ) + |θ - y|² / (2 γ₁) - (λ - z)² / (2 γ₂). No second derivative is declared, and
/// so none is compiled.
/// </remarks>
/// <param name="n">The size of x; y has twice as many elements.</param>
/// <param name="isBudget">Which of the two problems: false for one whose lower level has many solutions on a plane, true for one whose lower level has a budget.</param>
[Network]
public partial class ValueBilevel(int n, bool isBudget)
{
    /// <summary>F, the objective of the upper problem.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Upper([Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y)
    {
        if (isBudget) return 0.5 * Sum(Square(y)) + 0.5 * Sum(Square(x - 1));
        return 0.5 * Sum(Square(x - y[n..])) + 0.5 * Sum(Square(y[..n] - 1));
    }

    /// <summary>f, that of the lower one.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Lower([Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y)
    {
        if (isBudget) return 0.5 * Sum(Square(y - Concat([x, x], 0) - 1));
        return 0.5 * Sum(Square(y[..n])) - Sum(x * y[..n]) + Sum(y[n..]);
    }

    /// <summary>g, the constraint of the lower problem: 0, or with a budget at most 0.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Constraint([Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y)
    {
        if (isBudget) return Sum(y) - Sum(x);
        return Sum(y) + Sum(x);
    }

    /// <summary>Multipliers that the constraint may have.</summary>
    private Tensor Admit(Tensor multiplier)
    {
        if (isBudget) return Clamp(multiplier, 0, 10);
        return multiplier;
    }

    /// <summary>The nearest pair that satisfies the constraint.</summary>
    private Tensor Join(Tensor pair)
    {
        var one = Ones(n).To(DType.Float64);
        if (isBudget) return Halfspace.Project(pair, Concat([-one, one, one], 0), Zeros(1).To(DType.Float64));
        return Hyperplane.Project(pair, Concat([one, one, one], 0), Zeros(1).To(DType.Float64));
    }

    /// <summary>What the value is a saddle value of.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Saddle(
        [Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y, [Shape("", DType.Float64)] Tensor z, [Shape("2*n", DType.Float64)] Tensor theta, [Shape("", DType.Float64)] Tensor lambda,
        [Shape("2", DType.Float64)] Tensor gammas) =>
        Lower(x, theta) + lambda * Constraint(x, theta) + 0.5 * Sum(Square(theta - y)) / gammas[0] - 0.5 * Square(lambda - z) / gammas[1];

    /// <summary>How F changes.</summary>
    [Gradient(of: nameof(Upper), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) UpperSlopes(Tensor x, Tensor y);

    /// <summary>How f changes.</summary>
    [Gradient(of: nameof(Lower), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) LowerSlopes(Tensor x, Tensor y);

    /// <summary>Where the saddle point lies.</summary>
    [Gradient(of: nameof(Saddle), wrt: "theta, lambda")]
    public virtual partial (Tensor Theta, Tensor Lambda) SaddleSlopes(Tensor x, Tensor y, Tensor z, Tensor theta, Tensor lambda, Tensor gammas);

    /// <summary>At the saddle point these are the derivatives of the value (Danskin).</summary>
    [Gradient(of: nameof(Saddle), wrt: "x, y, z")]
    public virtual partial (Tensor X, Tensor Y, Tensor Z) ValueSlopes(Tensor x, Tensor y, Tensor z, Tensor theta, Tensor lambda, Tensor gammas);

    /// <summary>A step towards the saddle point: down in θ, up in λ.</summary>
    [return: Shape("2*n", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Theta, Tensor Lambda) Approach(
        [Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y, [Shape("", DType.Float64)] Tensor z, [Shape("2*n", DType.Float64)] Tensor theta, [Shape("", DType.Float64)] Tensor lambda,
        [Shape("2", DType.Float64)] Tensor gammas, [Shape("", DType.Float64)] Tensor step)
    {
        var (down, up) = SaddleSlopes(x, y, z, theta, lambda, gammas);
        return (theta - step * down, Admit(lambda + step * up));
    }

    /// <summary>Many steps at fixed x, y and z: the saddle point itself.</summary>
    [return: Shape("2*n", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Theta, Tensor Lambda) Settle(
        [Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y, [Shape("", DType.Float64)] Tensor z, [Shape("2", DType.Float64)] Tensor gammas, [Shape("", DType.Float64)] Tensor step, int steps)
    {
        var (theta, lambda) = (y, z);
        for (var k = 0; k < steps; k++) (theta, lambda) = Approach(x, y, z, theta, lambda, gammas, step);
        return (theta, lambda);
    }

    /// <summary>The algorithm, from an iteration on: one step of the saddle point, one of x and y, one of z.</summary>
    /// <param name="x">x.</param>
    /// <param name="y">y.</param>
    /// <param name="z">The multiplier that λ is held near.</param>
    /// <param name="theta">θ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="gammas">γ₁ and γ₂.</param>
    /// <param name="settings">The steps of x and y, of the saddle point and of z, the power of the penalty, and 1, or 0 to leave the lower problem out.</param>
    /// <param name="start">How many iterations there have been.</param>
    /// <param name="steps">How many there will be.</param>
    [return: Shape("n", DType.Float64), Shape("2*n", DType.Float64), Shape("", DType.Float64), Shape("2*n", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor X, Tensor Y, Tensor Z, Tensor Theta, Tensor Lambda) Iterate(
        [Shape("n", DType.Float64)] Tensor x, [Shape("2*n", DType.Float64)] Tensor y, [Shape("", DType.Float64)] Tensor z, [Shape("2*n", DType.Float64)] Tensor theta, [Shape("", DType.Float64)] Tensor lambda,
        [Shape("2", DType.Float64)] Tensor gammas, [Shape("5", DType.Float64)] Tensor settings, int start, int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            (theta, lambda) = Approach(x, y, z, theta, lambda, gammas, settings[1]);
            var penalty = Pow((start + k + 1) + 0 * settings[3], settings[3]);
            var (upperX, upperY) = UpperSlopes(x, y);
            var (lowerX, lowerY) = LowerSlopes(x, y);
            var (valueX, valueY, valueZ) = ValueSlopes(x, y, z, theta, lambda, gammas);
            var pair = Join(Concat([x - settings[0] * (upperX / penalty + settings[4] * (lowerX - valueX)), y - settings[0] * (upperY / penalty + settings[4] * (lowerY - valueY))], 0));
            (x, y) = (pair[..n], pair[n..]);
            z = Admit(z + settings[2] * valueZ);
        }
        return (x, y, z, theta, lambda);
    }
}
