using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>Tests that measure the memory of the process run while no others do.</summary>
[CollectionDefinition("Memory", DisableParallelization = true)]
public sealed class MemoryCollection;

/// <summary>What an edit makes the generator do again.</summary>
[Collection("Memory")]
public class FrontendIncrementalityTests
{
    private const string First =
        """
        namespace Nets;
        [Network]
        public partial class First(int n)
        {
            [Parameter("n n")] public partial Tensor Weight { get; }
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight);
        }
        """;

    private const string Second =
        """
        namespace Nets;
        [Network]
        public partial class Second(int n)
        {
            readonly First first = new(n);
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => Functions.Twice(first.Forward(x)) * Constants.Scale;
        }
        """;

    private const string Third =
        """
        namespace Nets;
        [Network]
        public partial class Third(int n)
        {
            [Parameter("n")] public partial Tensor Bias { get; }
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
        }
        public static class Functions
        {
            [TensorFunction] public static Tensor Twice(Tensor x) => x + x;
        }
        """;

    private const string Other =
        """
        namespace Nets;
        public static class Constants
        {
            public const double Scale = 2;
            public static int Unrelated() { return 1; }
        }
        """;

    [Theory]
    [InlineData(0, "public virtual", "/* comment */ public virtual")]
    [InlineData(0, "namespace Nets;", "// a comment moves every line\n\nnamespace Nets;")]
    [InlineData(3, "return 1;", "return 1 + 1;")]
    [InlineData(3, "Unrelated()", "Renamed()")]
    [InlineData(3, "public const", "public class Added; public const")]
    public void NothingIsEmittedAgain(int file, string old, string now)
    {
        var (_, after) = Edit(file, old, now);
        Assert.All(Outputs(after), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
        Assert.All(Steps(after, TrackingNames.Jobs), s => Assert.True(s.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Theory]
    [InlineData(2, "x + Bias", "x - Bias", "Third")]
    [InlineData(1, "x)) *", "x)) /", "Second")]
    [InlineData(0, "MatMul(x, Weight)", "MatMul(x, -Weight)", "First", "Second")]
    [InlineData(2, "=> x + x", "=> 2 * x", "Second")]
    [InlineData(3, "Scale = 2", "Scale = 3", "Second")]
    public void OnlyWhatDependsOnTheEditIsEmittedAgain(int file, string old, string now, params string[] changed)
    {
        var (before, after) = Edit(file, old, now);
        var jobs = Steps(after, TrackingNames.Jobs).Where(s => s.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);
        Assert.Equal(changed, jobs.Select(Name).Order());

        // And it is what a fresh run gives.
        var fresh = GeneratorHarness.Driver().RunGenerators(after.Compilation).GetRunResult();
        Assert.Equal(Sources(fresh), Sources(after.Result));
        Assert.NotEqual(Sources(before.Result), Sources(after.Result));

        static string Name((object Value, IncrementalStepRunReason Reason) step) => ((Proxima.Generator.Ir.NetworkDeclaration)((ITuple)step.Value)[0]!).Name;
    }

    [Fact]
    public void AnEditElsewhereBindsNothing()
    {
        var session = new Session();
        Assert.InRange(session.Bytes(edit => (session.Other, Other.Replace("return 1;", $"return {edit};"))), 0, 1 << 18);
        Assert.InRange(session.Bytes(edit => (session.Other, Other.Replace("Unrelated()", $"Unrelated{edit}()"))), 0, 1 << 19);
    }

    private static readonly string[] s_around =
    [
        """
        namespace Nets;
        [Network]
        public partial class Dependent(int n)
        {
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(x.Doubled()) * Middle.Value + Shift;
        }
        [Net]
        public partial class Aliased(int n)
        {
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
        }
        """,
        "namespace Nets; public static class Middle { public const double Value = 2 * Deep.Value; }",
        "namespace Nets; public static class Deep { public const double Value = 1; }",
        "namespace Nets; public static class More { [TensorFunction] public static Tensor Doubled(this Tensor x) => x + x; }",
        "global using static Nets.Shared;",
        "namespace Nets; public static class Shared { public const int Shift = 2; }",
        "",
    ];

    /// <summary>What a body means can change in ways that no name in its own file shows. After each of these edits the answer is that of a fresh run.</summary>
    [Theory]
    [InlineData(2, "namespace Nets; public static class Deep { public const double Value = 5; }")]
    [InlineData(3, "namespace Nets; public static class More { [TensorFunction] public static Tensor Doubled(this Tensor x, int n = 3) => n * x; }")]
    [InlineData(3, "namespace Nets; public static class More { public static Tensor Doubled(this Tensor x) => x + x; }")]
    [InlineData(4, "")]
    [InlineData(5, "namespace Nets; public static class Shared { public const int Shift = 4; }")]
    [InlineData(6, "namespace Nets; public partial class Dependent { [TensorFunction] private static Tensor Tanh(Tensor x) => x; }")] // in the place of an operation
    [InlineData(6, "namespace Nets; public static class Guard { }")] // in the place of what generated code names
    [InlineData(6, "namespace Nets; [Require(\"n % 2 == 0\")] public partial class Dependent { }")]
    [InlineData(6, "global using Net = Proxima.NetworkAttribute;")]
    [InlineData(6, "namespace Nets.Tensor;")]
    public void AReadingIsThatOfAFreshRun(int file, string text)
    {
        var compilation = GeneratorHarness.Compile(s_around);
        var driver = GeneratorHarness.Driver().RunGenerators(compilation);
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file + 1], GeneratorHarness.Parse(text, $"File{file}.cs"));
        var incremental = driver.RunGenerators(edited).GetRunResult();
        // Syntax of its own: nothing is remembered.
        var fresh = GeneratorHarness.Driver().RunGenerators(GeneratorHarness.Compile([.. s_around.Select((around, i) => i == file ? text : around)])).GetRunResult();
        Assert.Equal(Sources(fresh), Sources(incremental));
        Assert.NotEqual(Sources(driver.GetRunResult()), Sources(incremental));
    }

    [Fact]
    public void ANetworkThatAppearsPrintsNoOtherAgain()
    {
        var compilation = GeneratorHarness.Compile("", First, Third);
        var driver = GeneratorHarness.Driver().RunGenerators(compilation);
        var old = driver.GetRunResult().Results[0].GeneratedSources.Select(source => source.SourceText).ToHashSet();
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], GeneratorHarness.Parse(First.Replace("First", "Zeroth"), "File0.cs"));
        var printed = driver.RunGenerators(edited).GetRunResult().Results[0].GeneratedSources.Where(source => !old.Contains(source.SourceText)).Select(source => source.HintName);
        Assert.All(printed, name => Assert.True(name.Contains("Zeroth") || name.StartsWith("ProximaNetworks.", StringComparison.Ordinal), name));
    }

    /// <summary>The time of an edit is in docs/benchmarks.md; what it allocates goes with it and does not depend on the machine.</summary>
    [Fact]
    public void AnEditInsideOneNetworkCompilesThatOneAlone()
    {
        var session = new Session();
        var one = session.Bytes(edit => (0, session.Network(0, edit)));
        Assert.InRange(one, 1 << 16, 128 << 20);
        Assert.Contains("ProximaNetworks.proxima.g.cs", session.Emitted); // the declarations of all, for assemblies that refer to this one
        Assert.True(session.Emitted.Count > 1);
        Assert.All(session.Emitted.Where(name => !name.StartsWith("ProximaNetworks.", StringComparison.Ordinal)), name => Assert.StartsWith("Net0.", name));
    }

    [Fact]
    public void MemoryStaysFlat()
    {
        var session = new Session();
        session.Type(50);
        var early = GC.GetTotalMemory(forceFullCollection: true);
        session.Type(150);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - early, long.MinValue, 2 << 20);
    }

    [Fact]
    public void ACancelledEmissionStops()
    {
        var (_, after) = Edit(0, "x", "x");
        var job = (ITuple)Steps(after, TrackingNames.Jobs).First().Value;
        var (network, library) = ((Proxima.Generator.Ir.NetworkDeclaration)job[0]!, (Proxima.Generator.Ir.Library)job[1]!);
        Assert.NotEmpty(Proxima.Generator.Targets.Emitter.Emit(network, library, Proxima.Generator.Targets.TargetSet.Cpu, 0, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => Proxima.Generator.Targets.Emitter.Emit(network, library, Proxima.Generator.Targets.TargetSet.Cpu, 0, new CancellationToken(true)).ToList());
    }

    /// <summary>Twenty networks of 200 statements and a plain file, edited one file after another.</summary>
    private sealed class Session
    {
        private readonly SyntaxTree[] _trees;
        private CSharpCompilation _compilation;
        private GeneratorDriver _driver;
        private int _edits;

        public Session()
        {
            _compilation = GeneratorHarness.Compile([.. Enumerable.Range(0, 20).Select(i => Network(i, 0)), FrontendIncrementalityTests.Other]);
            _trees = [.. _compilation.SyntaxTrees.Skip(1)];
            _driver = GeneratorHarness.Driver().RunGenerators(_compilation);
        }

        public int Other => 20;

        /// <summary>The files that the last edit printed again.</summary>
        public IReadOnlyList<string> Emitted { get; private set; } = [];

        public string Network(int i, int edit) =>
            $$"""
            [Network]
            public partial class Net{{i}}(int n)
            {
                [Parameter("n n")] public partial Tensor Weight { get; }
                [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x)
                {
                    {{string.Concat(Enumerable.Range(0, 200).Select(k => k % 4 == 0 ? "x = MatMul(x, Weight); " : $"x = Relu(x + {k + edit}); "))}}
                    return x;
                }
            }
            """;

        /// <summary>The least that a run after an edit allocates.</summary>
        public long Bytes(Func<int, (int File, string Text)> next)
        {
            var least = long.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                Apply(next(++_edits));
                var old = Printed();
                var before = GC.GetAllocatedBytesForCurrentThread();
                _driver = _driver.RunGenerators(_compilation);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                Emitted = [.. Printed().Where(file => !old.Contains(file)).Select(file => file.Name)];
            }
            return least;
        }

        public void Type(int edits)
        {
            for (var i = 0; i < edits; i++)
            {
                _edits++;
                Apply(i % 25 == 0 ? (0, Network(0, _edits)) : (Other, FrontendIncrementalityTests.Other.Replace("return 1;", $"return {_edits};")));
                _driver = _driver.RunGenerators(_compilation);
            }
        }

        private void Apply((int File, string Text) edit)
        {
            var tree = GeneratorHarness.Parse(edit.Text, _trees[edit.File].FilePath);
            _compilation = _compilation.ReplaceSyntaxTree(_trees[edit.File], tree);
            _trees[edit.File] = tree;
        }

        private HashSet<(string Name, SourceText Text)> Printed() => [.. _driver.GetRunResult().Results[0].GeneratedSources.Select(source => (source.HintName, source.SourceText))];
    }

    [Fact]
    public void TheModelHoldsNothingOfTheCompiler()
    {
        var (_, after) = Edit(0, "x", "x");
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var steps = after.Result.Results[0].TrackedSteps;
        foreach (var name in new[] { TrackingNames.Declared, TrackingNames.References, TrackingNames.Own, TrackingNames.Library, TrackingNames.Jobs })
            foreach (var (value, _) in steps[name].SelectMany(s => s.Outputs)) Walk(value, name);
        Assert.True(seen.Count > 100);

        void Walk(object? value, string path)
        {
            if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum) return;
            Assert.False(value is ISymbol or Compilation or SyntaxNode or SyntaxTree or Location or SemanticModel or IOperation, path + ": " + value.GetType());
            if (!value.GetType().IsValueType && !seen.Add(value)) return;
            if (value is IEnumerable items)
                foreach (var item in items) Walk(item, path + "[]");
            for (var type = value.GetType(); type is not null && type.Namespace?.StartsWith("Proxima", StringComparison.Ordinal) == true; type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)) Walk(field.GetValue(value), path + "." + field.Name);
        }
    }

    [Fact]
    public void TheOldCompilationDies()
    {
        var (driver, old) = RunOnce();
        for (var i = 0; i < 10 && old.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(old.IsAlive);
        GC.KeepAlive(driver);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (GeneratorDriver, WeakReference) RunOnce()
        {
            var first = GeneratorHarness.Compile(First, Second, Third, Other);
            var driver = GeneratorHarness.Driver().RunGenerators(first);
            var second = first.ReplaceSyntaxTree(first.SyntaxTrees[4], GeneratorHarness.Parse(Other + " ", "File3.cs"));
            return (driver.RunGenerators(second), new WeakReference(first));
        }
    }

    private static ((GeneratorDriverRunResult Result, CSharpCompilation Compilation) Before, (GeneratorDriverRunResult Result, CSharpCompilation Compilation) After) Edit(
        int file, string old, string now)
    {
        var sources = new[] { First, Second, Third, Other };
        Assert.Contains(old, sources[file]);
        var compilation = GeneratorHarness.Compile(sources);
        var driver = GeneratorHarness.Driver().RunGenerators(compilation);
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file + 1], GeneratorHarness.Parse(sources[file].Replace(old, now), $"File{file}.cs"));
        Assert.Empty(driver.GetRunResult().Diagnostics);
        return ((driver.GetRunResult(), compilation), (driver.RunGenerators(edited).GetRunResult(), edited));
    }

    private static IEnumerable<(object Value, IncrementalStepRunReason Reason)> Outputs((GeneratorDriverRunResult Result, CSharpCompilation) run) =>
        run.Result.Results[0].TrackedOutputSteps.Values.SelectMany(s => s).SelectMany(s => s.Outputs);

    private static IEnumerable<(object Value, IncrementalStepRunReason Reason)> Steps((GeneratorDriverRunResult Result, CSharpCompilation) run, string name) =>
        run.Result.Results[0].TrackedSteps[name].SelectMany(s => s.Outputs);

    private static IEnumerable<string> Sources(GeneratorDriverRunResult result) =>
        result.Results[0].GeneratedSources.OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => s.HintName + "\n" + s.SourceText);
}
