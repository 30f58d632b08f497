using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator;
using Proxima.Generator.Analyzers;
using Xunit.Sdk;

namespace Proxima.Tests.Infrastructure;

/// <summary>Compiles source as a user's project would, with the generator in it; any warning in the result is a failure.</summary>
public static class GeneratorHarness
{
    private const string GlobalUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using Proxima;
        global using static Proxima.Ops;
        """;

    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    // What this test runs on: the shared framework and every assembly beside the test, but not the tests and the compiler itself.
    private static readonly ImmutableArray<(string Name, MetadataReference Reference)> s_platform =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => (Name: Path.GetFileNameWithoutExtension(path), Path: path))
        .Where(file => file.Name.StartsWith("System", StringComparison.Ordinal) || file.Name is "mscorlib" or "netstandard" or "TorchSharp"
            || file.Name.StartsWith("ILGPU", StringComparison.Ordinal)
            || (file.Name.StartsWith("Proxima", StringComparison.Ordinal) && !file.Name.StartsWith("Proxima.Generator", StringComparison.Ordinal)))
        .Select(file => (file.Name, (MetadataReference)MetadataReference.CreateFromFile(file.Path)))
        .ToImmutableArray();

    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999, optimizationLevel: OptimizationLevel.Release);

    // What grows from one compilation shares its references, which is most of what a small compilation costs.
    private static readonly ConcurrentDictionary<(string Name, string Without), CSharpCompilation> s_empty = [];

    /// <summary>A compilation of the sources, one file each, before any generator.</summary>
    public static CSharpCompilation Compile(params string[] sources) => Compile(sources.Select((source, i) => Parse(source, $"File{i}.cs")));

    /// <summary>A compilation of files, before any generator.</summary>
    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> files) => Empty("User", []).AddSyntaxTrees(files);

    /// <summary>A compilation with a name and further references, and without the assemblies that <paramref name="without"/> names.</summary>
    public static CSharpCompilation Compile(string name, IEnumerable<MetadataReference> references, string[] sources, params string[] without) =>
        Empty(name, without).AddReferences(references).AddSyntaxTrees(sources.Select((source, i) => Parse(source, $"File{i}.cs")));

    private static CSharpCompilation Empty(string name, string[] without) => s_empty.GetOrAdd((name, string.Join(" ", without)), _ =>
        CSharpCompilation.Create(name, [Parse(GlobalUsings, "GlobalUsings.cs")], s_platform.Where(p => !without.Contains(p.Name)).Select(p => p.Reference), s_options));

    /// <summary>A file as the harness parses it.</summary>
    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), s_parseOptions, path);

    /// <summary>A driver that records its steps.</summary>
    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ProximaGenerator().AsSourceGenerator()], parseOptions: s_parseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Generates, and fails unless everything then compiles without a warning.</summary>
    public static GeneratorRun Run(params string[] sources) => Run(Compile(sources));

    /// <inheritdoc cref="Run(string[])"/>
    public static GeneratorRun Run(CSharpCompilation compilation)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        var run = new GeneratorRun((CSharpCompilation)output, driver.GetRunResult());
        if (run.Result.Results.FirstOrDefault(r => r.Exception is not null).Exception is { } exception) throw new XunitException("The generator threw.", exception);
        // Through the analyzer driver, so that the suppressor has its say.
        var compiled = output.WithAnalyzers([new ConstructorCaptureSuppressor()]).GetAllDiagnosticsAsync().GetAwaiter().GetResult();
        run.RequireClean(diagnostics.AddRange(compiled));
        return run;
    }
}

/// <summary>A compilation after the generator ran.</summary>
public sealed class GeneratorRun(CSharpCompilation output, GeneratorDriverRunResult result)
{
    /// <summary>The user's files and the generated ones.</summary>
    public CSharpCompilation Output { get; } = output;

    /// <summary>What the driver says of the run.</summary>
    public GeneratorDriverRunResult Result { get; } = result;

    /// <summary>The generated file with a hint name, for example <c>Lista.proxima.g.cs</c>.</summary>
    public string this[string hintName] => Result.Results.SelectMany(r => r.GeneratedSources).Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Loads the result into a context of its own, which is collected with the last reference to it.</summary>
    public Assembly Load()
    {
        using var image = new MemoryStream();
        var emitted = Output.Emit(image);
        if (!emitted.Success) RequireClean(emitted.Diagnostics);
        image.Position = 0;
        return new AssemblyLoadContext("Generated", isCollectible: true).LoadFromStream(image);
    }

    /// <summary>Fails on anything that a user's build with warnings as errors would fail on, and lists the files concerned with line numbers.</summary>
    public void RequireClean(IEnumerable<Diagnostic> diagnostics)
    {
        var bad = diagnostics.Where(IsUnclean).ToList();
        if (bad.Count == 0) return;
        var message = new StringBuilder().AppendJoin('\n', bad.Take(30));
        foreach (var tree in bad.Select(d => d.Location.SourceTree).OfType<SyntaxTree>().Distinct().Take(5))
        {
            message.Append("\n\n").Append(tree.FilePath);
            foreach (var line in tree.GetText().Lines) message.Append('\n').Append($"{line.LineNumber + 1,5} ").Append(line);
        }
        throw new XunitException(message.ToString());
    }

    /// <summary>True for what a user's build with warnings as errors would fail on.</summary>
    public static bool IsUnclean(Diagnostic diagnostic) => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed
        // The tests' own declarations need no documentation; generated members do.
        && (diagnostic.Id != "CS1591" || IsGenerated(diagnostic.Location.SourceTree));

    private static bool IsGenerated(SyntaxTree? tree) => tree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;
}
