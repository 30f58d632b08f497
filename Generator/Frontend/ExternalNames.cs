using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Proxima.Generator.Ops;

namespace Proxima.Generator.Frontend;

/// <summary>
/// The names by which generated code calls what is not its own. Where a class or its namespace has something else by such a name, generated code
/// writes it in full.
/// </summary>
internal static class ExternalNames
{
    private static readonly ImmutableDictionary<string, string> s_full = new[]
    {
        ("Proxima", "Tensor Graph DType Gradients Network NetworkVisitor Init Initializer CompileReport Ops WholeNumbers"),
        ("Proxima.Runtime", "Arena Panels Tables Workspace Guard WorkerPool Gemm GroupedGemm GemmGroups GemmMatrix BitGemm Signs Windows IWindowSum Fourier Routines HostSingle HostDouble HostInt64 IJob IEpilogue ILane ScalarMath LaneMath LaneRandom Divisor F1 F128 F256 F512 D1 D128 D256 D512"),
        ("Proxima.Gpu", "GpuDevice GpuArena GpuMath GpuGemm GpuMatrix GpuTabledMatrix GpuFloats GpuDoubles GpuRow GpuKernels IGemmEpilogue"),
        ("Proxima.Torch", "TorchNetwork TorchLayer TorchBinding TorchConversions ITorchFunction"),
        ("TorchSharp", "torch"),
        ("ILGPU", "ArrayView Index1D KernelConfig Grid Group SharedMemory"),
        ("ILGPU.Runtime", "Accelerator"),
        ("System", "Math MathF GC BitConverter ArgumentException ArgumentNullException NotSupportedException"),
        ("System.Runtime.CompilerServices", "MethodImpl MethodImplOptions Unsafe"),
        ("System.Runtime.Intrinsics", "Vector128 Vector256 Vector512"),
    }.SelectMany(space => space.Item2.Split(' ').Select(name => (Name: name, Full: $"global::{space.Item1}.{name}")))
        .ToImmutableDictionary(name => name.Name, name => name.Full, StringComparer.Ordinal);

    /// <summary>The operations, as the bodies of transforms call them.</summary>
    private static readonly ImmutableHashSet<string> s_ops =
        [.. SurfaceOps.Names, "Cast", "Iota", "ReduceMax", "ReduceMin", "Broadcast", "Pad", "UpdateAdd"];

    /// <summary>The names of types that generated code uses.</summary>
    public static IEnumerable<string> All => s_full.Keys;

    public static string? Full(string name) => s_full.TryGetValue(name, out var full) ? full : null;

    public static bool IsOperation(string name) => s_ops.Contains(name);

    /// <summary>The names that mean something else inside a class, in ordinal order: its members, those around it, the types beside it.</summary>
    public static ImmutableArray<string> HiddenIn(INamedTypeSymbol type)
    {
        var hidden = new SortedSet<string>(StringComparer.Ordinal);
        for (var around = type; around is not null; around = around.ContainingType)
        {
            Add(around);
            foreach (var member in around.GetMembers())
            {
                Add(member);
                if (member is IMethodSymbol method && SymbolEqualityComparer.Default.Equals(around, type))
                    foreach (var parameter in method.Parameters) Add(parameter);
            }
            if (around.ContainingType is null)
                foreach (var beside in s_full.Keys)
                    foreach (var member in around.ContainingNamespace.GetMembers(beside)) Add(member);
        }
        return [.. hidden];

        void Add(ISymbol symbol)
        {
            var isMethod = symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary };
            if (!s_full.ContainsKey(symbol.Name) && !(isMethod && s_ops.Contains(symbol.Name))) return;
            // What the generator adds hides nothing: it knows about it.
            if (symbol.DeclaringSyntaxReferences.Length > 0 && symbol.DeclaringSyntaxReferences.All(r => r.SyntaxTree.IsGenerated())) return;
            if (symbol is INamedTypeSymbol { ContainingType: null } named && s_full.TryGetValue(symbol.Name, out var full) && full == "global::" + named.ContainingNamespace.ToDisplayString() + "." + symbol.Name) return;
            hidden.Add(symbol.Name);
        }
    }
}
