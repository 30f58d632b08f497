using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>A mistake in a declaration: which rule, where, the words of its message, and the declarations that explain it.</summary>
internal sealed record Finding(string Id, Origin Origin, EquatableArray<string> Arguments, EquatableArray<Origin> Additional)
{
    /// <summary>For a mistake inside something that is inlined: the call in the compiled class that leads there. Else <see cref="Origin.None"/>.</summary>
    public Origin Site { get; init; } = Origin.None;

    /// <summary>The mechanical repairs that fit, for code fixes: see <see cref="Repair"/>.</summary>
    public EquatableArray<string> Repairs { get; init; } = EquatableArray<string>.Empty;

    public static Finding Of(string id, Origin origin, params string[] arguments) => new(id, origin, new([.. arguments]), EquatableArray<Origin>.Empty);

    public Finding With(IEnumerable<Origin> additional) => this with { Additional = additional.Where(o => o.Length > 0).ToImmutableArray() };
}

/// <summary>The repairs that a finding may offer: what lowering knows to fit, and only a code fix can write.</summary>
internal static class Repair
{
    /// <summary>Transpose the first operand of MatMul.</summary>
    public const string TransposeLeft = "transpose left";

    /// <summary>Transpose the second operand of MatMul.</summary>
    public const string TransposeRight = "transpose right";

    /// <summary>Exchange the operands of MatMul.</summary>
    public const string Swap = "swap";

    /// <summary>What <see cref="Rename"/> starts with; the new name follows.</summary>
    private const string RenamePrefix = "rename ";

    public static string Rename(string name) => RenamePrefix + name;

    /// <summary>The name that a repair proposes, or null where it proposes something else.</summary>
    public static string? NewName(string repair) =>
        repair.StartsWith(RenamePrefix, StringComparison.Ordinal) ? repair.Substring(RenamePrefix.Length) : null;
}
