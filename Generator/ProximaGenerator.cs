using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
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
        var declared = context.CompilationProvider
            .SelectMany(static (compilation, cancellation) => Invariant.Run(() => ReadingMemo.All(compilation, cancellation).ToImmutableArray()))
            .WithTrackingName(TrackingNames.Declared);

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
        var own = declared.Collect()
            .Select(static (declarations, _) => Libraries.Of(declarations))
            .WithTrackingName(TrackingNames.Own);
        var library = own.Combine(referenced)
            .Select(static (pair, _) => Libraries.Of(pair.Left.Networks.Items.Concat(pair.Right)))
            .WithTrackingName(TrackingNames.Library);

        // Each network with what it reaches and no more: editing one does not emit the others again.
        var jobs = declared.Where(static declaration => !declaration.IsStatic).Combine(library)
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

    private static TargetSet Targets(Compilation compilation) =>
        (compilation.Assembly.GetTypeByMetadataName("Proxima.Network") is null ? 0 : TargetSet.Language)
        | (compilation.GetTypeByMetadataName("Proxima.Runtime.WorkerPool") is null ? 0 : TargetSet.Cpu)
        | (compilation.GetTypeByMetadataName("Proxima.Gpu.GpuDevice") is null ? 0 : TargetSet.Gpu)
        | (compilation.GetTypeByMetadataName("Proxima.Torch.TorchNetwork") is null ? 0 : TargetSet.Torch);

    /// <summary>
    /// What was last printed for each declaration. A network that appears or goes moves those after it to other places of the pipeline, which takes
    /// them for changed; and a declaration is the same object until its class is read again.
    /// </summary>
    private static readonly ConditionalWeakTable<NetworkDeclaration, Printed> s_printed = new();

    private static void Emit(SourceProductionContext output, NetworkDeclaration network, Library library, TargetSet targets, int number)
    {
        try
        {
            if (!s_printed.TryGetValue(network, out var printed) || printed.Targets != targets || printed.Number != number || !printed.Library.Equals(library))
            {
                var files = Invariant.Run(() => Emitter.Emit(network, library, targets, number, output.CancellationToken)
                    .Select(file => (file.HintName, SourceText.From(file.Source, Encoding.UTF8))).ToImmutableArray());
                printed = new Printed(library, targets, number, files);
                s_printed.Remove(network);
                s_printed.GetValue(network, _ => printed);
            }
            foreach (var (hintName, source) in printed.Files) output.AddSource(hintName, source);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A pass failed on a declaration without mistakes. Left out in silence, the class would run as the reference: the build stops and says why.
            output.AddSource(Emitter.HintName(network, Emitter.FailurePart, number), SourceText.From(Emitter.Failure(network, exception), Encoding.UTF8));
        }
    }

    private sealed record Printed(Library Library, TargetSet Targets, int Number, ImmutableArray<(string HintName, SourceText Source)> Files);
}

/// <summary>The names under which tests find the steps of <see cref="ProximaGenerator"/>.</summary>
internal static class TrackingNames
{
    public const string Declared = nameof(Declared);
    public const string References = nameof(References);
    public const string Targets = nameof(Targets);
    public const string Own = nameof(Own);
    public const string Library = nameof(Library);
    public const string Jobs = nameof(Jobs);
    public const string Carried = nameof(Carried);
}
