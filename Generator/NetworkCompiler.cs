using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;
using Proxima.Generator.Optimize;
using Proxima.Generator.Targets;
using Proxima.Generator.Transforms;

namespace Proxima.Generator;

/// <summary>From a declaration to plans: lowering, clean-up and planning of every compiled method.</summary>
internal static class NetworkCompiler
{
    /// <summary>The methods that could be compiled. One with a mistake is left out: the analyzer reports it, and the others still work while it is mended.</summary>
    public static ImmutableArray<CompiledMethod> Compile(NetworkDeclaration network, Library library, CancellationToken cancellation)
    {
        var methods = ImmutableArray.CreateBuilder<CompiledMethod>();
        foreach (var method in network.Methods)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsCompiled(method)) continue;
            var lowered = MethodLowering.Lower(network, method, library, cancellation);
            if (lowered.Variants.Length == 0) continue;
            methods.Add(new(method, lowered.Variants, [.. lowered.Variants.Select(function => Plan(function, cancellation))]));
        }
        KernelNames.Assign(methods.SelectMany(method => method.Variants), MembersOf(network));
        return methods.ToImmutable();
    }

    /// <summary>The passes between a function and its plan.</summary>
    public static Plan Plan(Function function, CancellationToken cancellation = default)
    {
        function = Cleanup.Apply(InlineCheckpoints.Apply(Settle.Apply(function)));
        foreach (var pass in new Func<Function, Function>[] { Reassociate.Run, SolverLowering.Run, StackContractions.Run })
        {
            cancellation.ThrowIfCancellationRequested();
            var changed = pass(function);
            if (!ReferenceEquals(changed, function)) function = Cleanup.Apply(changed);
        }
        cancellation.ThrowIfCancellationRequested();
        return Planner.Run(function, cancellation);
    }

    /// <summary>The names of a class's members, written and generated.</summary>
    public static IEnumerable<string> MembersOf(NetworkDeclaration network) =>
    [
        network.Name, "Cpu", "Gpu", "Torch", "Share", .. network.Sizes.Select(size => size.Name), .. network.Parameters.Select(parameter => parameter.Name),
        .. network.Children.Select(child => child.Name), .. network.Methods.SelectMany(method => new[] { method.Name, "Check" + method.Name, "Run" + method.Name }),
    ];

    /// <summary>Virtual methods with a body, and transforms: what targets override. Everything else is inlined where it is called.</summary>
    public static bool IsCompiled(MethodDeclaration method) => method.IsVirtual && (method.Body is not null || method.Transform is not null);
}
