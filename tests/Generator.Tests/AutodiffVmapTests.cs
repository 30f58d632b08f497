using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>A function over a batch against the function for each sample; and the derivatives that are mapped over a basis.</summary>
public class AutodiffVmapTests
{
    private const int Samples = 3;

    public static TheoryData<string, double, string, string> Rules() => AutodiffRuleTests.Rules();

    public static TheoryData<string, long> Programs() => AutodiffLoopTests.Programs();

    /// <summary>Every argument is one of the method: weights can be mapped, too.</summary>
    private static Function Open(Function function) => function with
    {
        Arguments = function.Arguments.Select(a => a with { Kind = ArgumentKind.Input }).ToImmutableArray(),
        Bindings = EquatableArray<SizeBinding>.Empty,
    };

    /// <summary>Maps every argument alone and all together, and compares with one run per sample.</summary>
    private static void CheckBatches(Function function, Dictionary<string, long> sizes, Func<Function, int, Dictionary<string, IrValue>> arguments, int axis = 0, int result = 0)
    {
        function = Open(function);
        var names = function.Arguments.Select(a => a.Name).ToArray();
        foreach (var mapped in names.Select(name => new[] { name }).Append(names))
        {
            if (function.Arguments.Any(a => mapped.Contains(a.Name) && a.Node.Rank < axis)) continue;
            var vmap = Checked(Vmap.Apply(function, new Batch(Dim.Name("batch"), [.. mapped], axis, result)));
            var samples = Enumerable.Range(0, Samples).Select(seed => arguments(function, seed)).ToArray();
            var all = names.ToDictionary(name => name, name => mapped.Contains(name) ? Stack([.. samples.Select(s => s[name])], axis) : samples[0][name]);
            var results = IrEvaluator.Run(vmap, all, new Dictionary<string, long>(sizes) { ["batch"] = Samples });
            var each = samples.Select(s => IrEvaluator.Run(function, names.ToDictionary(name => name, name => mapped.Contains(name) ? s[name] : samples[0][name]), sizes)).ToArray();
            for (var r = 0; r < results.Length; r++)
                AssertClose(Stack([.. each.Select(e => e[r])], result).Data, results[r].Data, 1e-11, $"{function.Name} over {string.Join(", ", mapped)}, result {r}\n{TextPrinter.Print(vmap)}");
        }
    }

    private static IrValue Stack(IrValue[] values, int axis)
    {
        var shape = values[0].Shape;
        var inner = (int)IrValue.Count(shape[axis..]);
        var outer = (int)IrValue.Count(shape[..axis]);
        return new([.. shape[..axis], values.Length, .. shape[axis..]],
            [.. Enumerable.Range(0, outer).SelectMany(o => values.SelectMany(v => v.Data.Skip(o * inner).Take(inner)))]);
    }

    private static Func<Function, int, Dictionary<string, IrValue>> Random(Dictionary<string, long> sizes, double offset = 0) => (function, seed) =>
        Arguments(function, sizes, seed + 11).ToDictionary(pair => pair.Key, pair => pair.Value with { Data = [.. pair.Value.Data.Select(v => v + offset)] });

    [Theory]
    [MemberData(nameof(Rules))]
    public void EveryOperationHasABatch(string name, double offset, string arguments, string body)
    {
        var function = AutodiffRuleTests.Weighted(name, arguments, body);
        CheckBatches(function, AutodiffRuleTests.Sizes, Random(AutodiffRuleTests.Sizes, offset));
        CheckBatches(GradientOfAll(function), AutodiffRuleTests.Sizes, Random(AutodiffRuleTests.Sizes, offset));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void LoopsAndTheirGradientsHaveABatch(string name, long layers)
    {
        var sizes = AutodiffLoopTests.Sizes(layers);
        var function = AutodiffLoopTests.Program(name);
        CheckBatches(function, sizes, Random(sizes), axis: 1);
        CheckBatches(GradientOfAll(function), sizes, Random(sizes));
    }

    /// <summary>The derivative of the sum over a batch is the batch of derivatives, to second order.</summary>
    [Theory]
    [MemberData(nameof(Programs))]
    public void BatchesHaveDerivatives(string name, long layers)
    {
        var sizes = new Dictionary<string, long>(AutodiffLoopTests.Sizes(layers)) { ["batch"] = Samples };
        var function = Open(AutodiffLoopTests.Program(name));
        ImmutableArray<string> names = [.. function.Arguments.Select(a => a.Name)];
        var batch = new Batch(Dim.Name("batch"), names);
        var perSample = Checked(Vmap.Apply(Gradient(function, names), batch));
        var together = Gradient(Total(Vmap.Apply(function, batch)), names);
        var arguments = Arguments(together, sizes);
        IrValue[] expected = IrEvaluator.Run(perSample, arguments, sizes), actual = IrEvaluator.Run(together, arguments, sizes);
        AssertClose([expected[0].Data.Sum()], actual[0].Data, 1e-11, name);
        for (var i = 1; i < actual.Length; i++) AssertClose(expected[i].Data, actual[i].Data, 1e-11, name);

        var squares = Checked(SumOfSquaredGradients(Gradient(function, names)));
        var second = Checked(Vmap.Apply(Gradient(squares, names), batch));
        var secondTogether = Gradient(Checked(SumOfSquaredGradients(together)), names);
        (expected, actual) = (IrEvaluator.Run(second, arguments, sizes), IrEvaluator.Run(secondTogether, arguments, sizes));
        for (var i = 1; i < actual.Length; i++) AssertClose(expected[i].Data, actual[i].Data, 1e-9, name);
    }

    private static Function Total(Function function)
    {
        var builder = new Builder();
        return function with { Results = ImmutableArray.Create(builder.Sum(function.Results[0], [.. Enumerable.Range(0, function.Results[0].Rank)])) };
    }

    [Fact]
    public void BatchesNest()
    {
        var sizes = AutodiffLoopTests.Sizes(2);
        var function = Open(AutodiffLoopTests.Program("GatedResidual"));
        var inner = Vmap.Apply(function, new Batch(Dim.Name("inner"), ["x"]));
        var inSizes = new Dictionary<string, long>(sizes) { ["inner"] = 2 };
        CheckBatches(inner, inSizes, Random(inSizes));
    }

    private const string Field =
        """
        func F(x: f32[n] input, W: f32[n n] input) {
          r = Reshape(x) : f32[1 n]
          p = Dot(r, W) : f32[1 n]
          q = Reshape(p) : f32[n]
          (y) = Loop k < layers carry (a = q) capture (c = x) {
            u = Mul(a, c) : f32[n]
            v = Tanh(u) : f32[n]
            yield v
          }
          z = Add(y, q) : f32[n]
          return z
        }
        """;

    private static readonly Dictionary<string, long> s_sizes = new() { ["n"] = 3, ["layers"] = 2 };

    [Theory]
    [InlineData("Forward")]
    [InlineData("Reverse")]
    [InlineData("Auto")]
    public void JacobiansAgreeWithDirections(string mode)
    {
        var field = Parse(Field);
        var arguments = Arguments(field, s_sizes);
        var results = IrEvaluator.Run(Checked(Jacobian.Apply(field, ["W", "x"], mode)), arguments, s_sizes);
        Assert.Equal([3, 3, 3], results[0].Shape);
        Assert.Equal([3, 3], results[1].Shape);
        var jvp = Jvp.Apply(field, ["x", "W"]);
        for (var i = 0; i < 12; i++)
        {
            IrValue dx = IrValue.Zeros(3), dw = IrValue.Zeros(3, 3);
            (i < 9 ? dw : dx).Data[i < 9 ? i : i - 9] = 1;
            var column = IrEvaluator.Run(jvp, new Dictionary<string, IrValue>(arguments) { ["dx"] = dx, ["dW"] = dw }, s_sizes)[1];
            for (var j = 0; j < 3; j++) Assert.Equal(column.Data[j], i < 9 ? results[0][j, i / 3, i % 3] : results[1][j, i - 9], 12);
        }
    }

    [Fact]
    public void TracesAreThoseOfTheMatrices()
    {
        var field = Parse(Field);
        var arguments = Arguments(field, s_sizes);
        var jacobian = IrEvaluator.Run(Jacobian.Apply(field, ["x"], "Forward"), arguments, s_sizes)[0];
        var exact = IrEvaluator.Run(Checked(Jacobian.Divergence(field, ["x"], isEstimate: false)), arguments, s_sizes)[0];
        Assert.Equal(jacobian[0, 0] + jacobian[1, 1] + jacobian[2, 2], exact.Data[0], 12);
        var estimate = Checked(Jacobian.Divergence(field, ["x"], isEstimate: true));
        Assert.Equal(["x", "W", "dx"], estimate.Arguments.Select(a => a.Name));
        var mean = 0.0;
        // Over all corners of the cube the mean is the trace.
        for (var corner = 0; corner < 8; corner++)
        {
            var probe = IrValue.Of([.. Enumerable.Range(0, 3).Select(i => (corner >> i & 1) == 0 ? -1.0 : 1.0)]);
            mean += IrEvaluator.Run(estimate, new Dictionary<string, IrValue>(arguments) { ["dx"] = probe }, s_sizes)[0].Data[0] / 8;
        }
        Assert.Equal(exact.Data[0], mean, 12);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void HessianProductsAgreeWithTheGradientOfTheGradient(string name, long layers)
    {
        var sizes = AutodiffLoopTests.Sizes(layers);
        var function = Open(AutodiffLoopTests.Program(name));
        ImmutableArray<string> names = [.. function.Arguments.Select(a => a.Name)];
        var hvp = Checked(Hvp.Apply(function, names));
        var arguments = Arguments(hvp, sizes);
        var actual = IrEvaluator.Run(hvp, arguments, sizes);
        // The gradient of the gradient's component along the direction.
        var gradient = Gradient(function, names);
        var builder = new Builder();
        var directions = names.ToDictionary(n => n, n => builder.Parameter("d" + n, function.Arguments.First(a => a.Name == n).Node.Type));
        var along = names.Select((n, i) => builder.Sum(builder.Mul(gradient.Results[i + 1], directions[n]), [.. Enumerable.Range(0, directions[n].Rank)])).ToArray().Aggregate(builder.Add);
        var component = gradient with
        {
            Arguments = gradient.Arguments.Concat(names.Select(n => new FunctionArgument(directions[n], ArgumentKind.Input, "d" + n))).ToImmutableArray(),
            Results = ImmutableArray.Create(along), ResultNames = ImmutableArray.Create(""),
        };
        var expected = IrEvaluator.Run(Gradient(component, names), arguments, sizes);
        for (var i = 0; i < names.Length; i++) AssertClose(expected[i + 1].Data, actual[i].Data, 1e-10, $"{name} by {names[i]}");
    }

    [Fact]
    public void WhatNoSampleChangesIsComputedOnce()
    {
        var function = Open(Parse("""
            func F(x: f32[n] input, W: f32[n n] input) {
              p = Dot(W, W) : f32[n n]
              c = Reshape(x) : f32[n 1]
              q = Dot(p, c) : f32[n 1]
              r = Reshape(q) : f32[n]
              return r
            }
            """));
        var vmap = Checked(Vmap.Apply(function, new Batch(Dim.Name("batch"), ["x"])));
        var dots = vmap.Body.Schedule().Where(node => node.Op == Op.Dot).Select(node => node.Type.ToString());
        Assert.Equal(["f32[n n]", "f32[batch n]"], dots);
    }
}
