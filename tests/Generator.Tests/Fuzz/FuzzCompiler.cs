using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Proxima.Generator;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests.Fuzz;

/// <summary>
/// Compiles programs quickly. Nearly all the time of a program goes into compiling it, C# and then machine code, and most of that into what is tested elsewhere:
/// vectors unrolled by the best of compilers, and one GEMM for each epilogue. So generated code is <i>plain</i> but for a share: compiled as it comes, with a product of three loops.
/// </summary>
internal static partial class FuzzCompiler
{
    /// <summary>ILGPU's CPU accelerator makes code that names the kernels.</summary>
    private const string Friend = "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"ILGPURuntime\")]";


    /// <summary>Documentation and nullability are for readers.</summary>
    private static readonly CSharpParseOptions s_parsing = new CSharpParseOptions(LanguageVersion.CSharp14, DocumentationMode.None).WithFeatures([new("run-nullable-analysis", "never")]);

    // Without programs: what grows from one compilation shares its references.
    private static readonly ConcurrentDictionary<FuzzTargets, CSharpCompilation> s_empty = [];

    private static readonly string s_plainGemm =
        $$"""
        #pragma warning disable
        using Proxima.Runtime;

        public static unsafe class PlainGemm
        {
        {{Product("float", "F1")}}
        {{Product("double", "D1")}}
        }
        """;

    private static string Product(string type, string lane) =>
        $$"""
            public static void Run<TEpilogue>(
                nint batches, nint m, nint n, nint k,
                {{type}}* a, nint aBatch, nint aRow, nint aColumn, {{type}}* b, nint bBatch, nint bRow, nint bColumn, ref TEpilogue epilogue, Panels panels = null)
                where TEpilogue : struct, IEpilogue<{{type}}>
            {
                var own = epilogue;
                for (nint batch = 0; batch < batches; batch++)
                    for (nint row = 0; row < m; row++)
                        for (nint column = 0; column < n; column++)
                        {
                            {{type}}* x = a + batch * aBatch + row * aRow, y = b + batch * bBatch + column * bColumn;
                            {{type}} sum = 0;
                            for (nint i = 0; i < k; i++) sum += x[i * aColumn] * y[i * bRow];
                            own.Store({{lane}}.Broadcast(sum), batch, row, column);
                        }
            }
        """;

    [GeneratedRegex(@"\bGemm\.Run\((?=[^;]* ref )(?![^;]*GemmMatrix)")]
    private static partial Regex Products();

    [GeneratedRegex(@"^ *//.*\n", RegexOptions.Multiline)]
    private static partial Regex Comments();

    private static CSharpCompilation Empty(FuzzTargets targets)
    {
        var isGpu = (targets & (FuzzTargets.Gpu | FuzzTargets.OpenCl)) != 0;
        return Empty(FuzzProgram.Children, [.. isGpu ? [] : new[] { "Proxima.Runtime.Gpu", "ILGPU", "ILGPU.Algorithms" }, .. targets.HasFlag(FuzzTargets.Torch) ? [] : new[] { "Proxima.Runtime.Torch", "TorchSharp" }]);
    }

    /// <summary>A compilation to which networks are added, for all targets but those of the assemblies that <paramref name="without"/> names.</summary>
    public static CSharpCompilation Empty(string children, params string[] without)
    {
        var compilation = GeneratorHarness.Compile("Fuzzed", [], [Friend, children, s_plainGemm], without);
        return compilation.WithOptions(compilation.Options.WithWarningLevel(0).WithConcurrentBuild(false)).RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Select(tree => CSharpSyntaxTree.ParseText(tree.GetText(), s_parsing, tree.FilePath)));
    }

    /// <summary>An assembly with the programs, or what is wrong with it.</summary>
    public static (MemoryStream? Image, string Errors) Compile(IReadOnlyList<FuzzProgram> programs, FuzzTargets targets, bool isPlain) =>
        Compile(With(s_empty.GetOrAdd(targets, Empty), programs.Select(program => program.Source)), isPlain);

    /// <summary>A compilation with further files.</summary>
    public static CSharpCompilation With(CSharpCompilation empty, IEnumerable<string> sources) => empty.AddSyntaxTrees(sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, s_parsing, $"Fuzz{i}.cs")));

    /// <inheritdoc cref="Compile(IReadOnlyList{FuzzProgram}, FuzzTargets, bool)"/>
    public static (MemoryStream? Image, string Errors) Compile(CSharpCompilation compilation, bool isPlain)
    {
        var run = CSharpGeneratorDriver.Create([new ProximaGenerator().AsSourceGenerator()], parseOptions: s_parsing).RunGenerators(compilation).GetRunResult().Results[0];
        if (run.Exception is { } exception) return (null, exception.ToString());
        var output = compilation.AddSyntaxTrees(run.GeneratedSources.Select(file => CSharpSyntaxTree.ParseText(isPlain ? Plain(file.SourceText.ToString()) : file.SourceText.ToString(), s_parsing)));
        var image = new MemoryStream();
        // Unoptimised code is also compiled to machine code once and quickly.
        if (isPlain) output = output.WithOptions(output.Options.WithOptimizationLevel(OptimizationLevel.Debug));
        var emitted = output.Emit(image);
        image.Position = 0;
        return emitted.Success ? (image, "") : (null, string.Join("\n", emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
    }

    // Comments are half of the text.
    private static string Plain(string generated) => Products().Replace(Comments().Replace(generated, "").Replace("MethodImplOptions.AggressiveOptimization", "MethodImplOptions.NoInlining"), "global::PlainGemm.Run(");
}
