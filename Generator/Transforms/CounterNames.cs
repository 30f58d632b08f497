using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Hands out counters that no size and no other loop of a function uses.</summary>
/// <param name="used">The names that are taken; grows by those handed out.</param>
internal sealed class CounterNames(HashSet<string> used)
{
    private readonly HashSet<string> _used = used;

    public static CounterNames Of(Function function)
    {
        var names = new CounterNames(new HashSet<string>(StringComparer.Ordinal));
        foreach (var binding in function.Bindings) names._used.Add(binding.Size);
        foreach (var argument in function.Arguments) names._used.Add(argument.Name);
        names.Collect(function.Body);
        return names;
    }

    public bool Uses(string name) => _used.Contains(name);

    private void Collect(Region region)
    {
        foreach (var node in region.Parameters.Concat(region.Schedule()))
        {
            foreach (var dim in node.Shape.Concat(node.Dims))
                foreach (var name in dim.Names()) _used.Add(name);
            if (node.Rule is { } rule)
            {
                Collect(rule.Body);
                if (rule.Value is { } value) Collect(value);
            }
            if (node.Loop is not { } loop) continue;
            _used.Add(loop.Counter);
            foreach (var name in loop.Trips.Names()) _used.Add(name);
            Collect(loop.Body);
        }
    }

    /// <summary>A new name after the pattern of <paramref name="hint"/>: <c>k</c> gives <c>k2</c>, then <c>k3</c>.</summary>
    public string Fresh(string hint)
    {
        var stem = hint.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if (stem.Length == 0) stem = "k";
        for (var number = 2; ; number++)
        {
            var name = stem + number.ToString(CultureInfo.InvariantCulture);
            if (_used.Add(name)) return name;
        }
    }
}
