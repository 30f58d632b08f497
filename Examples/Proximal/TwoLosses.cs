using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A quadratic loss f whose gradient is expensive, and another one h that stands in for it. A step asks for one gradient g of f, and minimises
/// <c>h(x) + ⟨g - ∇h(x_t), x⟩ + |x - x_t|²/(2η)</c>, which takes h only.
/// </summary>
/// <remarks>Woodworth, Mishchenko and Bach, "Two Losses Are Better Than One: Faster Optimization Using a Cheaper Proxy" (ICML 2023).</remarks>
/// <param name="n">The dimension.</param>
[Network]
public partial class QuadraticLosses(int n)
{
    /// <summary>The second derivative of f.</summary>
    [Parameter("n n", DType.Float64)] public partial Tensor Expensive { get; }

    /// <summary>The second derivative of h.</summary>
    [Parameter("n n", DType.Float64)] public partial Tensor Cheap { get; }

    /// <summary>The linear part of f.</summary>
    [Parameter("n", DType.Float64)] public partial Tensor Pull { get; }

    /// <summary>f.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Loss([Shape("n", DType.Float64)] Tensor x) => 0.5 * Sum(x * MatMul(Expensive, x)) - Sum(Pull * x);

    /// <summary>h.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Proxy([Shape("n", DType.Float64)] Tensor x) => 0.5 * Sum(x * MatMul(Cheap, x));

    /// <summary>The gradient of f.</summary>
    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossSlope(Tensor x);

    /// <summary>The gradient of h.</summary>
    [Gradient(of: nameof(Proxy), wrt: "x")]
    public virtual partial Tensor ProxySlope(Tensor x);

    /// <summary>What a step minimises.</summary>
    /// <param name="x">Where.</param>
    /// <param name="centre">The point so far.</param>
    /// <param name="g">The gradient of f there.</param>
    /// <param name="eta">How far the step goes.</param>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Surrogate([Shape("n", DType.Float64)] Tensor x, [Shape("n", DType.Float64)] Tensor centre, [Shape("n", DType.Float64)] Tensor g, [Shape("", DType.Float64)] Tensor eta) =>
        Proxy(x) + Sum((g - ProxySlope(centre)) * x) + Sum(Square(x - centre)) / (2 * eta);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Surrogate), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor centre, Tensor g, Tensor eta);

    /// <summary>Its second derivative.</summary>
    [Jacobian(of: nameof(Slope), wrt: "x")]
    public virtual partial Tensor Curvature(Tensor x, Tensor centre, Tensor g, Tensor eta);

    /// <summary>The next point: of a quadratic function one step of Newton is the minimum.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Next([Shape("n", DType.Float64)] Tensor centre, [Shape("n", DType.Float64)] Tensor g, [Shape("", DType.Float64)] Tensor eta) =>
        centre - Squeeze(Solve(Curvature(centre, centre, g, eta), Unsqueeze(Slope(centre, centre, g, eta), 1)), 1);
}

/// <summary>
/// Logistic regression on few private samples, with many samples of lesser quality to stand in for them: the same method, whose minimum takes several steps of Newton.
/// </summary>
/// <param name="n">The number of features.</param>
/// <param name="newton">The number of steps of Newton.</param>
[Network]
public partial class LogisticLosses(int n, int newton = 3)
{
    /// <summary>The mean logistic loss of labels of -1 and 1, and a pull to zero.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Loss([Shape("n", DType.Float64)] Tensor w, [Shape("b n", DType.Float64)] Tensor x, [Shape("b", DType.Float64)] Tensor label) =>
        Mean(Softplus(-label * MatMul(x, w))) + 1e-6 * Sum(Square(w));

    /// <summary>Its gradient, of any samples.</summary>
    [Gradient(of: nameof(Loss), wrt: "w")]
    public virtual partial Tensor LossSlope(Tensor w, Tensor x, Tensor label);

    /// <summary>Its second derivative.</summary>
    [Jacobian(of: nameof(LossSlope), wrt: "w")]
    public virtual partial Tensor LossCurvature(Tensor w, Tensor x, Tensor label);

    /// <summary>What a step minimises: of the private samples it knows the gradient g at the centre only.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Surrogate(
        [Shape("n", DType.Float64)] Tensor w, [Shape("b n", DType.Float64)] Tensor x, [Shape("b", DType.Float64)] Tensor label,
        [Shape("n", DType.Float64)] Tensor centre, [Shape("n", DType.Float64)] Tensor g, [Shape("", DType.Float64)] Tensor eta) =>
        Loss(w, x, label) + Sum((g - LossSlope(centre, x, label)) * w) + Sum(Square(w - centre)) / (2 * eta);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Surrogate), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w, Tensor x, Tensor label, Tensor centre, Tensor g, Tensor eta);

    /// <summary>Its second derivative.</summary>
    [Jacobian(of: nameof(Slope), wrt: "w")]
    public virtual partial Tensor Curvature(Tensor w, Tensor x, Tensor label, Tensor centre, Tensor g, Tensor eta);

    /// <summary>The next point.</summary>
    [return: Shape("n", DType.Float64)]
    public virtual Tensor Next(
        [Shape("b n", DType.Float64)] Tensor x, [Shape("b", DType.Float64)] Tensor label, [Shape("n", DType.Float64)] Tensor centre, [Shape("n", DType.Float64)] Tensor g, [Shape("", DType.Float64)] Tensor eta)
    {
        var w = centre;
        for (var k = 0; k < newton; k++)
            w = w - Squeeze(Solve(Curvature(w, x, label, centre, g, eta), Unsqueeze(Slope(w, x, label, centre, g, eta), 1)), 1);
        return w;
    }
}
