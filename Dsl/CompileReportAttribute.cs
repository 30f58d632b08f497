using System.ComponentModel;

namespace Proxima;

/// <summary>
/// What the compiler made of a network, as JSON: the IR of every method, its kernels with the user's expressions, memory and operations as formulas in the
/// named sizes, refused fusions. Emitted where the project sets the property <c>ProximaReport</c> to true.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class CompileReportAttribute(string json) : Attribute
{
    /// <summary>The report.</summary>
    public string Json { get; } = json;
}
