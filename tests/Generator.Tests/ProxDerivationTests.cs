using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>What the remarks of derived operators and algorithms say of how they were found.</summary>
public class ProxDerivationTests
{
    private const string Source =
        """
        [Network]
        public partial class Coder(int m, int n)
        {
            [Parameter("n m")] public partial Tensor A { get; }

            [return: Shape("")]
            public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

            [return: Shape("")]
            public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x)) / 4 + Sum(Proxima.Proximal.L2Norm.Value(x)) + 2;

            [return: Shape("")]
            [Require("1 <= n")]
            public virtual Tensor Variation([Shape("b n")] Tensor x) => Sum(Abs(x[.., 1..] - 2 * x[.., ..^1]));

            [Prox(of: nameof(Prior), Conjugate = true)]
            public virtual partial Tensor Dual(Tensor x, float step);

            [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior))]
            public virtual partial Tensor Solve(Tensor x, Tensor y);

            [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Variation))]
            [Require("1 <= n")]
            public virtual partial Tensor Smooth(Tensor x, Tensor y);

            [return: Shape("")]
            public virtual Tensor Picked([Shape("b n")] Tensor x, [Shape("e", DType.Int64)] Tensor from) => 0.5 * Sum(Square(IndexSelect(x, 1, from)));

            [Unroll(Algorithm.Ista, smooth: nameof(Picked), proximable: nameof(Prior))]
            public virtual partial Tensor Select(Tensor x, Tensor from);

            [Unroll(Algorithm.Auto, smooth: nameof(Fit), proximable: nameof(Variation))]
            [Require("1 <= n")]
            public virtual partial Tensor Any(Tensor x, Tensor y);

            [return: Shape("b")]
            public virtual Tensor Ratios([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Proxima.Proximal.Huber.Value(x[.., 1..] / x[.., ..1], 0.5f), dim: 1);

            [Prox(of: nameof(Ratios))]
            public virtual partial Tensor Perspective(Tensor x, [Shape("b")] Tensor step);

            [return: Shape("b")]
            public virtual Tensor Round([Shape("b n")] Tensor x) => Proxima.Proximal.L2Ball.Value(x, 0.5f);

            [return: Shape("b")]
            public virtual Tensor Robust([Shape("b")] Tensor d) => Proxima.Proximal.Huber.Value(d, 0.5f);

            [return: Shape("b n")]
            public virtual Tensor Doubled([Shape("b n")] Tensor x) => 2 * x;

            [Prox(of: nameof(Round), FunctionOfDistance = nameof(Robust))]
            public virtual partial Tensor Near(Tensor x, [Shape("b")] Tensor step);

            [Prox(of: nameof(Round), Image = nameof(Doubled))]
            public virtual partial Tensor Image(Tensor x, [Shape("b")] Tensor step);
        }
        """;

    private static readonly string s_code = GeneratorHarness.Run(Source)["Coder.Cpu.proxima.g.cs"];

    /// <summary>The derivation in the remarks of what computes a method.</summary>
    private static string[] Of(string method)
    {
        var start = s_code.IndexOf("<list type=\"number\">", s_code.IndexOf($" Tensor {method}(", StringComparison.Ordinal), StringComparison.Ordinal);
        var end = s_code.IndexOf("</list>", start, StringComparison.Ordinal);
        return [.. s_code[start..end].Split('\n').Where(line => line.Contains("<item>")).Select(line => line[(line.IndexOf("<item>", StringComparison.Ordinal) + 6)..line.IndexOf("</item>", StringComparison.Ordinal)])];
    }

    [Fact]
    public void EachRuleIsNamedWithItsSource() => Assert.Equal(
    [
        "Absolute of 'x' (Donoho 1995)",
        "L2Norm of 'x' (Beck 2017, 6.19; Yu 2013, theorem 4)",
        "sum: the operator of Absolute, then that of L2Norm; the others are positively homogeneous (Yu 2013, theorem 4)",
        "conjugate: prox of step f* at x = x - step (prox of f / step at x / step); f is convex (Moreau 1965)",
    ], Of("Dual"));

    [Fact]
    public void AnAlgorithmSaysWhatItIsMadeOf() => Assert.Equal(
    [
        "operator of proximable: Absolute of 'x' (Donoho 1995)",
        "operator of proximable: L2Norm of 'x' (Beck 2017, 6.19; Yu 2013, theorem 4)",
        "operator of proximable: sum: the operator of Absolute, then that of L2Norm; the others are positively homogeneous (Yu 2013, theorem 4)",
        "step: 1/L, where L bounds the Lipschitz constant of the gradient: the norms of its matrices by Gram iteration",
        "FISTA: x' = prox(y - step ∇F(y)) with y = x + k/(k + 3) (x - x before); F(x) + R(x) less its minimum falls as 1/k² (Beck and Teboulle 2009; Chambolle and Dossal 2015)",
    ], Of("Solve"));

    [Fact]
    public void ComposedFunctionsSayByWhichRule()
    {
        Assert.StartsWith("the perspective of Huber: (τ, τ p) with p the operator of f / τ at y / τ, where τ = t + ⟨y - τ p, p⟩ - step f(p), by bisection", Of("Perspective")[1]);
        Assert.EndsWith("f is convex (Combettes and Müller 2018)", Of("Perspective")[1]);
        Assert.Equal("function of a distance: P x + (prox of φ at d) / d (x - P x) with the projection P and the distance d; the set is convex, φ is convex and rises from 0 on (Bauschke and Combettes 2017, 24.27)", Of("Near")[^1]);
        Assert.Equal("image: prox at y is L x for the least of f(x) + |L x - y|²/2, where LᵀL is diagonal: f with quadratic terms, at Lᵀ y (Bauschke and Combettes 2017, definition 12.34)", Of("Image")[^1]);
    }

    [Fact]
    public void AMeasuredNormIsSaidToBeOne()
    {
        var rules = Of("Select");
        Assert.Contains(rules, rule => rule.StartsWith("bound: norm of a linear map without a matrix: ", StringComparison.Ordinal));
        Assert.Contains("step: 1/L, where L bounds the Lipschitz constant of the gradient", rules);
    }

    [Fact]
    public void ADualAlgorithmTakesTheMapApart() => Assert.Contains("parts of proximable: Absolute of 'x[.., 1..] - 2 * x[.., ..^1]' (Donoho 1995)", Of("Smooth"));

    [Fact]
    public void TheChoiceOfAnAlgorithmSaysWhyNotTheOnesBefore()
    {
        var choice = Of("Any")[^1];
        Assert.StartsWith("chosen: ChambollePock; not Fista: Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal", choice);
        Assert.Contains("; not Ista: ", choice);
        Assert.Contains("; not DouglasRachford: ", choice);
        Assert.Equal(Of("Smooth"), Of("Any")[..^1]);
    }

    [Fact]
    public void TheLoopStaysALoop() => Assert.Contains("Loop k2 &lt; 16 carry", s_code);
}
