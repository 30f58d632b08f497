using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Leaves the expression that is wrong; caught where it is evaluated, whose value then is <see cref="Value.Error"/>.</summary>
internal sealed class Refusal(Finding? finding) : Exception(finding?.Arguments.Count > 0 ? finding.Arguments[0] : "")
{
    /// <summary>Null where the mistake has already been reported.</summary>
    public Finding? Finding { get; } = finding;

    public static Refusal Of(string id, Origin origin, params string[] arguments) => new(Finding.Of(id, origin, arguments));
}
