using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>What every transform ends with: nothing unused, nothing computed again in each iteration, nothing a rewrite makes simpler.</summary>
internal static class Cleanup
{
    public static Function Apply(Function function)
    {
        // A rewrite may make terms that the next one simplifies further; two rounds reach the end but for oddities.
        if (!function.Body.Any(node => node.Loop is not null)) return Simplify.Apply(Simplify.Apply(function));
        for (var round = 0; round < 2; round++) function = Simplify.Apply(Prune.Apply(function));
        return Prune.Apply(Hoist.Apply(function));
    }
}
