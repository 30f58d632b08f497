using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>What a class says. The declaration is null where it cannot be compiled at all: not partial, generic, with a base class.</summary>
internal sealed record Reading(NetworkDeclaration? Declaration, EquatableArray<Finding> Diagnostics);
