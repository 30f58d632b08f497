using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>What every transform ends with: nothing unused, nothing computed again in each iteration, nothing a rewrite makes simpler.</summary>
internal static class Cleanup
{
    public static Function Apply(Function function) => Prune.Apply(Hoist.Apply(Simplify.Apply(Prune.Apply(function))));
}
