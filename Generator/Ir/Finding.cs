using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>A mistake in a declaration: which rule, where, the words of its message, and the declarations that explain it.</summary>
internal sealed record Finding(string Id, Origin Origin, EquatableArray<string> Arguments, EquatableArray<Origin> Additional)
{
    public static Finding Of(string id, Origin origin, params string[] arguments) => new(id, origin, new([.. arguments]), EquatableArray<Origin>.Empty);

    public Finding With(IEnumerable<Origin> additional) => this with { Additional = additional.Where(o => o.Length > 0).ToImmutableArray() };
}
