using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Differential equations: orders, closed forms, and each way to differentiate them against differences.</summary>
public class AutodiffOdeTests
{
    private static readonly Dictionary<string, long> s_sizes = new() { ["n"] = 3, ["b"] = 2 };

    /// <summary>dy/dt = tanh(y W) + t y / 2.</summary>
    private const string Field =
        """
        func Field(t: f32[] input, y: f32[b n] input, W: f32[n n] weight) {
          bind b = "y" 0
          p = Dot(y, W) : f32[b n]
          q = Tanh(p) : f32[b n]
          h = Full 0.5 : f32[]
          s = Mul(t, h) : f32[]
          r = Broadcast(s) axes [] : f32[b n]
          u = Mul(y, r) : f32[b n]
          f = Add(q, u) : f32[b n]
          return f
        }
        """;

    /// <summary>dy/dt = -y.</summary>
    private const string Decay = "func Decay(y: f32[n] input) { bind n = \"y\" 0 f = Neg(y) : f32[n] return f }";

    private static Function? Apply(string field, out string? error, params (string Name, string Value)[] options) => TransformRegistry.Apply("Ode", Parse(field), new TransformDeclaration(
        "Ode", "Field", EquatableArray<string>.Empty, options.Select(o => Surface.Of("arg", o.Name, null, Surface.Of("string", o.Value))).ToImmutableArray(), Origin.None, Origin.None), out error);

    private static Function OdeOf(string field, params (string Name, string Value)[] options)
    {
        var function = Apply(field, out var error, options);
        Assert.Null(error);
        return Checked(function!);
    }

    private static Dictionary<string, IrValue> Values(Function function) =>
        Arguments(function, s_sizes, given: new() { ["t"] = IrValue.Scalar(0.25), ["end"] = IrValue.Scalar(1.5) });

    private static Function Loss(Function ode)
    {
        var b = new Builder();
        var y = ode.Results[0];
        var loss = b.Sum(b.Mul(b.Mul(y, y), b.Pointwise(Op.Sin, y)), [.. Enumerable.Range(0, y.Rank)]);
        return Checked(ode with { Name = "Loss", Results = ImmutableArray.Create(loss), ResultNames = ImmutableArray.Create("") });
    }

    [Theory]
    [InlineData("Euler", 1)]
    [InlineData("Midpoint", 2)]
    [InlineData("Rk4", 4)]
    [InlineData("DormandPrince", 5)]
    public void TheErrorFallsWithTheOrder(string method, int order)
    {
        double Error(int steps)
        {
            var ode = OdeOf(Decay, ("Method", method), ("Steps", $"{steps}"));
            var result = IrEvaluator.Run(ode, new Dictionary<string, IrValue> { ["y"] = IrValue.Of(1, -2), ["end"] = IrValue.Scalar(2) })[0].Data;
            return Math.Abs(result[1] + 2 * Math.Exp(-2));
        }
        var rate = Math.Log2(Error(8) / Error(16));
        Assert.InRange(rate, order - 0.3, order + 0.6);
    }

    [Theory]
    [InlineData("1E-4")]
    [InlineData("1E-8")]
    public void ChosenStepsKeepTheTolerance(string tolerance)
    {
        var ode = OdeOf(Decay, ("Method", "DormandPrince"), ("Steps", "100"), ("Tolerance", tolerance));
        foreach (var end in new[] { 3.0, -1.5, 0.0 })
        {
            var result = IrEvaluator.Run(ode, new Dictionary<string, IrValue> { ["y"] = IrValue.Of(1, -2), ["end"] = IrValue.Scalar(end) })[0].Data;
            Assert.Equal(-2 * Math.Exp(-end), result[1], 20 * double.Parse(tolerance) * Math.Exp(Math.Max(0, -end)));
        }
    }

    [Fact]
    public void TooFewStepsShowAsNaN()
    {
        var ode = OdeOf(Decay, ("Method", "DormandPrince"), ("Steps", "3"), ("Tolerance", "1E-10"));
        Assert.True(double.IsNaN(IrEvaluator.Run(ode, new Dictionary<string, IrValue> { ["y"] = IrValue.Of(1, -2), ["end"] = IrValue.Scalar(3) })[0].Data[0]));
    }

    [Theory]
    [InlineData("Unroll", 1e-6)]
    [InlineData("Checkpoint", 1e-6)]
    [InlineData("Adjoint", 1e-4)]
    public void GradientsAreThoseOfDifferences(string backward, double tolerance)
    {
        var loss = Loss(OdeOf(Field, ("Method", "Rk4"), ("Steps", "12"), ("Backward", backward)));
        CheckGradient(loss, Gradient(loss, "y", "W", "t", "end"), Values(loss), s_sizes, tolerance);
    }

    /// <summary>Steps of chosen lengths are constants: differences of the whole agree to the tolerance.</summary>
    [Fact]
    public void GradientsOfChosenStepsAreThoseOfDifferences()
    {
        var loss = Loss(OdeOf(Field, ("Method", "DormandPrince"), ("Steps", "40"), ("Tolerance", "1E-9")));
        CheckGradient(loss, Gradient(loss, "y", "W"), Values(loss), s_sizes, 1e-5);
    }

    [Fact]
    public void TheAdjointKeepsNoHistory()
    {
        static IEnumerable<LoopInfo> Loops(Function function) => function.Body.Schedule().Where(n => n.Loop is not null).Select(n => n.Loop!);
        Function Derived(string backward) => Gradient(Loss(OdeOf(Field, ("Steps", "12"), ("Backward", backward))), "y", "W");
        Assert.All(Loops(Derived("Adjoint")), loop => Assert.True(loop.Histories.Count + loop.Scans == 0));
        Assert.Equal(1, Loops(Derived("Checkpoint")).Sum(loop => loop.Histories.Count(i => loop.Body.Parameters[i].Rank > 0)));
        Assert.Equal(0, Loops(Derived("Checkpoint")).Sum(loop => loop.Scans));
        Assert.True(Loops(Derived("Unroll")).Sum(loop => loop.Scans) > 0);
    }

    [Fact]
    public void SecondDerivativesAreThoseOfDifferences()
    {
        var squares = SumOfSquaredGradients(Gradient(Loss(OdeOf(Field, ("Method", "Midpoint"), ("Steps", "4"))), "y", "W"));
        CheckGradient(squares, Gradient(squares, "y", "W"), Values(squares), s_sizes, 1e-5);
    }

    [Theory]
    [InlineData("Tolerance", "0.1", "only DormandPrince")]
    [InlineData("Steps", "0", "Steps is 1 to")]
    [InlineData("Backward", "Phantom", "Adjoint, Checkpoint or Unroll")]
    public void WhatDoesNotFitIsRefused(string option, string value, string words)
    {
        Assert.Null(Apply(Field, out var error, (option, value)));
        Assert.Contains(words, error);
    }

    [Fact]
    public void AFieldGivesTheShapeOfItsState()
    {
        Assert.Null(Apply("func F(y: f32[n] input) { bind n = \"y\" 0 s = ReduceSum(y) axes [0] : f32[] return s }", out var error));
        Assert.Contains("a field gives the change of its state", error);
    }
}
