using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using Proxima.Torch;
using TorchSharp;

namespace Proxima.Tests.Fuzz;

/// <summary>What a program is run on, beside the reference in Float64 and in Float32.</summary>
internal enum FuzzTarget
{
    Cpu,
    Gpu,
    Torch,
}

/// <summary>Where a target departs from the reference.</summary>
/// <param name="Method">The method, or null where the program does not compile.</param>
internal sealed record FuzzFailure(FuzzProgram Program, string? Method, string Message);

/// <summary>Compiles programs, many at a time, runs every method on the references and on a target, and makes programs that fail smaller.</summary>
internal static class FuzzRunner
{
    private static readonly Dictionary<string, int>[] s_sizes =
    [
        new() { ["n"] = 3, ["m"] = 2, ["steps"] = 2, ["b"] = 4, ["p"] = 2 },
        new() { ["n"] = 1, ["m"] = 5, ["steps"] = 0, ["b"] = 1, ["p"] = 3 },
        new() { ["n"] = 5, ["m"] = 1, ["steps"] = 3, ["b"] = 2, ["p"] = 1 },
    ];

    /// <summary>The first failure of each program that has one, and the number of methods that were compared.</summary>
    /// <param name="isPlain">See <see cref="FuzzCompiler"/>.</param>
    public static (List<FuzzFailure> Failures, int Methods) Run(IReadOnlyList<FuzzProgram> programs, FuzzTarget target, bool isPlain)
    {
        var failures = new List<FuzzFailure>();
        var compared = 0;
        var (image, errors) = FuzzCompiler.Compile(programs, target, isPlain);
        if (image is not null)
        {
            var context = new AssemblyLoadContext("Fuzzed", isCollectible: true);
            var assembly = context.LoadFromStream(image);
            foreach (var program in programs)
            {
                var type = assembly.GetType(program.Name)!;
                foreach (var method in program.Methods.Where(m => !m.IsHelper))
                {
                    if (target == FuzzTarget.Torch && method.GivesGradients) continue;
                    if (Check(type, program, method, target) is not { } message)
                    {
                        compared++;
                        continue;
                    }
                    failures.Add(new(program, method.Name, message));
                    break;
                }
            }
            context.Unload();
        }
        else if (programs.Count == 1) failures.Add(new(programs[0], null, errors));
        else
        {
            // One of them does not compile: halves find it.
            foreach (var half in programs.Chunk((programs.Count + 1) / 2))
            {
                var (found, count) = Run(half, target, isPlain);
                failures.AddRange(found);
                compared += count;
            }
        }
        return (failures, compared);
    }

    /// <summary>What the analyzer says of a program.</summary>
    private static string Mistakes(FuzzProgram program) => string.Join("\n", GeneratorHarness.Compile(FuzzProgram.Children, program.Source)
        .WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().Where(d => d.Severity == DiagnosticSeverity.Error).Take(3));

    // ---- One method ------------------------------------------------------------------------------------------------------

    private static string? Check(Type type, FuzzProgram program, FuzzMethod method, FuzzTarget target)
    {
        var compiled = type.GetNestedType(target.ToString())!;
        if (!compiled.GetMethods().Any(m => m.Name == method.Name && m.DeclaringType == compiled)) return $"refused: {Mistakes(program)}";
        foreach (var sizes in target == FuzzTarget.Cpu ? s_sizes : s_sizes[..1])
        {
            object[] constructed = [sizes["n"], sizes["m"], sizes["steps"]];
            var reference = (Network)Activator.CreateInstance(type, constructed)!;
            var exact = (Network)Activator.CreateInstance(type, constructed)!;
            exact.To(DType.Float64);
            var arguments = Arguments(method, sizes);
            double[][] single, truth, actual;
            try
            {
                single = Call(reference, method, arguments);
                truth = Call(exact, method, [.. arguments.Select(a => a.To(DType.Float64))]);
            }
            catch (ArgumentException)
            {
                continue;
            }
            if (truth.Concat(single).Any(r => r.Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e5))) continue;
            var where = $"{method.Name} on {target}, n={sizes["n"]} m={sizes["m"]} steps={sizes["steps"]} b={sizes["b"]} p={sizes["p"]}";
            try
            {
                actual = target switch
                {
                    FuzzTarget.Cpu => Call(Activator.CreateInstance(compiled, constructed)!, method, arguments),
                    FuzzTarget.Gpu => Call(Activator.CreateInstance(compiled, [OpenClDevice.Accelerator, .. constructed])!, method, arguments),
                    _ => CallTorch(Activator.CreateInstance(compiled, constructed)!, method, arguments),
                };
            }
            catch (Exception exception)
            {
                return $"{where}: {exception}";
            }
            for (var r = 0; r < truth.Length; r++)
            {
                if (Compare(single[r], truth[r], actual[r], () => Sensitivity(exact, method, arguments, truth, r)) is { } message) return $"{where}, result {r + 1}: {message}";
            }
        }
        return null;
    }

    private static Tensor[] Arguments(FuzzMethod method, Dictionary<string, int> sizes) =>
    [
        .. method.Arguments.Select((argument, i) =>
        {
            var tensor = Tensor.Empty(DType.Float32, [.. argument.Shape.Select(entry => sizes[entry])]);
            new Philox(5, (ulong)i).FillNormal(tensor);
            return tensor;
        }),
    ];

    private static double[][] Call(object network, FuzzMethod method, Tensor[] arguments)
    {
        try
        {
            return Flatten(network.GetType().GetMethods().First(m => m.Name == method.Name && m.ReturnType != typeof(void)).Invoke(network, [.. arguments])!);
        }
        catch (TargetInvocationException exception)
        {
            if (exception.InnerException is ArgumentException) throw exception.InnerException;
            throw new InvalidOperationException(exception.InnerException!.ToString(), exception.InnerException);
        }
    }

    private static double[][] CallTorch(object module, FuzzMethod method, Tensor[] arguments)
    {
        using var scope = torch.NewDisposeScope();
        var results = module.GetType().GetMethods().First(m => m.Name == method.Name).Invoke(module, [.. arguments.Select(a => a.ToTorch())])!;
        return results is ITuple tuple
            ? [.. Enumerable.Range(0, tuple.Length).Select(i => Doubles(((torch.Tensor)tuple[i]!).detach().ToProxima()))]
            : [Doubles(((torch.Tensor)results).detach().ToProxima())];
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).ToArray<double>();

    private static double[][] Flatten(object result) => result switch
    {
        Tensor tensor => [Doubles(tensor)],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => Doubles((Tensor)tuple[i]!))],
        Gradients gradients => [Doubles(gradients.Value), .. gradients.Network.Parameters.Where(p => !p.IsBuffer).Select(p => Doubles(gradients.Of(p.Name)))],
        _ => throw new InvalidOperationException($"a result of type {result.GetType()}"),
    };

    /// <summary>The law: as wrong as the reference in Float32, or as the exact result moves when its inputs are rounded differently, and no more.</summary>
    private static string? Compare(double[] single, double[] truth, double[] actual, Func<double> sensitivity)
    {
        if (actual.Length != truth.Length) return $"{actual.Length} elements instead of {truth.Length}";
        double allowed = 0, scale = 1;
        for (var i = 0; i < truth.Length; i++)
        {
            allowed = Math.Max(allowed, Math.Abs(single[i] - truth[i]));
            scale = Math.Max(scale, Math.Abs(truth[i]));
        }
        var unit = 8 * Math.ScaleB(1, -23) * scale;
        var limit = 3 * allowed + unit;
        for (var i = 0; i < truth.Length; i++)
        {
            var error = Math.Abs(actual[i] - truth[i]);
            if (error <= limit) continue;
            limit = Math.Max(limit, sensitivity() + unit);
            if (!(error <= limit)) return $"element {i} is {actual[i]:R} instead of {truth[i]:R} (Float32 reference {single[i]:R}), allowed {limit:E2}";
        }
        return null;
    }

    private static double Sensitivity(Network exact, FuzzMethod method, Tensor[] arguments, double[][] truth, int result)
    {
        var worst = 0.0;
        var random = new Random(1);
        var parameters = exact.Parameters.Select(p => (p.Value, Saved: p.Value.ToArray<double>())).ToArray();
        for (var trial = 0; trial < 6; trial++)
        {
            foreach (var (value, saved) in parameters) Disturb(value, saved);
            var moved = Call(exact, method, [.. arguments.Select(a =>
            {
                var own = a.To(DType.Float64);
                Disturb(own, own.ToArray<double>());
                return own;
            })]);
            for (var i = 0; i < truth[result].Length; i++) worst = Math.Max(worst, Math.Abs(moved[result][i] - truth[result][i]));
        }
        foreach (var (value, saved) in parameters) saved.CopyTo(value.AsSpan<double>());
        return 24 * worst;

        void Disturb(Tensor tensor, double[] saved)
        {
            var span = tensor.AsSpan<double>();
            for (var i = 0; i < span.Length; i++) span[i] = saved[i] * (1 + (random.NextDouble() * 2 - 1) * Math.ScaleB(1, -23));
        }
    }

    // ---- Smaller programs ------------------------------------------------------------------------------------------------

    /// <summary>The smallest program found that still fails in the same method, with what it says.</summary>
    public static FuzzFailure Shrink(FuzzFailure failure, FuzzTarget target, bool isPlain, int attempts)
    {
        if (failure.Method is { } method && Fails(failure.Program.Reaching(method)) is { } reached) failure = reached;
        for (var progress = true; progress && attempts > 0;)
        {
            progress = false;
            foreach (var smaller in failure.Program.Smaller())
            {
                if (attempts-- == 0) break;
                if (Fails(failure.Method is { } at ? smaller.Reaching(at) : smaller) is not { } found) continue;
                failure = found;
                progress = true;
                break;
            }
        }
        return failure;

        // A smaller program that is refused shows another mistake than one that computes something wrong.
        FuzzFailure? Fails(FuzzProgram program) => failure.Method is { } name && program.Methods.All(m => m.Name != name)
            ? null
            : Run([program], target, isPlain).Failures.FirstOrDefault(f => f.Method == failure.Method && Kind(f) == Kind(failure));

        static bool Kind(FuzzFailure f) => f.Message.StartsWith("refused", StringComparison.Ordinal);
    }

    /// <summary>Failures, made smaller, as a message.</summary>
    public static string Report(IReadOnlyList<(FuzzFailure Failure, bool IsPlain)> failures, FuzzTarget target)
    {
        if (failures.Count == 0) return "";
        var text = new StringBuilder().AppendLine($"{failures.Count} programs fail on {target}: {string.Join(", ", failures.Select(f => f.Failure.Program.Name))}");
        foreach (var (failure, isPlain) in failures.Take(5))
        {
            var smallest = Shrink(failure, target, isPlain, attempts: 60);
            text.AppendLine(smallest.Message).AppendLine(FuzzProgram.Children).AppendLine(smallest.Program.Source);
        }
        return text.ToString();
    }
}
