using System.Collections.Immutable;
using Proxima.Generator;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>The fixed point as a node of the IR: its derivatives of any order against differences, and every solver against plain iteration.</summary>
public class AutodiffFixedPointTests
{
    private static readonly Dictionary<string, long> s_sizes = new() { ["n"] = 3, ["b"] = 2 };

    private const string Step =
        """
        func Step(z: f32[b n] input, x: f32[b n] input, W: f32[n n] weight) {
          bind b = "z" 0
          p = Dot(z, W) : f32[b n]
          h = Full 0.3 : f32[b n]
          q = Mul(p, h) : f32[b n]
          t = Tanh(q) : f32[b n]
          u = Add(t, x) : f32[b n]
          return u
        }
        """;

    private static Function FixedPointOf(string step, params (string Name, string Value)[] options)
    {
        var declaration = new TransformDeclaration(
            "FixedPoint", "Step", EquatableArray<string>.Empty, options.Select(o => Surface.Of("arg", o.Name, null, Surface.Of("string", o.Value))).ToImmutableArray(), Origin.None, Origin.None);
        var result = TransformRegistry.Apply("FixedPoint", Parse(step), declaration, out var error);
        Assert.Null(error);
        return Checked(result!);
    }

    /// <summary>A scalar that varies with every element of the point.</summary>
    private static Function Loss(Function fixedPoint)
    {
        var builder = new Builder();
        var z = fixedPoint.Results[0];
        var loss = builder.Sum(builder.Mul(builder.Mul(z, z), builder.Pointwise(Op.Sin, z)), [.. Enumerable.Range(0, z.Rank)]);
        return Checked(fixedPoint with { Name = "Loss", Results = ImmutableArray.Create(loss), ResultNames = ImmutableArray.Create("") });
    }

    [Fact]
    public void GradientOfAFixedPointIsThatOfDifferences()
    {
        var loss = Loss(FixedPointOf(Step));
        CheckGradient(loss, Gradient(loss, "x", "W"), Arguments(loss, s_sizes), s_sizes);
    }

    [Fact]
    public void TheStartHasNoDerivative()
    {
        var loss = Loss(FixedPointOf(Step));
        var gradient = Gradient(loss, "z");
        Assert.All(IrEvaluator.Run(gradient, Arguments(loss, s_sizes), s_sizes)[1].Data, d => Assert.Equal(0, d));
    }

    [Fact]
    public void SecondDerivativesAreThoseOfDifferences()
    {
        var squares = SumOfSquaredGradients(Gradient(Loss(FixedPointOf(Step)), "x", "W"));
        CheckGradient(squares, Gradient(squares, "x", "W"), Arguments(squares, s_sizes), s_sizes, 1e-5);
    }

    [Fact]
    public void TangentsAreThoseOfDifferences()
    {
        var of = FixedPointOf(Step);
        var jvp = Checked(Jvp.Apply(Loss(of), ["x", "W"]));
        var arguments = Arguments(jvp, s_sizes);
        var gradient = IrEvaluator.Run(Gradient(Loss(of), "x", "W"), arguments, s_sizes);
        var expected = gradient[1].Data.Zip(arguments["dx"].Data, (g, d) => g * d).Sum() + gradient[2].Data.Zip(arguments["dW"].Data, (g, d) => g * d).Sum();
        Assert.Equal(expected, IrEvaluator.Run(jvp, arguments, s_sizes)[1].Data[0], 9);
    }

    [Fact]
    public void AFixedPointInsideAFixedPointIsDifferentiated()
    {
        // The outer step's x is itself an equilibrium that depends on the outer point.
        var inner = FixedPointOf(Step);
        var builder = new Builder();
        var copier = new Copier(builder);
        var outerZ = builder.Parameter("y", inner.Arguments[0].Node.Type);
        outerZ.Name = "y";
        var x = copier.CopyParameter(inner.Arguments[1].Node);
        var w = copier.CopyParameter(inner.Arguments[2].Node);
        copier.Map(inner.Arguments[0].Node, builder.Zeros(outerZ.Type));
        copier.Map(inner.Arguments[1].Node, builder.Add(x, builder.Scale(builder.Pointwise(Op.Sin, outerZ), 0.2)));
        var step = Checked(new Function(
            "Outer",
            ImmutableArray.Create(new FunctionArgument(outerZ, ArgumentKind.Input, "y"), inner.Arguments[1] with { Node = x }, inner.Arguments[2] with { Node = w }),
            ImmutableArray.Create(copier.Copy(inner.Results[0])), ImmutableArray.Create(""), ImmutableArray.Create(new SizeBinding("b", "y", 0)),
            EquatableArray<EntryCheck>.Empty, EquatableArray<Assumption>.Empty));
        var loss = Loss(FixedPointOf(TextPrinter.Print(step)));
        CheckGradient(loss, Gradient(loss, "x", "W"), Arguments(loss, s_sizes), s_sizes);
    }

    [Fact]
    public void AFixedPointInsideALoopIsDifferentiated()
    {
        var text = TextPrinter.Print(FixedPointOf(Step));
        var body = string.Join("\n", text.Split('\n').SkipWhile(line => !line.Contains(" = Loop")).TakeWhile(line => !line.Contains("return"))
            .Select(line => line.Replace(" = z) capture", " = state) capture").Replace(" = x, ", " = shift, ").Replace(" = x)", " = shift)").Replace(" = W, ", " = Weight, ").Replace(" = W)", " = Weight)")));
        Assert.Contains("state)", body);
        var loop = $$"""
            func Repeated(z: f32[b n] input, x: f32[b n] input, W: f32[n n] weight) {
              bind b = "z" 0
              (out) = Loop j < 3 carry (state = z) capture (shift0 = x, Weight = W) {
                half = Full 0.5 : f32[b n]
                part = Mul(state, half) : f32[b n]
                shift = Add(part, shift0) : f32[b n]
            {{body}}
                yield {{text.Split("return ")[1].Split(',', '\n')[0]}}
              }
              square = Mul(out, out) : f32[b n]
              loss = ReduceSum(square) axes [0 1] : f32[]
              return loss
            }
            """;
        var function = Parse(loop);
        CheckGradient(function, Gradient(function, "x", "W", "z"), Arguments(function, s_sizes), s_sizes);
    }

    [Theory]
    [InlineData("Plain", "0")]
    [InlineData("Anderson", "0")]
    [InlineData("Anderson", "1")]
    [InlineData("Broyden", "0")]
    [InlineData("Broyden", "1")]
    public void EverySolverFindsThePoint(string solver, string batchDims)
    {
        var function = FixedPointOf(Step, ("Solver", solver), ("BatchDims", batchDims), ("Tolerance", "1e-6"), ("MaxIterations", "200"));
        var lowered = Checked(Cleanup.Apply(SolverLowering.Run(function)));
        var arguments = Arguments(function, s_sizes);
        IrValue[] expected = IrEvaluator.Run(function, arguments, s_sizes), actual = IrEvaluator.Run(lowered, arguments, s_sizes);
        AssertClose(expected[0].Data, actual[0].Data, 1e-5, solver);
        Assert.InRange(actual[1].Data[0], 2, 40);
        Assert.InRange(actual[2].Data[0], 0, 1e-6);
        NetworkCompiler.Plan(function);
    }

    [Fact]
    public void TheEndOfASearchIsReportedEvenWithoutConvergence()
    {
        var function = Cleanup.Apply(SolverLowering.Run(FixedPointOf(Step, ("MaxIterations", "3"))));
        var results = IrEvaluator.Run(function, Arguments(function, s_sizes), s_sizes);
        Assert.Equal(3, results[1].Data[0]);
        Assert.InRange(results[2].Data[0], 1e-5, 1);
    }

    /// <summary>Samples that are mapped over find their own points, whatever the solver, and have their own derivatives.</summary>
    [Theory]
    [InlineData("Plain")]
    [InlineData("Anderson")]
    public void ABatchOfFixedPointsIsThatOfEachSample(string solver)
    {
        const string One =
            """
            func Step(z: f32[n] input, x: f32[n] input, W: f32[n n] weight) {
              bind n = "z" 0
              r = Reshape(z) : f32[1 n]
              p = Dot(r, W) : f32[1 n]
              h = Full 0.3 : f32[1 n]
              q = Mul(p, h) : f32[1 n]
              t = Tanh(q) : f32[1 n]
              s = Reshape(t) : f32[n]
              u = Add(s, x) : f32[n]
              return u
            }
            """;
        var gradient = Generator.Transforms.Gradient.Apply(Loss(FixedPointOf(One, ("Solver", solver), ("Tolerance", "1e-12"))), ["x"]);
        var single = gradient with { Results = ImmutableArray.Create(gradient.Results[1]), ResultNames = ImmutableArray.Create("") };
        var sizes = new Dictionary<string, long>(s_sizes) { ["s"] = 4 };
        var batch = Checked(Vmap.Apply(single, new Batch(Dim.Name("s"), ["z", "x"])) with { Bindings = ImmutableArray.Create(new SizeBinding("s", "z", 0), new SizeBinding("n", "z", 1)) });
        var lowered = Checked(Cleanup.Apply(SolverLowering.Run(batch)));
        var arguments = Arguments(batch, sizes);
        var together = IrEvaluator.Run(lowered, arguments, sizes)[0];
        for (var i = 0; i < 4; i++)
        {
            IrValue Row(string name) => new([3], arguments[name].Data[(3 * i)..(3 * i + 3)]);
            var own = IrEvaluator.Run(single, new Dictionary<string, IrValue>(arguments) { ["z"] = Row("z"), ["x"] = Row("x") }, sizes)[0];
            AssertClose(own.Data, together.Data[(3 * i)..(3 * i + 3)], 1e-5, solver);
        }
    }

    [Theory]
    [InlineData("Unroll")]
    [InlineData("Phantom")]
    public void OtherDerivativesTendToTheImplicitOne(string backward)
    {
        var exact = Loss(FixedPointOf(Step));
        var arguments = Arguments(exact, s_sizes);
        var implicitly = IrEvaluator.Run(Gradient(exact, "x", "W"), arguments, s_sizes);
        var errors = new List<double>();
        foreach (var count in new[] { 1, 4, 40 })
        {
            var loss = Loss(FixedPointOf(Step, ("Backward", backward), (backward == "Unroll" ? "MaxIterations" : "PhantomSteps", $"{count}")));
            var own = IrEvaluator.Run(Gradient(loss, "x", "W"), arguments, s_sizes);
            errors.Add(own[2].Data.Zip(implicitly[2].Data, (a, b) => Math.Abs(a - b)).Max());
        }
        Assert.True(errors[0] > 10 * errors[1] && errors[1] > 10 * errors[2] && errors[0] > 1e-3 && errors[2] < 1e-9, string.Join(" ", errors));
    }

    [Theory]
    [InlineData("Unroll", "Anderson", "only plain iteration is unrolled")]
    [InlineData("Nothing", "Plain", "differentiated by Implicit, Phantom or Unroll")]
    public void WhatDoesNotFitIsRefused(string backward, string solver, string words)
    {
        var declaration = new TransformDeclaration("FixedPoint", "Step", EquatableArray<string>.Empty, ImmutableArray.Create(
            Surface.Of("arg", "Backward", null, Surface.Of("string", backward)), Surface.Of("arg", "Solver", null, Surface.Of("string", solver))), Origin.None, Origin.None);
        Assert.Null(TransformRegistry.Apply("FixedPoint", Parse(Step), declaration, out var error));
        Assert.Contains(words, error);
    }
}
