using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Tests;

/// <summary>What the tests of transforms share: functions from text, random arguments, differences.</summary>
internal static class AutodiffSupport
{
    /// <summary>The learned iterative shrinkage network with its squared loss.</summary>
    public const string Lista =
        """
        func Loss(y: f32[b m] input, target: f32[b n] input, Encoder: f32[m n] weight, Inhibition: f32[n n] weight, Threshold: f32[layers] weight) {
          bind b = "y" 0
          c = Dot(y, Encoder) : f32[b n]
          t0 = Slice(Threshold) at [0] step [1] : f32[1]
          t1 = Reshape(t0) : f32[]
          t2 = Broadcast(t1) : f32[b n]
          x1 = SoftThreshold(c, t2) : f32[b n]
          (x) = Loop k < layers-1 carry (x0 = x1) capture (c0 = c, S = Inhibition, T = Threshold) {
            p = Dot(x0, S) : f32[b n]
            u = Add(c0, p) : f32[b n]
            s0 = Slice(T) at [k+1] step [1] : f32[1]
            s1 = Reshape(s0) : f32[]
            s2 = Broadcast(s1) : f32[b n]
            z = SoftThreshold(u, s2) : f32[b n]
            yield z
          }
          d = Sub(x, target) : f32[b n]
          q = Mul(d, d) : f32[b n]
          w = ReduceSum(q) axes [0 1] : f32[]
          size = Size [b*n] : f32[]
          loss = Div(w, size) : f32[]
          return loss
        }
        """;

    public static Function Parse(string text)
    {
        var function = TextParser.Parse(text);
        Verifier.Check(function);
        return function;
    }

    /// <summary>Verified, and the same after a trip through text.</summary>
    public static Function Checked(Function function)
    {
        try
        {
            Verifier.Check(function);
        }
        catch (InvalidOperationException exception)
        {
            Assert.Fail(exception.Message + "\n" + TextPrinter.Print(function));
        }
        var text = TextPrinter.Print(function);
        Assert.Equal(text, TextPrinter.Print(TextParser.Parse(text)));
        return function;
    }

    public static Function Gradient(Function function, params ImmutableArray<string> wrt) => Checked(Generator.Transforms.Gradient.Apply(function, wrt));

    public static Function GradientOfAll(Function function) =>
        Gradient(function, [.. function.Arguments.Where(a => a.Node.Type.IsFloat).Select(a => a.Name)]);

    /// <summary>Random values for every argument; those of a test's own choice come from <paramref name="given"/>.</summary>
    public static Dictionary<string, IrValue> Arguments(Function function, Dictionary<string, long> sizes, int seed = 1, Dictionary<string, IrValue>? given = null)
    {
        var random = new Random(seed);
        var values = new Dictionary<string, IrValue>();
        foreach (var argument in function.Arguments)
        {
            var shape = argument.Node.Shape.Select(d => d.Evaluate(name => sizes[name])).ToArray();
            values[argument.Name] = given is not null && given.TryGetValue(argument.Name, out var value)
                ? value
                : new(shape, [.. Enumerable.Range(0, (int)IrValue.Count(shape)).Select(_ => random.NextDouble() * 2 - 1)]);
        }
        return values;
    }

    /// <summary>Compares every gradient with central differences of the first result.</summary>
    public static void CheckGradient(Function function, Function gradient, Dictionary<string, IrValue> arguments, Dictionary<string, long> sizes, double tolerance = 1e-6)
    {
        var results = IrEvaluator.Run(gradient, arguments, sizes);
        Assert.Equal(IrEvaluator.Run(function, arguments, sizes)[0].Data[0], results[0].Data[0], 12);
        for (var r = 1; r < results.Length; r++)
        {
            var name = gradient.ResultNames[r];
            var x = arguments[name];
            var expected = new double[x.Data.Length];
            for (var i = 0; i < x.Data.Length; i++)
            {
                const double Step = 1e-5;
                double At(double offset)
                {
                    var data = x.Data.ToArray();
                    data[i] += offset;
                    return IrEvaluator.Run(function, new Dictionary<string, IrValue>(arguments) { [name] = x with { Data = data } }, sizes)[0].Data[0];
                }
                expected[i] = (8 * (At(Step) - At(-Step)) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
            }
            AssertClose(expected, results[r].Data, tolerance, $"{function.Name} with respect to {name}\n{TextPrinter.Print(gradient)}");
        }
    }

    public static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(1, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"[{i}]: expected {expected[i]}, got {actual[i]}: {what}");
    }

    /// <summary>The sum of squares of every gradient: a scalar function whose gradient is of second order.</summary>
    public static Function SumOfSquaredGradients(Function gradient)
    {
        var builder = new Builder();
        var sum = builder.Full(0, gradient.Results[0].Type);
        foreach (var result in gradient.Results.Items.Skip(1))
            sum = builder.Add(sum, builder.Sum(builder.Mul(result, result), [.. Enumerable.Range(0, result.Rank)]));
        return gradient with { Name = "Squares", Results = ImmutableArray.Create(sum), ResultNames = ImmutableArray.Create("") };
    }
}
