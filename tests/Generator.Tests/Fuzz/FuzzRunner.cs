using System.Runtime.Loader;
using System.Text;
using ILGPU.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using Proxima.Torch;
using TorchSharp;

namespace Proxima.Tests.Fuzz;

/// <summary>What programs are run on, beside the reference in Float64 and in Float32.</summary>
[Flags]
internal enum FuzzTargets
{
    Cpu = 1,

    /// <summary>The Gpu target, its kernels on <see cref="HostDevice"/>.</summary>
    Gpu = 2,

    /// <summary>The Gpu target on <see cref="OpenClDevice"/>.</summary>
    OpenCl = 4,

    Torch = 8,
}

/// <summary>Where a target departs from the reference.</summary>
/// <param name="Targets">The target; those that were compiled, where the program does not compile.</param>
/// <param name="Method">The method, or null where the program does not compile.</param>
internal sealed record FuzzFailure(FuzzProgram Program, FuzzTargets Targets, string? Method, string Message);

/// <summary>Compiles programs, many at a time, runs every method on the references and on targets, and makes programs that fail smaller.</summary>
internal static class FuzzRunner
{
    private static readonly Dictionary<string, int>[] s_sizes =
    [
        new() { ["n"] = 3, ["m"] = 2, ["steps"] = 2, ["b"] = 4, ["p"] = 2 },
        new() { ["n"] = 1, ["m"] = 5, ["steps"] = 0, ["b"] = 1, ["p"] = 3 },
        new() { ["n"] = 5, ["m"] = 1, ["steps"] = 3, ["b"] = 2, ["p"] = 1 },
    ];

    /// <summary>The first failure of each program that has one, and the number of methods that were compared on every target.</summary>
    /// <param name="isPlain">See <see cref="FuzzCompiler"/>.</param>
    public static (List<FuzzFailure> Failures, int Methods) Run(IReadOnlyList<FuzzProgram> programs, FuzzTargets targets, bool isPlain)
    {
        var failures = new List<FuzzFailure>();
        var compared = 0;
        var (image, errors) = FuzzCompiler.Compile(programs, targets, isPlain);
        if (image is not null)
        {
            using var host = targets.HasFlag(FuzzTargets.Gpu) ? new HostDevice() : null;
            var context = new AssemblyLoadContext("Fuzzed", isCollectible: true);
            var assembly = context.LoadFromStream(image);
            foreach (var program in programs)
            {
                var type = assembly.GetType(program.Name)!;
                foreach (var method in program.Methods.Where(m => !m.IsHelper))
                {
                    if (Each(targets).Select(target => Check(type, program, method, target, target == FuzzTargets.Gpu ? host!.Accelerator : null) is { } message ? new FuzzFailure(program, target, method.Name, message) : null)
                        .FirstOrDefault(found => found is not null) is { } failure)
                    {
                        failures.Add(failure);
                        break;
                    }
                    compared++;
                }
            }
            context.Unload();
        }
        else if (programs.Count == 1) failures.Add(new(programs[0], targets, null, errors));
        else
        {
            // One of them does not compile: halves find it.
            foreach (var half in programs.Chunk((programs.Count + 1) / 2))
            {
                var (found, count) = Run(half, targets, isPlain);
                failures.AddRange(found);
                compared += count;
            }
        }
        return (failures, compared);
    }

    private static IEnumerable<FuzzTargets> Each(FuzzTargets targets) => Enum.GetValues<FuzzTargets>().Where(target => targets.HasFlag(target));

    /// <summary>What the analyzer says of a program.</summary>
    private static string Mistakes(FuzzProgram program) => string.Join("\n", GeneratorHarness.Compile(FuzzProgram.Children, program.Source)
        .WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().Where(d => d.Severity == DiagnosticSeverity.Error).Take(3));

    // ---- One method ------------------------------------------------------------------------------------------------------

    private static string? Check(Type type, FuzzProgram program, FuzzMethod method, FuzzTargets target, Accelerator? host)
    {
        var accelerator = target == FuzzTargets.OpenCl ? OpenClDevice.Accelerator : host;
        var compiled = type.GetNestedType(accelerator is null ? target.ToString() : "Gpu")!;
        // A torch module has no gradient methods: there torch itself differentiates what they are of.
        var isBackward = target == FuzzTargets.Torch && method.GivesGradients;
        if (!isBackward && !compiled.GetMethods().Any(m => m.Name == method.Name && m.DeclaringType == compiled)) return $"refused: {Mistakes(program)}";
        foreach (var sizes in target == FuzzTargets.Cpu ? s_sizes : s_sizes[..1])
        {
            object[] constructed = [sizes["n"], sizes["m"], sizes["steps"]];
            var reference = (Network)Activator.CreateInstance(type, constructed)!;
            var exact = (Network)Activator.CreateInstance(type, constructed)!;
            exact.To(DType.Float64);
            var arguments = Arguments(method, sizes);
            double[][] single, truth;
            try
            {
                single = TargetLaw.Call(reference, method.Name, arguments);
                truth = TargetLaw.Call(exact, method.Name, TargetLaw.InDouble(arguments));
            }
            catch (ArgumentException)
            {
                continue;
            }
            if (truth.Concat(single).Any(r => r.Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e5))) continue;
            var where = $"{method.Name} on {target}, n={sizes["n"]} m={sizes["m"]} steps={sizes["steps"]} b={sizes["b"]} p={sizes["p"]}";
            if (!isBackward && Compared(where, instance => target == FuzzTargets.Torch ? TargetLaw.CallTorch(instance, method.Name, arguments) : TargetLaw.Call(instance, method.Name, arguments)) is { } wrong) return wrong;
            if (target == FuzzTargets.Torch && (isBackward || method.IsReverse) && Compared($"the backward pass of {method.Of} for {where}", instance => Backward((torch.nn.Module)instance, program, method, arguments)) is { } backward)
                return backward;

            string? Compared(string where, Func<object, double[][]> call)
            {
                double[][] actual;
                try
                {
                    actual = call(Activator.CreateInstance(compiled, accelerator is null ? constructed : [accelerator, .. constructed])!);
                }
                catch (Exception exception)
                {
                    return $"{where}: {exception}";
                }
                return TargetLaw.Compare(single, truth, actual, r => TargetLaw.Sensitivity(exact, method.Name, arguments, truth, r)) is { } message ? $"{where}, {message}" : null;
            }
        }
        return null;
    }

    private static object[] Arguments(FuzzMethod method, Dictionary<string, int> sizes) =>
    [
        .. method.Arguments.Select((argument, i) =>
        {
            var tensor = Tensor.Empty(DType.Float32, [.. argument.Shape.Select(entry => sizes[entry])]);
            new Philox(5, (ulong)i).FillNormal(tensor);
            return tensor;
        }),
    ];

    /// <summary>What a gradient or a vector-Jacobian product gives, from torch's own differentiation of what it is of.</summary>
    private static double[][] Backward(torch.nn.Module module, FuzzProgram program, FuzzMethod method, object[] arguments)
    {
        var of = program.Method(method.Of!).Arguments;
        // The arguments that follow are cotangents. A gradient is by some of the arguments, a product by all of them.
        return TargetLaw.Backward(module, method.Of!, arguments[..of.Length], arguments[of.Length..], method.GivesGradients ? null : i => method.Wrt is not { } wrt || wrt.Contains(of[i].Name));
    }

    // ---- Smaller programs ------------------------------------------------------------------------------------------------

    /// <summary>The smallest program found that still fails in the same method, with what it says.</summary>
    public static FuzzFailure Shrink(FuzzFailure failure, bool isPlain, int attempts)
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
            : Run([program], failure.Targets, isPlain).Failures.FirstOrDefault(f => f.Method == failure.Method && Kind(f) == Kind(failure));

        static bool Kind(FuzzFailure f) => f.Message.StartsWith("refused", StringComparison.Ordinal);
    }

    /// <summary>Failures, made smaller, as a message.</summary>
    public static string Report(IReadOnlyList<(FuzzFailure Failure, bool IsPlain)> failures)
    {
        if (failures.Count == 0) return "";
        var text = new StringBuilder().AppendLine($"{failures.Count} programs fail: {string.Join(", ", failures.Select(f => $"{f.Failure.Program.Name} on {f.Failure.Targets}"))}");
        foreach (var (failure, isPlain) in failures.Take(5))
        {
            var smallest = Shrink(failure, isPlain, attempts: 60);
            text.AppendLine(smallest.Message).AppendLine(FuzzProgram.Children).AppendLine(smallest.Program.Source);
        }
        return text.ToString();
    }
}
