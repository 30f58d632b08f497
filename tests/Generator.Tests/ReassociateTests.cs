using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>The order in which matrices are multiplied: what is chosen, and that values stay.</summary>
public class ReassociateTests
{
    private const string Arguments =
        "A: f32[m k] input, B: f32[k n] input, C: f32[n p] input, v: f32[n 1] input, w: f32[k 1] input, u: f32[m 1] input, z: f32[s m k] input, y: f32[s k n] input, t: f32[s n 1] input, "
        + "F: f32[30 35] input, G: f32[35 15] input, H: f32[15 5] input, I: f32[5 10] input, J: f32[10 20] input, K: f32[20 25] input, a: f32[10 1] input";

    /// <summary>The value as a formula: products in parentheses, ' for transposes, Σ1 for a sum over rows and Σ2 over columns.</summary>
    private static string Formula(Node node) => node.Op switch
    {
        Op.Parameter => node.Text.Length > 0 ? node.Text : "_",
        Op.Dot => $"({Formula(node.Inputs[0])} {Formula(node.Inputs[1])})",
        Op.Permute => $"{Formula(node.Inputs[0])}'",
        Op.Reshape => Formula(node.Inputs[0]),
        Op.ReduceSum => $"Σ{string.Join("", node.Ints.Select(axis => axis - node.Inputs[0].Rank + 3))}{Formula(node.Inputs[0])}",
        Op.Full => node.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Op.Result => $"{Formula(node.Inputs[0])}.{node.Ints[0]}",
        Op.Loop => $"Loop[{string.Join("; ", node.Inputs.Select(Formula))}: {string.Join("; ", node.Loop!.Body.Results.Select(Formula))}]",
        _ => $"{node.Op}({string.Join(", ", node.Inputs.Select(Formula))})",
    };

    [Theory]
    // Two matrices and a vector, from either side, transposed, and over a batch.
    [InlineData("p = Dot(A, B) : f32[m n] r = Dot(p, v) : f32[m 1]", "(A (B v))")]
    [InlineData("p = Dot(B, v) : f32[k 1] r = Dot(A, p) : f32[m 1]", "(A (B v))")]
    [InlineData("p = Dot(A, B) : f32[m n] q = Permute(p) axes [1 0] : f32[n m] r = Dot(q, u) : f32[n 1]", "(B' (A' u))")]
    [InlineData("p = Dot(z, y) : f32[s m n] r = Dot(p, t) : f32[s m 1]", "(z (y t))")]
    // Sizes by name: three matrices stay, four with a vector do not.
    [InlineData("p = Dot(A, B) : f32[m n] r = Dot(p, C) : f32[m p]", "((A B) C)")]
    [InlineData("p = Dot(A, B) : f32[m n] q = Permute(v) axes [1 0] : f32[1 n] o = Dot(v, q) : f32[n n] r = Dot(p, o) : f32[m n]", "((A (B v)) v')")]
    // Sizes by number: the textbook's chain.
    [InlineData("p = Dot(F, G) : f32[30 15] q = Dot(p, H) : f32[30 5] o = Dot(q, I) : f32[30 10] l = Dot(o, J) : f32[30 20] r = Dot(l, K) : f32[30 25]", "((F (G H)) ((I J) K))")]
    // Sums are products with ones.
    [InlineData("p = Dot(A, B) : f32[m n] r = ReduceSum(p) axes [1] : f32[m]", "(A Σ2B)")]
    [InlineData("p = Dot(A, B) : f32[m n] r = ReduceSum(p) axes [0] : f32[n]", "(Σ1A B)")]
    [InlineData("p = Dot(A, B) : f32[m n] r = ReduceSum(p) axes [0 1] : f32[]", "Σ1(A Σ2B)")]
    [InlineData("p = Dot(z, y) : f32[s m n] r = ReduceSum(p) axes [2] : f32[s m]", "(z Σ2y)")]
    [InlineData("r = ReduceSum(A) axes [0 1] : f32[]", "Σ12A")]
    // Constants move behind the product; what is computed anyway is scaled where it is.
    [InlineData("c = Full 0.5 : f32[m k] q = Mul(A, c) : f32[m k] r = Dot(q, B) : f32[m n]", "Mul((A B), 0.5)")]
    [InlineData("p = Dot(A, B) : f32[m n] c = Full 0.5 : f32[m n] q = Mul(p, c) : f32[m n] r = Dot(q, v) : f32[m 1]", "Mul((A (B v)), 0.5)")]
    [InlineData("p = Dot(A, B) : f32[m n] q = Neg(p) : f32[m n] o = Permute(q) axes [1 0] : f32[n m] r = Dot(o, u) : f32[n 1]", "Neg((B' (A' u)))")]
    [InlineData("e = Exp(A) : f32[m k] c = Full 0.5 : f32[m k] q = Mul(e, c) : f32[m k] r = Dot(q, B) : f32[m n]", "(Mul(Exp(A), 0.5) B)")]
    [InlineData("c = Full 1000000 : f32[m k] q = Mul(A, c) : f32[m k] r = Dot(q, B) : f32[m n]", "(Mul(A, 1000000) B)")]
    // Rows of a product are dims again between two products.
    [InlineData("x = Reshape(z) : f32[s*m k] p = Dot(x, B) : f32[s*m n] q = Reshape(p) : f32[s m n] c = Full 0.5 : f32[s m n] o = Mul(q, c) : f32[s m n] l = Reshape(o) : f32[s*m n] r = Dot(l, v) : f32[s*m 1]", "Mul((z (B v)), 0.5)")]
    [InlineData("x = Reshape(z) : f32[s*m k] p = Dot(x, B) : f32[s*m n] q = Reshape(p) : f32[s m n] r = ReduceSum(q) axes [2] : f32[s m]", "(z Σ2B)")]
    // What something else reads stays.
    [InlineData("p = Dot(A, B) : f32[m n] q = Dot(p, v) : f32[m 1] o = ReduceMax(p) axes [1] : f32[m] l = Reshape(o) : f32[m 1] r = Add(q, l) : f32[m 1]", "Add(((A B) v), ReduceMax((A B)))")]
    // Unless all its readers gain: an outer product that two products read.
    [InlineData("x = Permute(w) axes [1 0] : f32[1 k] o = Dot(u, x) : f32[m k] p = Dot(o, B) : f32[m n] q = Dot(p, v) : f32[m 1] d = Dot(o, w) : f32[m 1] r = Add(q, d) : f32[m 1]", "Add((u (w' (B v))), (u (w' w)))")]
    // In a loop: what no iteration changes is computed once, so with numbers the count decides.
    [InlineData("(r) = Loop i < 100 carry (x = a) capture (P = I, Q = J) { b = Permute(Q) axes [1 0] : f32[20 10] p = Dot(b, x) : f32[20 1] q = Dot(Q, p) : f32[10 1] yield q }", "Loop[a; (J J'): (_ x)].0")]
    [InlineData("(r) = Loop i < 2 carry (x = a) capture (P = I, Q = J) { b = Permute(Q) axes [1 0] : f32[20 10] p = Dot(b, x) : f32[20 1] q = Dot(Q, p) : f32[10 1] yield q }", "Loop[a; J: (Q (Q' x))].0")]
    public void MultipliesInTheCheapestOrder(string body, string expected)
    {
        var function = Checked(Parse($"func F({Arguments}) {{ {body} return r }}"));
        var changed = Checked(Cleanup.Apply(Reassociate.Run(Cleanup.Apply(function))));
        Assert.Equal(expected, Formula(changed.Results[0]));
        Dictionary<string, long> sizes = new() { ["m"] = 3, ["k"] = 4, ["n"] = 5, ["p"] = 2, ["s"] = 2 };
        var arguments = AutodiffSupport.Arguments(function, sizes);
        AssertClose(IrEvaluator.Run(function, arguments, sizes)[0].Data, IrEvaluator.Run(changed, arguments, sizes)[0].Data, 1e-11, body);
    }

    [Fact]
    public void AProductInFrontOfALoopGoesBackInWhereItIsReadOnlyTwice()
    {
        var function = Checked(Parse(
            """
            func F(A: f32[60 50] input, B: f32[50 60] input, a: f32[60 1] input) {
              p = Dot(A, B) : f32[60 60]
              (r) = Loop i < 2 carry (x = a) capture (P = p) { q = Dot(P, x) : f32[60 1] yield q }
              return r
            }
            """));
        var changed = Checked(Cleanup.Apply(Reassociate.Run(function)));
        Assert.Equal("Loop[a; A; B: (A (B x))].0", Formula(changed.Results[0]));
        var often = Checked(Parse(TextPrinter.Print(function).Replace("i < 2", "i < 200")));
        Assert.Same(often, Reassociate.Run(often));
        Dictionary<string, long> sizes = [];
        var arguments = AutodiffSupport.Arguments(function, sizes);
        AssertClose(IrEvaluator.Run(function, arguments, sizes)[0].Data, IrEvaluator.Run(changed, arguments, sizes)[0].Data, 1e-11, "loop");
    }

    /// <summary>Chains of random sizes against the best of all orders, and against their values.</summary>
    [Fact]
    public void NumbersGiveTheLeastCost()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 300; trial++)
        {
            var length = random.Next(3, 8);
            var sizes = Enumerable.Range(0, length + 1).Select(_ => random.Next(1, 9)).ToArray();
            var builder = new Builder();
            var factors = Enumerable.Range(0, length).Select(i => random.Next(3) == 0
                ? (Parameter: builder.Parameter($"x{i}", new(Generator.Ir.DType.Float64, [sizes[i + 1], sizes[i]])), IsTransposed: true)
                : (Parameter: builder.Parameter($"x{i}", new(Generator.Ir.DType.Float64, [sizes[i], sizes[i + 1]])), IsTransposed: false)).ToArray();
            Node Random(int first, int last)
            {
                if (first == last) return factors[first].IsTransposed ? builder.Transpose(factors[first].Parameter) : factors[first].Parameter;
                var middle = random.Next(first, last);
                Node left = Random(first, middle), right = Random(middle + 1, last);
                var product = random.Next(3) == 0 ? builder.Transpose(builder.Dot(builder.Transpose(right), builder.Transpose(left))) : builder.Dot(left, right);
                return random.Next(4) == 0 ? builder.Scale(product, 0.5) : product;
            }
            var function = Parse("func F() { z = Full 0 : f64[] return z }") with
            {
                Arguments = new([.. factors.Select(f => new FunctionArgument(f.Parameter, ArgumentKind.Input, f.Parameter.Text))]),
                Results = new([Random(0, length - 1)]),
            };
            var changed = Checked(Cleanup.Apply(Reassociate.Run(function)));
            var cost = changed.Body.Schedule().Where(n => n.Op == Op.Dot).Sum(n => n.Inputs[0].Type.Count.Constant!.Value * n.Shape[1].Constant!.Value);
            // Sizes of 1 count as such: they are numbers.
            Assert.True(cost == Least(0, length - 1), $"{cost} instead of {Least(0, length - 1)}:\n{TextPrinter.Print(function)}\n{TextPrinter.Print(changed)}");
            Dictionary<string, long> none = [];
            var arguments = AutodiffSupport.Arguments(function, none);
            AssertClose(IrEvaluator.Run(function, arguments, none)[0].Data, IrEvaluator.Run(changed, arguments, none)[0].Data, 1e-11, TextPrinter.Print(changed));

            long Least(int first, int last) => first == last ? 0
                : Enumerable.Range(first, last - first).Min(middle => Least(first, middle) + Least(middle + 1, last) + (long)sizes[first] * sizes[middle + 1] * sizes[last + 1]);
        }
    }
}
