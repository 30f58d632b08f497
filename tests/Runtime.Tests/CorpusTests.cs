using System.Reflection;
using System.Text;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>
/// The law of every target: it may be as wrong as the reference in Float32 is against the reference in Float64, never more; what the reference
/// refuses it refuses too; NaN and infinities are where the reference has them.
/// </summary>
[Collection("WorkerPool")]
public sealed class CorpusTests : IDisposable
{
    private static readonly int[] s_together = [0, 1, 3, 16, 17];
    private static readonly int[] s_alone = [0, 1, 257];

    public CorpusTests() => WorkerPool.Threads = 2;

    public void Dispose() => WorkerPool.Threads = Environment.ProcessorCount;

    public static TheoryData<string> Methods => [.. CorpusMethod.All.Select(method => method.Name)];

    public static TheoryData<string> Gradients => [.. CorpusMethod.All.Where(method => method.IsGradient).Select(method => method.Name)];

    public static TheoryData<string> Forwards => [.. CorpusMethod.All.Where(method => method.Of is null && method.Method.GetParameters().Any(p => p.ParameterType == typeof(Tensor))).Select(method => method.Name)];

    [Fact]
    public void EveryMethodIsCompiledForTheCpu() => Assert.Empty(CorpusMethod.All.Where(method => Compiled(method, "Cpu") is false).Select(method => method.Name));

    internal static bool Compiled(CorpusMethod method, string target) =>
        method.Network.GetNestedType(target)?.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(m => m.Name == method.Method.Name) ?? false;

    [Theory]
    [MemberData(nameof(Methods))]
    public void CpuAgreesWithTheReference(string name)
    {
        var method = CorpusMethod.Find(name);
        Agrees(method, method.Cases(s_together, s_alone), @case => (Network)method.Create(@case, "Cpu"));
    }

    /// <summary>Runs every case on the references and on a target, forward and into given tensors.</summary>
    internal static void Agrees(CorpusMethod method, IEnumerable<CorpusCase> cases, Func<CorpusCase, Network> create)
    {
        var (report, compared) = (new StringBuilder(), 0);
        foreach (var @case in cases)
        {
            if (method.Arguments(@case) is not { } arguments) continue;
            Network reference, target;
            object? expected = null;
            try
            {
                reference = (Network)method.Create(@case);
                expected = method.Call(reference, arguments);
            }
            catch (ArgumentException refusal) when (refusal.Message.StartsWith("Reshape: ", StringComparison.Ordinal) && refusal.Message.Contains(" with 0 elements"))
            {
                // Of no elements the reference cannot tell what -1 stands for; compiled code knows it as a formula.
                continue;
            }
            catch (ArgumentException refusal)
            {
                // The reference refuses: so must the target.
                try
                {
                    method.Call(create(@case), arguments);
                    report.AppendLine($"{@case}: the reference refuses ({refusal.Message}), the target does not");
                }
                catch (ArgumentException)
                {
                }
                continue;
            }
            var exact = (Network)method.Create(@case);
            exact.To(DType.Float64);
            var truth = CorpusMethod.Flatten(method.Call(exact, CorpusMethod.InDouble(arguments)));
            var errors = Errors(method, @case, reference, exact);
            target = create(@case);
            var actual = method.Call(target, arguments);
            compared++;
            Compare(report, $"{@case}", CorpusMethod.Flatten(expected), truth, CorpusMethod.Flatten(actual), errors);
            if (method.Into is null) continue;
            // Into memory that holds something else; and into an input, where its shape allows.
            var into = CorpusMethod.Like(actual, tensor => Garbage(tensor));
            method.CallInto(target, arguments, into);
            Compare(report, $"{@case} into", CorpusMethod.Flatten(expected), truth, CorpusMethod.Flatten(into), errors);
            if (actual is not Tensor plain) continue;
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] is not Tensor argument || argument.DType != plain.DType || !argument.Shape.SequenceEqual(plain.Shape)) continue;
                var own = (object[])arguments.Clone();
                var aliased = argument.Clone();
                own[i] = aliased;
                method.CallInto(target, own, aliased);
                Compare(report, $"{@case} into argument {i}", CorpusMethod.Flatten(expected), truth, [("result", aliased)], errors);
            }
        }
        Assert.True(report.Length == 0, $"{method.Name}\n{report}");
        Assert.True(compared > 0, $"{method.Name}: the reference refuses every case");
    }

    /// <summary>
    /// How wrong the Float32 reference is about each result on other inputs of the same kind, drawn when asked for: on a single draw rounding errors
    /// may happen to cancel.
    /// </summary>
    internal static Lazy<double[]> Errors(CorpusMethod method, CorpusCase @case, Network reference, Network exact) => new(() =>
    {
        var errors = new double[64];
        for (var seed = 100ul; seed < 106; seed++)
        {
            var arguments = method.Arguments(@case, seed)!;
            var own = CorpusMethod.Flatten(method.Call(reference, arguments)).Select(r => Doubles(r.Value)).ToArray();
            var truth = CorpusMethod.Flatten(method.Call(exact, CorpusMethod.InDouble(arguments))).Select(r => Doubles(r.Value)).ToArray();
            for (var r = 0; r < own.Length; r++)
                for (var i = 0; i < own[r].Length; i++)
                    if (double.IsFinite(own[r][i]) && double.IsFinite(truth[r][i])) errors[r] = Math.Max(errors[r], Math.Abs(own[r][i] - truth[r][i]));
        }
        return errors;
    });

    private static Tensor Garbage(Tensor like)
    {
        var garbage = Tensor.Empty(like.DType, like.Shape.ToArray());
        garbage.Fill(like.DType == DType.Bool ? 1 : 77);
        return garbage;
    }

    /// <summary>Compares results: integers and bools exactly, the rest by the law.</summary>
    internal static void Compare(
        StringBuilder report, string where, IReadOnlyList<(string Name, Tensor Value)> expected, IReadOnlyList<(string Name, Tensor Value)> truth, IReadOnlyList<(string Name, Tensor Value)> actual,
        Lazy<double[]> errors)
    {
        for (var r = 0; r < expected.Count; r++)
        {
            var (name, reference) = expected[r];
            var value = actual[r].Value;
            if (value.DType != reference.DType || !value.Shape.SequenceEqual(reference.Shape))
            {
                report.AppendLine($"{where}: {name} is {value.DType} [{string.Join(" ", value.Shape.ToArray())}] instead of {reference.DType} [{string.Join(" ", reference.Shape.ToArray())}]");
                continue;
            }
            if (reference.DType is DType.Int64 or DType.Bool)
            {
                long[] own = value.To(DType.Int64).ToArray<long>(), right = reference.To(DType.Int64).ToArray<long>();
                var wrong = Enumerable.Range(0, own.Length).Where(i => own[i] != right[i]).ToArray();
                if (wrong.Length > 0) report.AppendLine($"{where}: {name}[{wrong[0]}] is {own[wrong[0]]} instead of {right[wrong[0]]} ({wrong.Length} of {own.Length} differ)");
                continue;
            }
            CompareFloats(report, $"{where}: {name}", reference.DType, Doubles(reference), Doubles(truth[r].Value), Doubles(value), () => errors.Value[r]);
        }
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).ToArray<double>();

    private static void CompareFloats(StringBuilder report, string what, DType dtype, double[] reference, double[] truth, double[] value, Func<double> typical)
    {
        double allowed = 0, scale = 1;
        for (var i = 0; i < value.Length; i++)
        {
            if (!double.IsFinite(reference[i]) || !double.IsFinite(truth[i])) continue;
            allowed = Math.Max(allowed, Math.Abs(reference[i] - truth[i]));
            scale = Math.Max(scale, Math.Abs(truth[i]));
        }
        var unit = 4 * (dtype == DType.Float32 ? Math.ScaleB(1, -23) : Math.ScaleB(1, -48)) * scale;
        var limit = 3 * allowed + unit;
        var (wrong, worst) = (-1, 0.0);
        for (var i = 0; i < value.Length && wrong < 0; i++)
        {
            if (double.IsFinite(reference[i]) && double.IsFinite(value[i]))
            {
                var error = Math.Abs(value[i] - (double.IsFinite(truth[i]) ? truth[i] : reference[i]));
                if (error > limit) limit = Math.Max(limit, 3 * typical() + unit);
                if (error > limit) (wrong, worst) = (i, error);
            }
            else if (!reference[i].Equals(value[i])) wrong = i;
        }
        if (wrong >= 0) report.AppendLine($"{what}[{wrong}] of {value.Length} is {value[wrong]:R} instead of {truth[wrong]:R} (reference {reference[wrong]:R}); error {worst:E2}, allowed {limit:E2}");
    }

    /// <summary>One element of each argument in turn is NaN, infinite or zero.</summary>
    [Theory]
    [MemberData(nameof(Forwards))]
    public void CpuPassesNaNAndInfinityAsTheReferenceDoes(string name)
    {
        var method = CorpusMethod.Find(name);
        PassesSpecialValues(method, method.Cases([3, 17], []), @case => (Network)method.Create(@case, "Cpu"));
    }

    internal static void PassesSpecialValues(CorpusMethod method, IEnumerable<CorpusCase> cases, Func<CorpusCase, Network> create)
    {
        var report = new StringBuilder();
        foreach (var @case in cases)
        {
            foreach (var special in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0 })
            {
                if (double.IsInfinity(special) && method.IsReassociated) continue;
                if (method.Arguments(@case) is not { } arguments) continue;
                for (var i = 0; i < arguments.Length; i++)
                {
                    if (arguments[i] is not Tensor { DType: DType.Float32 or DType.Float64, Length: > 0 } tensor) continue;
                    var own = (object[])arguments.Clone();
                    var changed = tensor.To(DType.Float64);
                    changed.AsSpan<double>()[(int)(tensor.Length / 2)] = special;
                    own[i] = changed.To(tensor.DType);
                    try
                    {
                        Network reference = (Network)method.Create(@case), exact = (Network)method.Create(@case), target = create(@case);
                        exact.To(DType.Float64);
                        var errors = Errors(method, @case, reference, exact);
                        var expected = CorpusMethod.Flatten(method.Call(reference, own));
                        Compare(report, $"{@case}, argument {i} holds {special}", expected, CorpusMethod.Flatten(method.Call(exact, CorpusMethod.InDouble(own))), CorpusMethod.Flatten(method.Call(target, own)), errors);
                    }
                    catch (ArgumentException)
                    {
                        // Sizes that the reference refuses; the agreement on that is tested above.
                    }
                }
            }
        }
        Assert.True(report.Length == 0, $"{method.Name}\n{report}");
    }

    /// <summary>The reference's gradients in Float64 along random directions, against central differences of what they are derived from.</summary>
    [Theory]
    [MemberData(nameof(Gradients))]
    public void GradientsAreThoseOfCentralDifferences(string name)
    {
        var method = CorpusMethod.Find(name);
        var (step, tolerance) = method.IsSingle ? (1e-2, 2e-3) : (1e-5, 1e-6);
        var compared = 0;
        foreach (var @case in method.Cases([1, 3, 5], [7]))
        {
            if (method.Arguments(@case) is not { } single) continue;
            var arguments = CorpusMethod.InDouble(single);
            var network = (Network)method.Create(@case);
            network.To(DType.Float64);
            List<(string Name, Tensor At, Tensor Gradient)> pairs;
            try
            {
                var result = method.Call(network, arguments);
                pairs = result is Proxima.Gradients gradients
                    ? [.. network.Parameters.Where(p => !p.IsBuffer).Select(p => (p.Name, p.Value, gradients.Of(p.Name)))]
                    : [.. Wrt(method).Zip(CorpusMethod.Flatten(result), (argument, g) => (argument, IndexOf(method, argument) is >= 0 and var i ? (Tensor)arguments[i] : network.Parameters.Single(p => p.Name == argument).Value, g.Value))];
            }
            catch (ArgumentException)
            {
                continue;
            }
            foreach (var (of, at, gradient) in pairs)
            {
                if (at.Length == 0) continue;
                compared++;
                Assert.Equal(at.Shape.ToArray(), gradient.Shape.ToArray());
                for (var direction = 0ul; direction < 3; direction++)
                {
                    var along = Tensor.Empty(DType.Float64, at.Shape.ToArray());
                    new Philox(99, direction).FillNormal(along);
                    var before = at.ToArray<double>();
                    var (plus, minus) = (Value(step), Value(-step));
                    before.CopyTo(at.AsSpan<double>());
                    double expected = (plus - minus) / (2 * step), actual = 0, size = Math.Max(1, Math.Abs(plus));
                    for (var i = 0; i < before.Length; i++)
                    {
                        actual += gradient.AsSpan<double>()[i] * along.AsSpan<double>()[i];
                        size += Math.Abs(gradient.AsSpan<double>()[i] * along.AsSpan<double>()[i]);
                    }
                    Assert.True(Math.Abs(expected - actual) <= tolerance * size || (double.IsNaN(expected) && double.IsNaN(actual)), $"{name}, {@case}: the derivative by {of} is {actual:R} and the differences say {expected:R}");

                    double Value(double distance)
                    {
                        for (var i = 0; i < before.Length; i++) at.AsSpan<double>()[i] = before[i] + distance * along.AsSpan<double>()[i];
                        return ((Tensor)method.Of!.Invoke(network, arguments)!).To(DType.Float64).Item<double>();
                    }
                }
            }
        }
        Assert.True(compared > 0, $"{name}: there is nothing to compare");
    }

    internal static string[] Wrt(CorpusMethod method) =>
        method.Method.GetCustomAttribute<GradientAttribute>()!.Wrt!.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    internal static int IndexOf(CorpusMethod method, string argument) => Array.FindIndex(method.Of!.GetParameters(), p => p.Name == argument);

    [Theory]
    [MemberData(nameof(Methods))]
    public void ThreadsDoNotChangeABit(string name)
    {
        var method = CorpusMethod.Find(name);
        foreach (var @case in method.Cases([17], [257]))
        {
            if (method.Arguments(@case) is not { } arguments) continue;
            var target = (Network)method.Create(@case, "Cpu");
            try
            {
                WorkerPool.Threads = 1;
                var alone = CorpusMethod.Flatten(method.Call(target, arguments)).Select(r => r.Value.Clone()).ToArray();
                WorkerPool.Threads = 2;
                var together = CorpusMethod.Flatten(method.Call(target, arguments));
                for (var i = 0; i < alone.Length; i++) Assert.Equal(Bytes(alone[i]), Bytes(together[i].Value));
            }
            catch (ArgumentException)
            {
                // Sizes that the method refuses.
            }
        }
    }

    private static unsafe byte[] Bytes(Tensor tensor) =>
        new ReadOnlySpan<byte>(tensor.Pointer, checked((int)tensor.Length * (tensor.DType switch { DType.Bool => 1, DType.Float32 => 4, _ => 8 }))).ToArray();

    /// <summary>In steady state: after the first calls have planned memory and started threads.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void CallsIntoGivenTensorsAndGradientsAllocateNothing(string name)
    {
        var method = CorpusMethod.Find(name);
        var @case = method.Cases([16], []).First();
        var arguments = method.Arguments(@case)!;
        var target = method.Create(@case, "Cpu");
        var result = method.Call(target, arguments);
        object?[] values = result is Proxima.Gradients ? arguments : [.. arguments, CorpusMethod.Like(result, Garbage)];
        var invoker = MethodInvoker.Create(result is Proxima.Gradients ? method.Method : method.Into!);
        for (var i = 0; i < 5; i++) invoker.Invoke(target, values.AsSpan());
        var allocations = new Allocations();
        while (allocations.Next()) invoker.Invoke(target, values.AsSpan());
        Assert.True(allocations.Bytes == 0, $"{name} allocates {allocations.Bytes} bytes in ten calls");
    }
}
