using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>A mistake in a declaration: which rule, where, the words of its message, and the declarations that explain it.</summary>
internal sealed record SurfaceDiagnostic(string Id, Origin Origin, EquatableArray<string> Arguments, EquatableArray<Origin> Additional)
{
    public static SurfaceDiagnostic Of(string id, Origin origin, params string[] arguments) =>
        new(id, origin, new([.. arguments]), EquatableArray<Origin>.Empty);
}

/// <summary>What a class says. The declaration is null where it cannot be compiled at all: not partial, generic, with a base class.</summary>
internal sealed record Reading(NetworkDeclaration? Declaration, EquatableArray<SurfaceDiagnostic> Diagnostics);
