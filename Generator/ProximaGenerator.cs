using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Targets;
using Proxima.Generator.Targets.Declaration;

namespace Proxima.Generator;

/// <summary>Adds the generated parts of every <c>[Network]</c> class. Reports nothing: errors are the analyzer's.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ProximaGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var networks = Declarations(context, Names.NetworkAttribute, static (node, _) => node is ClassDeclarationSyntax,
            FirstPart).WithTrackingName(TrackingNames.Networks);
        var functions = Declarations(context, Names.TensorFunctionAttribute, static (node, _) => node is MethodDeclarationSyntax, FunctionHolder)
            .WithTrackingName(TrackingNames.Functions);

        var referenced = context.CompilationProvider
            .Select(static (compilation, cancellation) => ReferencedDeclarations.Of(compilation, cancellation))
            .WithTrackingName(TrackingNames.References);
        var wantsReport = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.ProximaReport", out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
        var targets = context.CompilationProvider
            .Select(static (compilation, _) => Targets(compilation)).Combine(wantsReport)
            .Select(static (pair, _) => pair.Left | (pair.Right ? TargetSet.Report : 0))
            .WithTrackingName(TrackingNames.Targets);

        // From here on everything compares by content: a comment, or an edit of other code, stops at this line.
        var own = networks.Collect().Combine(functions.Collect())
            .Select(static (pair, _) => Libraries.Of(pair.Left.Concat(pair.Right)))
            .WithTrackingName(TrackingNames.Own);
        var library = own.Combine(referenced)
            .Select(static (pair, _) => Libraries.Of(pair.Left.Networks.Items.Concat(pair.Right)))
            .WithTrackingName(TrackingNames.Library);

        // Each network with what it reaches and no more: editing one does not emit the others again.
        var jobs = networks.Combine(library)
            .Select(static (pair, _) => (Network: pair.Left, Library: pair.Right.ReachableFrom([pair.Left])))
            .Combine(targets).Combine(own.Select(static (library, _) => Emitter.Numbers(library)))
            .Select(static (pair, _) => (pair.Left.Left.Network, pair.Left.Left.Library, Targets: pair.Left.Right,
                pair.Right.Items.FirstOrDefault(n => n.FullName == pair.Left.Left.Network.FullName).Number))
            .WithTrackingName(TrackingNames.Jobs);
        context.RegisterSourceOutput(jobs, static (output, job) => Emit(output, job.Network, job.Library, job.Targets, job.Number));

        var carried = own
            .Select(static (library, cancellation) => Invariant.Run(() => CarriedDeclarations.Print(library, cancellation)))
            .WithTrackingName(TrackingNames.Carried);
        context.RegisterSourceOutput(carried, static (output, source) =>
        {
            if (source is not null) output.AddSource("ProximaNetworks" + Names.GeneratedSuffix, SourceText.From(source, Encoding.UTF8));
        });
    }

    private static IncrementalValuesProvider<NetworkDeclaration> Declarations(
        IncrementalGeneratorInitializationContext context, string attribute, Func<SyntaxNode, CancellationToken, bool> isCandidate,
        Func<GeneratorAttributeSyntaxContext, INamedTypeSymbol?> target) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(attribute, isCandidate, (found, cancellation) =>
                target(found) is { } type ? Read(type, found.SemanticModel.Compilation, cancellation) : null)
            .Where(static declaration => declaration is not null)!;

    private static NetworkDeclaration? Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        try
        {
            return Invariant.Run(() => ReadingMemo.Read(type, compilation, cancellation).Declaration);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One class must not take the others with it; the analyzer, which reads it as well, reports the failure.
            return null;
        }
    }

    /// <summary>A network, once: for the first of its parts that bear the attribute.</summary>
    private static INamedTypeSymbol? FirstPart(GeneratorAttributeSyntaxContext found) =>
        found.TargetSymbol is INamedTypeSymbol type && type.Attribute("NetworkAttribute")?.ApplicationSyntaxReference?.GetSyntax().Parent?.Parent is var part && (part is null || part == found.TargetNode)
            ? type
            : null;

    /// <summary>The class of a function, once: for the first function in it, and not if it is a network, which brings its functions along.</summary>
    private static INamedTypeSymbol? FunctionHolder(GeneratorAttributeSyntaxContext found)
    {
        var holder = found.TargetSymbol.ContainingType;
        if (holder is null || holder.IsNetwork()) return null;
        var first = holder.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(m => m.IsTensorFunction());
        return SymbolEqualityComparer.Default.Equals(first, found.TargetSymbol) ? holder : null;
    }

    private static TargetSet Targets(Compilation compilation) =>
        (compilation.Assembly.GetTypeByMetadataName("Proxima.Network") is null ? 0 : TargetSet.Language)
        | (compilation.GetTypeByMetadataName("Proxima.Runtime.WorkerPool") is null ? 0 : TargetSet.Cpu)
        | (compilation.GetTypeByMetadataName("Proxima.Gpu.GpuDevice") is null ? 0 : TargetSet.Gpu)
        | (compilation.GetTypeByMetadataName("Proxima.Torch.TorchNetwork") is null ? 0 : TargetSet.Torch);

    private static void Emit(SourceProductionContext output, NetworkDeclaration network, Library library, TargetSet targets, int number)
    {
        try
        {
            Invariant.Run(() =>
            {
                foreach (var (hintName, source) in Emitter.Emit(network, library, targets, number, output.CancellationToken))
                    output.AddSource(hintName, SourceText.From(source, Encoding.UTF8));
                return true;
            });
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A pass failed on a declaration without mistakes. Left out in silence, the class would run as the reference: the build stops and says why.
            output.AddSource(Emitter.HintName(network, Emitter.FailurePart, number), SourceText.From(Emitter.Failure(network, exception), Encoding.UTF8));
        }
    }
}

/// <summary>The names under which tests find the steps of <see cref="ProximaGenerator"/>.</summary>
internal static class TrackingNames
{
    public const string Networks = nameof(Networks);
    public const string Functions = nameof(Functions);
    public const string References = nameof(References);
    public const string Targets = nameof(Targets);
    public const string Own = nameof(Own);
    public const string Library = nameof(Library);
    public const string Jobs = nameof(Jobs);
    public const string Carried = nameof(Carried);
}
