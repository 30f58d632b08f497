using Proxima.Generator.Analyzers;
using Proxima.Generator.Ir;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>Every mistake: which diagnostic, what it underlines, what it says.</summary>
public sealed class LoweringFindingTests
{
    private static void Expect(string id, string underlined, string words, string body, string arguments = "y: b m", string result = "b n", params object[] members)
    {
        var network = Network("Net", "m, n", [Parameter("W", "m n"), Parameter("V", "n n"), Parameter("bias", "n"), Method($"Forward({arguments}) -> {result}", body), .. members]);
        var finding = Mistake(network, "Forward");
        Assert.Equal($"{id}: {words}", $"{finding.Id}: {string.Join(" | ", finding.Arguments)}");
        Assert.Equal(underlined, Located.Underlined(body, finding));
        Assert.NotNull(Diagnostics.Of(id));
    }

    private static string Return(string expression) => $"(block (return {expression}))";

    [Fact]
    public void InnerDims() => Expect("PRX0102", "(op MatMul (arg x (local y)) (arg y (param V)))",
        "MatMul: y is [b m], V is [n n]; the inner dims m and n differ", Return("(op MatMul (arg x (local y)) (arg y (param V)))"));

    [Fact]
    public void InnerDimsNameBothDeclarations()
    {
        var network = Network("Net", "m, n", Parameter("V", "n n"), Method("Forward(y: b m) -> b n", Return("(op MatMul (arg x (local y)) (arg y (param V)))")));
        var finding = Mistake(network, "Forward");
        Assert.Equal(["size m", "size n"], finding.Additional.Select(o => o.File));
    }

    [Fact]
    public void Broadcasting() => Expect("PRX0104", "(binary + (local y) (param bias))",
        "Add: y is [b m] and bias is [n]; m and n differ and neither is a written 1", Return("(binary + (local y) (param bias))"));

    [Fact]
    public void ResultShape() => Expect("PRX0106", "(local y)", "Forward declares the result [b n], and y is [b m]; n and m differ", Return("(local y)"));

    [Fact]
    public void ResultRank() => Expect("PRX0106", "(op Sum (arg x (local y)))",
        "Forward declares the result [b n], and Sum(y) is []; it has 2 dimensions there and 0 here", Return("(op Sum (arg x (local y)))"));

    [Fact]
    public void ResultType() => Expect("PRX0111", "(op ArgMax (arg x (local y)) (arg dim (int 0)))",
        "Forward declares a result of Float32, and ArgMax(y, dim: 0) is Int64; convert it with To",
        Return("(op ArgMax (arg x (local y)) (arg dim (int 0)))"), arguments: "y: b m", result: "m");

    [Fact]
    public void CarriedShape() => Expect("PRX0105", "(assign x (op MatMul (arg x (local x)) (arg y (param W))))",
        "'x' is [b m] in the first iteration and [b n] in the next; a loop keeps the shape of what it carries",
        "(block (let x (local y)) (for k (int 0) (size n) (int 1) (block (assign x (op MatMul (arg x (local x)) (arg y (param W)))))) (return (local x)))");

    [Fact]
    public void CarriedNumber() => Expect("PRX0105", "(assign x (binary + (local x) (local y)))",
        "'x' is a number in the first iteration and [b m] in the next; start it with a tensor of the final shape, as Zeros makes one",
        "(block (let x (float 0)) (for k (int 0) (size n) (int 1) (block (assign x (binary + (local x) (local y))))) (return (local x)))", result: "b m");

    [Fact]
    public void OneMistakeIsOneFinding() => Expect("PRX0102", "(op MatMul (arg x (local y)) (arg y (param V)))",
        "MatMul: y is [b m], V is [n n]; the inner dims m and n differ",
        "(block (let a (op MatMul (arg x (local y)) (arg y (param V)))) (let b (binary + (local a) (local y))) (for k (int 0) (size n) (int 1) (block (assign b (op Exp (arg x (local b)))))) (return (local b)))");

    [Fact]
    public void TwoMistakesAreTwoFindings()
    {
        var network = Network("Net", "m, n", Parameter("V", "n n"), Method("Forward(y: b m) -> b n",
            Return("(binary + (op MatMul (arg x (local y)) (arg y (param V))) (op Sum (arg x (local y)) (arg dim (int 2)) (arg keepDim (bool false))))")));
        Assert.Equal(["PRX0102", "PRX0109"], Lower(network, "Forward").Findings.Select(f => f.Id));
    }

    [Fact]
    public void Axis() => Expect("PRX0109", "(int 2)", "Sum: y is [b m]; it has no dimension 2: dimensions run from -2 to 1",
        Return("(op Sum (arg x (local y)) (arg dim (int 2)) (arg keepDim (bool false)))"));

    [Fact]
    public void LeadingDimsCountFromTheEnd() => Expect("PRX0109", "(int 0)",
        "Sum: y is [batch m] with leading batch dims ('...') in front; count its dimensions from the end, as -1",
        Return("(op Sum (arg x (local y)) (arg dim (int 0)) (arg keepDim (bool false)))"), arguments: "y: ... m", result: "m");

    [Fact]
    public void ReshapeCount() => Expect("PRX0110", "(op Reshape (arg x (local y)) (arg shape (array (size n) (int 2))))",
        "Reshape: y is [b m], which has b*m elements; the new shape is [n 2], which has 2*n",
        Return("(op Reshape (arg x (local y)) (arg shape (array (size n) (int 2))))"));

    [Fact]
    public void ConditionType() => Expect("PRX0111", "(local y)", "Where: the condition y is Float32; it must be Bool, as x > 0 is",
        Return("(op Where (arg condition (local y)) (arg x (local y)) (arg y (float 0)))"));

    [Fact]
    public void TargetType() => Expect("PRX0111", "(local t)", "CrossEntropy: t is Float32; classes are Int64",
        Return("(op CrossEntropy (arg logits (local y)) (arg target (local t)))"), arguments: "y: b m, t: b", result: "");

    [Fact]
    public void ConcatShapes() => Expect("PRX0112", "(op Concat (arg tensors (array (local y) (param W))) (arg dim (int 1)))",
        "Concat: y is [b m] and W is [m n]; they may differ in dimension 1 only, and b and m differ",
        Return("(op Concat (arg tensors (array (local y) (param W))) (arg dim (int 1)))"));

    [Fact]
    public void IndexRange() => Expect("PRX0113", "(size n)", "bias is [n]; index n is not within its dimension 0, which is n",
        Return("(index (param bias) (at (size n)))"), result: "");

    [Fact]
    public void TensorForSize() => Expect("PRX0114", "(local y)", "y is a tensor, and a size is needed here: an int, a constructor parameter or x.Dim(i)",
        Return("(op Zeros (arg shape (array (local y))))"));

    [Fact]
    public void TensorForCondition() => Expect("PRX0114", "(binary > (local y) (int 0))",
        "y > 0 is a tensor, and a condition on sizes is needed here; choose between values with Where",
        "(block (if (binary > (local y) (int 0)) (block (return (local y))) (block)) (return (local y)))", result: "b m");

    [Fact]
    public void LambdaOnTensors() => Expect("PRX0115", "(op Exp (arg x (local v)))",
        "a lambda of Map computes with numbers only, and this is Exp(v); use MathF and operators",
        Return("(op Map (arg x (local y)) (arg f (lambda (names (local v)) (op Exp (arg x (local v))))))"));

    [Fact]
    public void LambdaCaptures() => Expect("PRX0115", "(local y)",
        "'y' is a tensor, and a lambda of Map computes with numbers; pass it as the second tensor: Map(x, y, (v, w) => ..)",
        Return("(op Map (arg x (local y)) (arg f (lambda (names (local v)) (binary * (local v) (local y)))))"));

    [Fact]
    public void UnknownChild() => Expect("PRX0116", "(field first)", "Net has no child 'first'", Return("(child Forward (field first) (arg x (local y)))"));

    [Fact]
    public void Recursion() => Expect("PRX0107", "(method Forward (arg y (local y)))",
        "Forward calls itself; a body is inlined where it is called, so write the repetition as a 'for' loop", Return("(method Forward (arg y (local y)))"));

    [Fact]
    public void ReturnInALoop() => Expect("PRX0005", "(return (local y))",
        "a return inside a loop, or inside an 'if' that depends on one, | assign a local and return it after the loop",
        "(block (for k (int 0) (size n) (int 1) (block (return (local y)))) (return (local y)))", result: "b m");

    [Fact]
    public void ArgumentShape()
    {
        var body = Return("(child Forward (field first) (arg x (local y)))");
        var linear = Network("Linear", "inputs, outputs", Parameter("Weight", "inputs outputs"),
            Method("Forward(x: b inputs) -> b outputs", Return("(op MatMul (arg x (local x)) (arg y (param Weight)))")));
        var network = Network("Net", "m, n", Child("first", "Linear", "(arg inputs (size n))", "(arg outputs (size n))"), Method("Forward(y: b m) -> b n", body));
        var finding = Mistake(network, "Forward", linear);
        Assert.Equal("PRX0103: Forward: x is declared [b inputs], and y is [b m]; inputs is n there and m here", $"{finding.Id}: {finding.Arguments[0]}");
        Assert.Equal("(arg x (local y))", Located.Underlined(body, finding));
        Assert.Equal("shape of x", finding.Additional[0].File);
    }

    [Theory]
    [InlineData("b hiden", "hiden", 103, "; did you mean 'hidden'?")]
    [InlineData("2*q hidden", "q", 103, "")]
    public void UnknownName(string result, string name, int start, string suggestion)
    {
        var network = Network("Net", "hidden", Method($"Forward(y: b hidden) -> {result}", Return("(local y)")));
        var finding = Mistake(network, "Forward");
        Assert.Equal(["PRX0101", name, "bound by the constructor or an argument of Forward", suggestion], [finding.Id, .. finding.Arguments]);
        Assert.Equal((start, name.Length), (finding.Origin.Start, finding.Origin.Length));
    }

    [Fact]
    public void UnknownNameOfAParameter()
    {
        var network = Network("Net", "m", Parameter("W", "m mm"), Method("Forward(y: b m) -> b m", Return("(op MatMul (arg x (local y)) (arg y (param W)))")));
        Assert.Equal("PRX0101 shape of W:103+2 mm | a constructor parameter of Net | ; did you mean 'm'?", Text(Mistake(network, "Forward")));
    }

    [Fact]
    public void MalformedEntry()
    {
        var network = Network("Net", "m", Method("Forward(y: b m*) -> b", Return("(op Sum (arg x (local y)) (arg dim (int 1)))")));
        Assert.Equal("PRX0117 shape of y:103+2 m* | is no entry of a shape: an entry is '...' (only in front), '_', a name, a number or an expression without blanks", Text(Mistake(network, "Forward")));
    }

    [Fact]
    public void TooManyVariants()
    {
        var branches = string.Concat(Enumerable.Range(0, 5).Select(i => $"(if (binary > (size s{i}) (int 3)) (block (assign x (op Exp (arg x (local x))))) (block))"));
        var network = Network("Net", "s0, s1, s2, s3, s4", Method("Forward(y: b) -> b", $"(block (let x (local y)) {branches} (return (local x)))"));
        Assert.Equal("PRX0108 Forward:100+7 Forward | 16", Text(Mistake(network, "Forward")));
    }

    [Fact]
    public void Transforms()
    {
        var network = Network("Net", "m, n",
            Parameter("W", "m n"),
            Method("Forward(y: b m) -> b n", Return("(op MatMul (arg x (local y)) (arg y (param W)))")),
            Method("Loss(y: b m, i: b:Int64) ->", Return("(op Sum (arg x (method Forward (arg y (local y)))))")),
            Gradient("A(y) -> Gradients", "Los"),
            Gradient("B(y) -> Gradients", "Forward"),
            Gradient("C(y, i) -> b m", "Loss", "z"),
            Gradient("D(y, i) -> b m", "Loss", "i"),
            Gradient("E(y) -> Gradients", "Loss"),
            Gradient("F(y, i) -> Gradients", "Loss", "y"));
        Assert.Equal("PRX0120 of:100+5 Net has no compiled method 'Los' to derive from", Text(Mistake(network, "A")));
        Assert.Equal("PRX0121 of:100+9 Forward gives f32[b n]; a gradient is that of one floating-point scalar", Text(Mistake(network, "B")));
        Assert.Equal("PRX0122 transform:100+8 'z' is no argument of Loss; it has y, i", Text(Mistake(network, "C")));
        Assert.Equal("PRX0122 transform:100+8 'i' of Loss is no floating-point tensor, so there is no derivative by it", Text(Mistake(network, "D")));
        Assert.Equal("PRX0123 E:100+1 E has 1 argument, and Loss, from which it is derived, has 2", Text(Mistake(network, "E")));
        Assert.Equal("PRX0123 returns:100+9 F is derived by arguments, so it returns Tensor, or a tuple with one per name", Text(Mistake(network, "F")));
    }
}
