using Proxima.Generator.Ir;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

public sealed class LoweringTests
{
    private const string ListaForward = """
        (block
          (let c (op MatMul (arg x (local y)) (arg y (param Encoder))))
          (let x (op SoftThreshold (arg x (local c)) (arg threshold (index (param Threshold) (at (int 0))))))
          (for k (int 1) (size layers) (int 1) (block
            (assign x (op SoftThreshold
              (arg x (binary + (local c) (op MatMul (arg x (local x)) (arg y (param Inhibition)))))
              (arg threshold (index (param Threshold) (at (local k))))))))
          (return (local x)))
        """;

    private const string ListaLoss = """
        (block (return (op Mean (arg x (op Square (arg x (binary - (method Forward (arg y (local y))) (local target))))))))
        """;

    internal static NetworkDeclaration Lista() => Network("Lista", "m, n, layers",
        Parameter("Encoder", "m n"), Parameter("Inhibition", "n n"), Parameter("Threshold", "layers"),
        Method("Forward(y: b m) -> b n", ListaForward),
        Method("Loss(y: b m, target: b n) ->", ListaLoss),
        Gradient("LossGradient(y, target) -> Gradients", "Loss"),
        Gradient("InputGradient(signal, goal) -> b m", "Loss", "y"),
        Method("Step(y: b m, target: b n) -> m n", """
            (block
              (let g (method LossGradient (arg y (local y)) (arg target (local target))))
              (let h (method LossGradient (arg y (local y)) (arg target (binary * (local target) (int 2)))))
              (return (binary - (param Encoder) (binary * (float 0.1) (binary + (gradient Encoder (local g)) (gradient Encoder (local h)))))))
            """));

    /// <summary>A child with a parameter, an array of children of its own, and methods.</summary>
    internal static readonly NetworkDeclaration Block = Network("Block", "int width, float slope, bool gated",
        Parameter("Weight", "width width"), Parameter("Bias", "width"),
        Method("Forward(x: ... width) -> ... width", """
            (block
              (let h (binary + (op MatMul (arg x (local x)) (arg y (param Weight))) (param Bias)))
              (if (size gated) (block (assign h (binary * (local h) (op Sigmoid (arg x (local h)))))) (block))
              (return (op Where (arg condition (binary > (local h) (int 0))) (arg x (local h)) (arg y (binary * (size slope) (local h))))))
            """));

    internal static readonly NetworkDeclaration Functions = Network("Functions", "",
        Method("Energy(x: ... d) -> ...", "(block (return (op Sum (arg x (op Square (arg x (local x)))) (arg dim (int -1)) (arg keepDim (bool false)))))"),
        Method("Split(x: d) -> ; d", "(block (return (tuple (op Sum (arg x (local x))) (binary * (local x) (dim (local x) (int 0))))))"));

    /// <summary>Bodies of <see cref="Playground"/> that between them use every construct.</summary>
    internal static readonly string[] Bodies =
    [
        ListaForward.Replace("Encoder", "W", StringComparison.Ordinal).Replace("Inhibition", "V", StringComparison.Ordinal),
        "(block (let x (local y)) (foreach b (field blocks) (block (assign x (child Forward (local b) (arg x (local x)))))) (return (op MatMul (arg x (local x)) (arg y (param W)))))",
        "(block (lettuple (names (local s) (local t)) (function Functions.Split (arg x (index (local y) (at (int 0)) (range (null) (null)))))) (return (binary * (op MatMul (arg x (local y)) (arg y (param W))) (local s))))",
        "(block (let t (float 1)) (for k (int 0) (size layers) (int 1) (block (let u (binary / (binary + (int 1) (math Sqrt (binary * (local t) (local t)))) (int 2))) (assign t (local u)))) (return (binary * (local t) (op MatMul (arg x (local y)) (arg y (param W))))))",
        "(block (let x (local y)) (if (binary && (binary < (size m) (size n)) (binary != (size m) (int 3))) (block (assign x (op Tanh (arg x (local x))))) (block (assign x (op Exp (arg x (local x)))))) (return (op MatMul (arg x (local x)) (arg y (param W)))))",
        "(block (let z (op Map (arg x (local y)) (arg f (lambda (names (local v)) (cond (binary > (local v) (int 0)) (binary / (local v) (binary + (int 1) (math Abs (local v)))) (unary - (local v))))))) (return (op MatMul (arg x (local z)) (arg y (param W)))))",
        "(block (let c (op Concat (arg tensors (array (local y) (op Zeros (arg shape (array (dim (local y) (int 0)) (size n))))))  (arg dim (int 1)))) (return (op Slice (arg x (local c)) (arg dim (int -1)) (arg start (size m)) (arg end (binary + (size m) (size n))) (arg step (int 1)))))",
        "(block (let s (op Stack (arg tensors (array (op MatMul (arg x (local y)) (arg y (param W))) (op Ones (arg shape (array (dim (local y) (int 0)) (size n)))))) (arg dim (int 0)))) (let p (op Softmax (arg x (op Sum (arg x (local s)) (arg dim (int 0)) (arg keepDim (bool false)))) (arg dim (int -1)))) (return (cast Float32 (cast Float64 (local p)))))",
        "(block (let x (op Reshape (arg x (local y)) (arg shape (array (int -1))))) (let r (op Expand (arg x (op Unsqueeze (arg x (index (local x) (range (int 0) (fromend (int 0))))) (arg dim (int 0)))) (arg shape (array (size n) (int -1))))) (return (op MatMul (arg x (local y)) (arg y (param W)))))",
    ];

    internal static NetworkDeclaration Playground(Surface body) => Network("Playground", "m, n, layers, float rate, bool flag",
        Parameter("W", "m n"), Parameter("V", "n n"), Parameter("Threshold", "layers"), Parameter("Mean", "n", isBuffer: true),
        Children("blocks", "Block", "(binary + (size layers) (int 1))", "(arg width (size m))", "(arg slope (size rate))", "(arg gated (size flag))"),
        Child("one", "Block", "(arg width (size n))", "(arg slope (float 0.5))", "(arg gated (bool true))"),
        Elements("pair", "Block",
            "(new Block (arg width (size m)) (arg slope (float 0)) (arg gated (bool false)))", "(new Block (arg width (size m)) (arg slope (float 1)) (arg gated (bool true)))"),
        Method("Forward(y: b m) -> b n", null) with { Body = body });

    private static string Lowered(string body, string signature = "Forward(y: b m) -> b n")
    {
        var playground = Playground(Surface.Parse(body));
        var network = playground with { Methods = new([Method(signature, body)]) };
        return Print(Function(network, "Forward", Block, Functions));
    }

    private static void Expect(string expected, string actual) => Assert.Equal(expected.Trim(), actual.Trim(), ignoreLineEndingDifferences: true);

    [Fact]
    public void ListaBecomesOneLoop() => Expect("""
        func Forward(y: f32[b m] input, Encoder: f32[m n] weight, Inhibition: f32[n n] weight, Threshold: f32[layers] weight) {
          bind b = "y" 0
          bind yDim1 = "y" 1
          check yDim1 == m "y is declared [b m]; its dimension 1 must be m"
          check 1 <= layers "Threshold is [layers]; index 0 must be within dimension 0, which is layers"
          c = Dot(y, Encoder) : f32[b n]
          %1 = Slice(Threshold) at [0] step [1] : f32[1]
          %2 = Reshape(%1) : f32[]
          %3 = Broadcast(%2) : f32[b n]
          x = SoftThreshold(c, %3) : f32[b n]
          (x.2) = Loop k < layers-1 carry (x.3 = x) capture (Inhibition.2 = Inhibition, c.2 = c, Threshold.2 = Threshold) {
            %4 = Dot(x.3, Inhibition.2) : f32[b n]
            %5 = Add(c.2, %4) : f32[b n]
            %6 = Slice(Threshold.2) at [k+1] step [1] : f32[1]
            %7 = Reshape(%6) : f32[]
            %8 = Broadcast(%7) : f32[b n]
            x.4 = SoftThreshold(%5, %8) : f32[b n]
            yield x.4
          }
          return x.2
        }
        """, Print(Function(Lista(), "Forward")));

    [Fact]
    public void NodesNameTheirSource()
    {
        var forward = Function(Lista(), "Forward");
        var loop = forward.Results[0].Inputs[0].Loop!;
        Assert.Equal("x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k])", SurfaceText.ToCSharp(loop.Body.Results[0].Source!));
        Assert.Equal("c + MatMul(x, Inhibition)", SurfaceText.ToCSharp(loop.Body.Results[0].Inputs[0].Source!));
        Assert.Equal("for (var k = 1; k < layers; k++)", SurfaceText.ToCSharp(forward.Results[0].Inputs[0].Source!));
    }

    [Fact]
    public void LossInlinesForward()
    {
        var loss = Function(Lista(), "Loss");
        Assert.Equal(["y", "target", "Encoder", "Inhibition", "Threshold"], loss.Arguments.Select(a => a.Name));
        Assert.Contains("%12 = Size [b*n] : f32[]", Print(loss), StringComparison.Ordinal);
        Assert.Contains("check targetDim0 == b \"target is declared [b n]; its dimension 0 must be b\"", Print(loss), StringComparison.Ordinal);
    }

    [Fact]
    public void GradientsAreMethods()
    {
        var gradient = Function(Lista(), "LossGradient");
        Verifier.Check(gradient);
        Assert.Equal(["", "Encoder", "Inhibition", "Threshold"], gradient.ResultNames);
        var input = Function(Lista(), "InputGradient");
        Verifier.Check(input);
        Assert.Equal("[b m]", Assert.Single(input.Results).Type.ShapeText);
        Assert.Equal(["signal", "goal"], input.Arguments.Where(a => a.Kind == ArgumentKind.Input).Select(a => a.Name));
        Assert.Contains(input.Checks, c => c.Message == "goal is declared [b n]; its dimension 1 must be n");
    }

    [Fact]
    public void GradientsAreCalledInBodies()
    {
        var step = Function(Lista(), "Step");
        Verifier.Check(step);
        var counters = step.Body.Schedule().Where(n => n.Loop is not null).Select(n => n.Loop!.Counter).ToList();
        Assert.Equal(counters.Count, counters.Distinct().Count());
        Assert.Equal("[m n]", step.Results[0].Type.ShapeText);
    }

    [Fact]
    public void GradientsOfChildrenAreCalledInLoops()
    {
        var child = Network("Descent", "width", Parameter("Weight", "width"),
            Method("Energy(x: b width) ->", "(block (return (op Sum (arg x (op Square (arg x (binary * (local x) (param Weight))))))))"),
            Gradient("Slope(x) -> b width", "Energy", "x"),
            Gradient("Learn(x) -> Gradients", "Energy"));
        const string body = """
            (block (let x (local y))
              (for k (int 0) (size depth) (int 1) (block
                (let g (child Learn (element steps (local k)) (arg x (local x))))
                (assign x (binary - (binary * (local x) (gradient "steps.Weight" (local g))) (child Slope (element steps (local k)) (arg x (local x)))))))
              (return (local x)))
            """;
        var network = Network("Net", "n, depth", Children("steps", "Descent", "(size depth)", "(arg width (size n))"), Method("Forward(y: b n) -> b n", body.Replace("\"steps.Weight\"", "Weight", StringComparison.Ordinal)));
        var function = Function(network, "Forward", child);
        Verifier.Check(function);
        Assert.Equal(["steps.*.Weight f32[depth n]"], Weights(function));
        Assert.Equal("depth", Assert.Single(function.Body.Schedule(), n => n.Op == Op.Loop).Loop!.Trips.ToString());
    }

    [Fact]
    public void DirectionalDerivativesTakeTheirNames()
    {
        var network = Network("Net", "m, n", Parameter("W", "m n"),
            Method("Forward(y: b m) -> b n", "(block (return (op Tanh (arg x (op MatMul (arg x (local y)) (arg y (param W)))))))"),
            Method("Push(y, direction) -> b n; b n", null, new TransformDeclaration("Jvp", "Forward", EquatableArray<string>.Empty, EquatableArray<Surface>.Empty, Origin.None, Origin.None)));
        var function = Function(network, "Push");
        Verifier.Check(function);
        Assert.Contains(function.Checks, c => c.ToString() == "EntryCheck { Left = directionDim1, Relation = ==, Right = m, Message = direction must be [b m]; its dimension 1 must be m }");
        Assert.Equal(["y", "direction"], function.Arguments.Where(a => a.Kind == ArgumentKind.Input).Select(a => a.Name));
    }

    [Fact]
    public void EveryBodyLowers()
    {
        foreach (var body in Bodies)
        {
            var result = Lower(Playground(Surface.Parse(body)), "Forward", Block, Functions);
            Assert.True(result.Findings.Length == 0, string.Join("\n", result.Findings.Select(Text)));
            foreach (var variant in result.Variants) Verifier.Check(variant);
        }
    }

    private static Function[] Variants(string body, string signature)
    {
        var result = Lower(Playground(Surface.Parse(body)) with { Methods = new([Method(signature, body)]) }, "Forward", Block, Functions);
        Assert.Empty(result.Findings.Select(Text));
        return [.. result.Variants];
    }

    private static string[] Weights(Function function) => [.. function.Arguments.Where(a => a.Kind != ArgumentKind.Input).Select(a => $"{a.Name} {a.Node.Type}")];

    [Fact]
    public void ArraysOfChildrenAreStacks()
    {
        var variants = Variants("(block (let x (local y)) (foreach b (field blocks) (block (assign x (child Forward (local b) (arg x (local x)))))) (return (local x)))", "Forward(y: b m) -> b m");
        Assert.Equal(["flag == 0", "!(flag == 0)"], variants.Select(v => string.Join(", ", v.Assumptions)));
        foreach (var variant in variants)
        {
            Verifier.Check(variant);
            Assert.Equal(["blocks.*.Weight f32[layers+1 m m]", "blocks.*.Bias f32[layers+1 m]"], Weights(variant));
            var loop = variant.Results[0].Inputs[0].Loop!;
            // The size b is taken, so the counter gets a number.
            Assert.Equal(("b1", "layers+1", 1), (loop.Counter, loop.Trips.ToString(), loop.Carries));
            Assert.Equal(variant.Assumptions[0].Holds ? 0 : 1, loop.Body.Schedule().Count(n => n.Op == Op.Sigmoid));
            Assert.Equal("b1,0,0", string.Join(",", loop.Body.Schedule().Single(n => n.Op == Op.Slice && n.Rank == 3).Dims));
        }
    }

    [Fact]
    public void ElementsAreChildrenOfTheirOwn()
    {
        var function = Assert.Single(Variants("(block (let x (local y)) (foreach b (field pair) (block (assign x (child Forward (local b) (arg x (local x)))))) (return (local x)))", "Forward(y: b m) -> b m"));
        Assert.Equal(["pair.0.Weight f32[m m]", "pair.0.Bias f32[m]", "pair.1.Weight f32[m m]", "pair.1.Bias f32[m]"], Weights(function));
        Assert.DoesNotContain(function.Body.Schedule(), n => n.Op == Op.Loop);
        Assert.Single(function.Body.Schedule(), n => n.Op == Op.Sigmoid);
    }

    [Fact]
    public void WeightsFollowTheDeclaration()
    {
        var function = Assert.Single(Variants("""
            (block (let first (childparam Weight (element blocks (int 0))))
              (let a (op MatMul (arg x (child Forward (element pair (int 1)) (arg x (op MatMul (arg x (local y)) (arg y (local first)))))) (arg y (param W))))
              (return (binary + (child Forward (field one) (arg x (local a))) (binary * (buffer Mean) (childparam Bias (field one))))))
            """, "Forward(y: b m) -> b n"));
        Assert.Equal(
            ["W f32[m n]", "blocks.*.Weight f32[layers+1 m m]", "one.Weight f32[n n]", "one.Bias f32[n]", "pair.1.Weight f32[m m]", "pair.1.Bias f32[m]", "Mean f32[n]"], Weights(function));
        Assert.Equal(ArgumentKind.Buffer, function.Arguments[function.Arguments.Count - 1].Kind);
    }

    [Fact]
    public void NumbersOfTheHostAreCarried()
    {
        var text = Lowered(Bodies[3]);
        Assert.Contains("Loop k < layers carry (t", text, StringComparison.Ordinal);
        Assert.Contains("Sqrt", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesMayGrowInALoop()
    {
        var text = Lowered("""
            (block (let at (int 0)) (let x (op Zeros (arg shape (array (int 2)))))
              (for k (int 0) (int 3) (int 1) (block
                (assign x (binary + (local x) (op Slice (arg x (op Zeros (arg shape (array (int 10))))) (arg dim (int 0)) (arg start (local at)) (arg end (binary + (local at) (int 2))) (arg step (int 1)))))
                (assign at (binary + (local at) (int 2)))))
              (return (binary * (local x) (local at))))
            """, "Forward(y: b m) -> 2");
        Assert.Contains("6", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LoopsThatMayNotRunHaveAtLeastZeroTrips()
    {
        var text = Lowered("(block (let x (local y)) (for k (int 1) (size layers) (int 1) (block (assign x (op Tanh (arg x (local x)))))) (return (local x)))", "Forward(y: b m) -> b m");
        Assert.Contains("Loop k < max(", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LoopsDownwardsAndByMore()
    {
        var text = Lowered("""
            (block (let x (local y)) (for k (binary - (size layers) (int 1)) (int -1) (int -1) (block
              (assign x (binary * (local x) (index (param Threshold) (at (local k))))))) (return (local x)))
            """, "Forward(y: b m) -> b m");
        Assert.Contains("Loop k < layers ", text, StringComparison.Ordinal);
        Assert.Contains("at [layers-k-1]", text, StringComparison.Ordinal);
        Assert.Contains("Loop k < (layers+2)/3 ", Lowered(
            "(block (let x (local y)) (for k (int 0) (size layers) (int 3) (block (assign x (op Tanh (arg x (local x)))))) (return (local x)))", "Forward(y: b m) -> b m"), StringComparison.Ordinal);
    }

    [Fact]
    public void UndecidedConditionsMakeVariants()
    {
        var network = Playground(Surface.Parse(Bodies[4]));
        var result = Lower(network, "Forward", Block);
        Assert.Equal(
            ["n <= m", "!(n <= m), m == 3", "!(n <= m), !(m == 3)"],
            result.Variants.Select(v => string.Join(", ", v.Assumptions)));
        Assert.Equal([Op.Exp, Op.Exp, Op.Tanh], result.Variants.Select(v => v.Results[0].Inputs[0].Op));
    }

    [Fact]
    public void AnAssumedEqualityIsKnown()
    {
        const string body = "(block (if (binary == (size m) (size n)) (block (return (binary + (local y) (op MatMul (arg x (local y)) (arg y (param W)))))) (block)) (return (op MatMul (arg x (local y)) (arg y (param W)))))";
        var result = Lower(Playground(Surface.Parse(body)), "Forward", Block);
        Assert.Empty(result.Findings);
        Assert.Equal(["m == n", "!(m == n)"], result.Variants.Select(v => string.Join(", ", v.Assumptions)));
        foreach (var variant in result.Variants) Assert.Equal("[b n]", variant.Results[0].Type.ShapeText);
    }

    [Fact]
    public void ConditionsOnCountersChooseByValue()
    {
        var text = Lowered("""
            (block (let x (local y)) (for k (int 0) (size layers) (int 1) (block
              (if (binary == (binary % (local k) (int 2)) (int 0)) (block (assign x (op Tanh (arg x (local x))))) (block (assign x (binary * (local x) (int 2)))))))
              (return (local x)))
            """, "Forward(y: b m) -> b m");
        Assert.Contains("Where(", text, StringComparison.Ordinal);
        Assert.Contains("Size [k%2] : i64[]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("assume", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LeadingDimsAreOneSize()
    {
        var text = Lowered("(block (return (op MatMul (arg x (local y)) (arg y (param W)))))", "Forward(y: ... m, z: ... n) -> ... n");
        Assert.StartsWith("""
            func Forward(y: f32[batch m] input, z: f32[batch n] input, W: f32[m n] weight) {
              bind batch = "y" -1
              bind yDim1 = "y" 1
              bind zBatch = "z" -1
              bind zDim1 = "z" 1
            """, text, StringComparison.Ordinal);
        Assert.Contains("check zBatch == batch \"z is declared [... n]; its leading dims must be those of y\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsOfABatchAreOneProduct()
    {
        var text = Lowered("(block (return (op MatMul (arg x (local y)) (arg y (param W)))))", "Forward(y: a b m) -> a b n");
        Assert.Contains("Dot(%1, W) : f32[a*b n]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnonymousSizesAreCheckedAtEntry()
    {
        var text = Lowered("(block (return (binary + (local y) (local z))))", "Forward(y: _ n, z: _ n) -> _1 n".Replace("_1", "3", StringComparison.Ordinal));
        Assert.Contains("bind y0 = \"y\" 0", text, StringComparison.Ordinal);
        Assert.Contains("check y0 == z0 \"Add: y is [y0 n] and z is [z0 n]; y0 and z0 differ and neither is a written 1\"", text, StringComparison.Ordinal);
        Assert.Contains("check 3 == y0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAdaptToTensors()
    {
        var text = Lowered("(block (return (binary + (binary * (local y) (float 0.5)) (binary * (size rate) (binary + (local i) (int 1))))))", "Forward(y: m:Float64, i: m:Int64) -> m:Float64");
        Assert.Contains("Full 0.5 : f64[m]", text, StringComparison.Ordinal);
        Assert.Contains("Full 1 : i64[m]", text, StringComparison.Ordinal);
        Assert.Contains("Number rate : f32[]", text.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void LoweringIsDeterministic()
    {
        foreach (var body in Bodies)
        {
            string Once() => string.Join("\n", Lower(Playground(Surface.Parse(body)), "Forward", Block, Functions).Variants.Select(TextPrinter.Print));
            Assert.Equal(Once(), Once());
        }
    }
}
