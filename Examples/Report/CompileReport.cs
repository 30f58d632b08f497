using System.Reflection;
using System.Text.Json;

namespace Proxima.Examples;

/// <summary>A network whose compile report an example shows.</summary>
/// <param name="Network">The declared class.</param>
/// <param name="Sizes">The sizes at which formulas are evaluated, by name: those of the constructor and those that calls bind.</param>
public sealed record ReportSubject(Type Network, IReadOnlyDictionary<string, long> Sizes);

/// <summary>What the compiler made of a network, read from the attribute that the generator leaves on its class.</summary>
/// <param name="Network">The name of the class.</param>
/// <param name="Methods">Its compiled methods.</param>
public sealed record CompileReport(string Network, IReadOnlyList<CompiledMethod> Methods)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true, RespectRequiredConstructorParameters = true };

    /// <summary>The report of a network class.</summary>
    /// <exception cref="InvalidDataException">The class carries none: its project does not set <c>ProximaReport</c>.</exception>
    public static CompileReport Of(Type network) =>
        network.GetCustomAttribute<CompileReportAttribute>() is { } attribute
            ? JsonSerializer.Deserialize<CompileReport>(attribute.Json, Options)!
            : throw new InvalidDataException($"{network.Name} carries no compile report; set <ProximaReport>true</ProximaReport> in its project.");
}

/// <summary>A method as it runs. All costs are formulas in the named sizes.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Assumes">What this variant takes for granted about sizes.</param>
/// <param name="Ir">Its intermediate representation.</param>
/// <param name="Derivation">The rules by which it was derived, and what is proved of it.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written by all kernels.</param>
/// <param name="Arena">The bytes of each slot of the working memory.</param>
/// <param name="Buffers">Everything that lives in memory.</param>
/// <param name="Checks">What is checked at entry.</param>
/// <param name="Refusals">Fusions that were not done.</param>
/// <param name="Steps">The kernels and loops in order.</param>
public sealed record CompiledMethod(
    string Name, IReadOnlyList<string> Assumes, string Ir, IReadOnlyList<string> Derivation, string Flops, string Bytes, IReadOnlyList<string> Arena, IReadOnlyList<CompiledBuffer> Buffers,
    IReadOnlyList<string> Checks, IReadOnlyList<FusionRefusal> Refusals, IReadOnlyList<CompiledStep> Steps)
{
    /// <summary>The bytes of the working memory, as a formula.</summary>
    public string ArenaBytes => Arena.Count == 0 ? "0" : string.Join("+", Arena);

    /// <summary>All kernels, those inside of loops too, in the order in which they first run.</summary>
    public IEnumerable<CompiledStep> Kernels => Flatten(Steps);

    private static IEnumerable<CompiledStep> Flatten(IEnumerable<CompiledStep> steps) =>
        steps.SelectMany(step => step.IsLoop ? Flatten(step.Steps) : [step]);
}

/// <summary>A piece of memory.</summary>
/// <param name="Name">Its name, after the user's variable where there is one.</param>
/// <param name="Kind">What it holds: an argument, a parameter, a result, an intermediate value.</param>
/// <param name="Type">The element type.</param>
/// <param name="Count">The number of elements, as a formula.</param>
/// <param name="Slot">The slot of the working memory it lies in; negative if it lies elsewhere.</param>
public sealed record CompiledBuffer(string Name, string Kind, string Type, string Count, int Slot);

/// <summary>Two computations that stayed apart.</summary>
/// <param name="What">Which.</param>
/// <param name="Why">The reason.</param>
public sealed record FusionRefusal(string What, string Why);

/// <summary>A kernel, a matrix product or a loop.</summary>
/// <param name="Kind"><c>kernel</c>, <c>gemm</c> or <c>loop</c>.</param>
/// <param name="Name">The name of the generated method, or the head of the loop.</param>
/// <param name="Sources">The user's expressions that it computes.</param>
/// <param name="Lines">The lines they stand on.</param>
/// <param name="Flops">Floating-point operations, as a formula; those of a loop are of all its iterations.</param>
/// <param name="Bytes">Bytes read and written, as a formula.</param>
/// <param name="Reads">The buffers it reads.</param>
/// <param name="Writes">The buffers it writes.</param>
/// <param name="Steps">The body of a loop.</param>
public sealed record CompiledStep(
    string Kind, string Name, IReadOnlyList<string> Sources, IReadOnlyList<int> Lines, string Flops, string Bytes,
    IReadOnlyList<string> Reads, IReadOnlyList<string> Writes, IReadOnlyList<CompiledStep> Steps)
{
    /// <summary>Whether this is a loop of other steps.</summary>
    public bool IsLoop => Kind == "loop";

    /// <summary>Where the expressions stand, in words; empty if nowhere.</summary>
    public string Place => Lines.Count switch { 0 => "", 1 => $"line {Lines[0]}", _ => $"lines {string.Join(", ", Lines.Order())}" };
}
