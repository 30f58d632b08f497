using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Analyzers;

/// <summary>What the plans of a network's methods say about speed and memory.</summary>
internal static class PerformanceCheck
{
    /// <summary>Two variants are what an <c>if</c> asks for; more are worth a word.</summary>
    private const int ManyVariants = 4;

    public static ImmutableArray<Finding> Run(NetworkDeclaration network, Library library, CancellationToken cancellation)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var method in network.Methods)
        {
            if (!NetworkCompiler.IsCompiled(method)) continue;
            var variants = MethodLowering.Lower(network, method, library, cancellation).Variants;
            if (variants.Length >= ManyVariants) findings.Add(Finding.Of("PRX0304", method.Origin, method.Name, variants.Length.ToString(CultureInfo.InvariantCulture)));
            foreach (var variant in variants)
            {
                cancellation.ThrowIfCancellationRequested();
                var plan = NetworkCompiler.Plan(variant);
                foreach (var refusal in plan.Refusals)
                    if (refusal.Source is { } source) findings.Add(Finding.Of("PRX0301", source.Origin, source is { Kind: "return", Count: 1 } ? SurfaceText.ToCSharp(source[0]) : refusal.What, refusal.Why));
                foreach (var node in Region.Order(plan.Function.Results)) Histories(node, method, findings);
            }
        }
        return findings.ToImmutable();
    }

    /// <summary>A backward pass reads what the iterations before it computed: a loop that is derived keeps it.</summary>
    private static void Histories(Node node, MethodDeclaration method, ImmutableArray<Finding>.Builder findings)
    {
        if (node.Loop is not { } loop || node.Source is not { } source || method.Transform is null) return;
        foreach (var index in loop.Histories)
        {
            var carried = loop.Body.Parameters[index];
            var bytes = (loop.Trips + Dim.One) * carried.Type.Count * Dim.Of(carried.Type.DType.Size());
            findings.Add(Finding.Of("PRX0303", source.Origin, method.Name, carried.Name ?? carried.Text, bytes.ToString()));
        }
    }
}
