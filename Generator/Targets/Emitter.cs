using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Targets.Cpu;
using Proxima.Generator.Targets.Declaration;
using Proxima.Generator.Targets.Gpu;
using Proxima.Generator.Targets.Reference;
using Proxima.Generator.Targets.Report;
using Proxima.Generator.Targets.Torch;

namespace Proxima.Generator.Targets;

/// <summary>What a compilation can run on, told from the types that it references.</summary>
[Flags]
internal enum TargetSet
{
    Reference = 0,
    Cpu = 1,
    Gpu = 2,
    Torch = 4,

    /// <summary>The compilation is Proxima.Dsl itself, which declares the base class.</summary>
    Language = 8,

    /// <summary>The project asks for the compile report.</summary>
    Report = 16,
}

/// <summary>Declaration in, source files out: the one entry of the room.</summary>
internal static class Emitter
{
    /// <summary>The files of one network. The library holds at least what the network reaches.</summary>
    public static IEnumerable<(string HintName, string Source)> Emit(NetworkDeclaration network, Library library, TargetSet targets, CancellationToken cancellation)
    {
        if (network.IsStatic) yield break;
        yield return (HintName(network, ""), DeclarationPrinter.Print(network, targets));
        var methods = NetworkCompiler.Compile(network, library, cancellation);
        if (TransformPrinter.Print(network, methods) is { } transforms) yield return (HintName(network, ".Transforms"), transforms);
        if ((targets & TargetSet.Report) != 0) yield return (HintName(network, ".Report"), ReportPrinter.Print(network, methods));
        if ((targets & TargetSet.Cpu) != 0) yield return (HintName(network, ".Cpu"), CpuPrinter.Print(network, methods));
        if ((targets & TargetSet.Gpu) != 0) yield return (HintName(network, ".Gpu"), GpuPrinter.Print(network, methods));
        if ((targets & TargetSet.Cpu) != 0 && (targets & TargetSet.Torch) != 0) yield return (HintName(network, ".Torch"), TorchPrinter.Print(network, methods));
    }

    /// <summary>A file name for each network and part: full names are unique in a compilation, and so are these.</summary>
    public static string HintName(NetworkDeclaration network, string part) =>
        network.FullName.Replace('+', '.').Replace('`', '-') + part + Names.GeneratedSuffix;
}
