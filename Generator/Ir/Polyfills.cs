#pragma warning disable SA1649, IDE0130
namespace System.Runtime.CompilerServices
{
    /// <summary>Lets init-only setters and records compile for netstandard2.0.</summary>
    internal static class IsExternalInit;

    [AttributeUsage(AttributeTargets.All, Inherited = false)]
    internal sealed class RequiredMemberAttribute : Attribute;

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = false)]
    internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
    {
        public string FeatureName { get; } = featureName;
    }
}

namespace Microsoft.CodeAnalysis
{
    /// <summary>Hides a type from the assemblies that see this one's internals: they have their own System.Index.</summary>
    internal sealed class EmbeddedAttribute : Attribute;
}

namespace System
{
    /// <summary>Lets list patterns and <c>^1</c> compile for netstandard2.0.</summary>
    [Microsoft.CodeAnalysis.Embedded]
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }

    /// <summary>Lets slice patterns compile for netstandard2.0.</summary>
    [Microsoft.CodeAnalysis.Embedded]
    internal readonly struct Range(Index start, Index end)
    {
        public Index Start { get; } = start;

        public Index End { get; } = end;
    }
}
