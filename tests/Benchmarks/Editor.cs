using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Analyzers;

namespace Proxima.Benchmarks;

/// <summary>What a keystroke costs: the generator and the analyzer in a large project, beside two generators of the SDK in one of the same size.</summary>
internal static class Editor
{
    private const int Keystrokes = 45, Accustomed = 300, ManyKeystrokes = 2000, Cancellations = 24;

    public const string Heading = "Editor";

    public const string Introduction = """
        A project of 1,000 plain files and, beside them, either 20 networks of 200 statements or 119 of 40, each with its loss; the same with 20 classes of 10
        regular expressions and 20 serializer contexts of 10 types for the generators of the SDK, which come from its reference pack; and the networks with a
        generator that prints the name of each class that Roslyn's search for an attribute finds. Every keystroke replaces one
        file, parsed beforehand as an editor does it, by another one; the driver then runs its one generator. Medians; managed memory of the calling thread.
        An editor runs for hours, and .NET compiles what it runs often once more: all but **at first** is measured after 300 keystrokes of the session.

        * **elsewhere**: in the body of a method of a plain file. **comment**: in a file of the subject; how many files were printed again.
        * **inside**: a statement of a network (a pattern, a property); **at first**: the same within the first 45 keystrokes. **declaration**: a method of a plain file gets another name.
        """;

    /// <summary>Prints the tables. Whether every goal was met.</summary>
    public static bool Run(Report report)
    {
        Subject[] subjects =
        [
            Subject.Proxima("Proxima, 20 x 200", networks: 20, statements: 200), Subject.Proxima("Proxima, 119 x 40", networks: 119, statements: 40),
            Subject.Idle(networks: 20, statements: 200), Subject.Idle(networks: 119, statements: 40), Subject.Regex(), Subject.Json(),
        ];
        List<string[]> rows = [["", "elsewhere", "", "comment", "printed", "inside", "", "at first", "declaration", "first run"]];
        var met = true;
        var (proxima, idle) = (new List<Typing>(), new List<Typing>());
        foreach (var subject in subjects)
        {
            var typing = new Typing(subject);
            var first = typing.Measure(typing.Inside);
            typing.Accustom();
            var elsewhere = typing.Measure(typing.Elsewhere);
            var comment = typing.Measure(typing.Comment);
            var inside = typing.Measure(typing.Inside);
            var declaration = typing.Measure(typing.Declaration);
            rows.Add([subject.Name, Time(elsewhere.Milliseconds), Size(elsewhere.Bytes), Time(comment.Milliseconds), comment.Printed.ToString(),
                Time(inside.Milliseconds), Size(inside.Bytes), Time(first.Milliseconds), Time(declaration.Milliseconds), Time(typing.FirstRun)]);
            if (subject.IsIdle) idle.Add(typing);
            if (!subject.IsProxima) continue;
            met &= elsewhere.Milliseconds <= 5 && elsewhere.Bytes <= 1 << 20 && comment.Printed == 0 && inside.Milliseconds <= 25;
            proxima.Add(typing);
        }
        report.Table(rows);

        rows = [["", "goal", .. proxima.Select(typing => typing.Subject.Name)]];
        Goal("elsewhere: printed again", "0 files", typing => (typing.Measure(typing.Elsewhere).Printed, 0), value => value.ToString("0"));
        var analyzers = proxima.ToDictionary(typing => typing, typing => typing.Analyzer());
        Goal("analyzer, the edited file", "30 ms", typing => (analyzers[typing].Own, 30), Time);
        Goal("beside it, one that does nothing", "", typing => (analyzers[typing].Bare, double.PositiveInfinity), Time);
        // Roslyn binds a body, and the declarations of a project, without asking: what that takes, with its analysis of null, which ours goes without.
        var bound = proxima.ToDictionary(typing => typing, typing => typing.Cancellation(() => new BindingGenerator()));
        Goal("cancelled run returns, at most", "5 ms", typing => (typing.Cancellation(typing.Subject.Create), Math.Max(5, bound[typing])), Time);
        Goal("beside it, one that only binds the bodies", "", typing => (bound[typing], double.PositiveInfinity), Time);
        // Roslyn's own caches of tokens and texts fill with every keystroke, whichever generator runs.
        var grown = idle.ConvertAll(typing => typing.Growth());
        Goal($"memory after {ManyKeystrokes} keystrokes, less that after 200", "1 MB", typing => (typing.Growth(), Math.Max(0, grown[proxima.IndexOf(typing)]) + (1 << 20)), Size);
        Goal("beside it, one that only finds the classes", "", typing => (grown[proxima.IndexOf(typing)], double.PositiveInfinity), Size);
        Goal("old compilations alive", "0", typing => (typing.Survivors(), 0), value => value.ToString("0"));
        report.Table(rows);
        return met;

        void Goal(string what, string goal, Func<Typing, (double Value, double Limit)> measure, Func<double, string> format)
        {
            var values = proxima.ConvertAll(typing => measure(typing));
            met &= values.All(value => value.Value <= value.Limit);
            rows.Add([what, goal, .. values.Select(value => format(value.Value))]);
        }
    }

    private static string Time(double milliseconds) => milliseconds.ToString(milliseconds < 10 ? "0.0" : "0") + " ms";

    private static string Size(double bytes) => Math.Abs(bytes) < 1 << 20 ? (bytes / 1024).ToString("0") + " KB" : (bytes / (1 << 20)).ToString("0.0") + " MB";

    /// <summary>A generator and the sources that it works on. Inside gives the text of a file after a keystroke in it.</summary>
    private sealed record Subject(string Name, Func<IIncrementalGenerator> Create, string[] Files, Func<string, int, string> Inside, bool IsProxima = false, bool IsIdle = false)
    {
        public static Subject Proxima(string name, int networks, int statements)
        {
            var files = Enumerable.Range(0, networks).Select(i => $$"""
                using Proxima;
                using static Proxima.Ops;
                namespace Project.Networks;

                [Network]
                public partial class Net{{i}}(int m, int n)
                {
                    [Parameter("m n")] public partial Tensor Encoder { get; }
                    [Parameter("n n")] public partial Tensor Weight { get; }
                    [Parameter("n")] public partial Tensor Bias { get; }

                    [return: Shape("b n")]
                    public virtual Tensor Forward([Shape("b m")] Tensor y)
                    {
                        var x = MatMul(y, Encoder) * 0.5f;
                {{string.Concat(Enumerable.Range(0, statements - 2).Select(k => "        x = " + (k % 4) switch
                {
                    0 => "MatMul(x, Weight);\n",
                    1 => $"x + {k} * Bias;\n",
                    2 => "Tanh(x);\n",
                    _ => "x / (1 + Abs(x));\n",
                }))}}        return x;
                    }

                    [return: Shape("")]
                    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));
                }
                """).ToArray();
            return new(name, () => new global::Proxima.Generator.ProximaGenerator(), files, (text, edit) => text.Replace("* 0.5f", $"* 0.{edit + 10}f"), IsProxima: true);
        }

        /// <summary>What every generator costs that has Roslyn find the same classes: it prints their names.</summary>
        public static Subject Idle(int networks, int statements) => Proxima($"the same {networks} x {statements}, found only", networks, statements) with
        {
            Create = () => new IdleGenerator(),
            IsProxima = false,
            IsIdle = true,
        };

        public static Subject Regex()
        {
            var files = Enumerable.Range(0, 20).Select(i => $$"""
                using System.Text.RegularExpressions;
                namespace Project.Patterns;

                public static partial class Patterns{{i}}
                {
                {{string.Concat(Enumerable.Range(0, 10).Select(k => $"    [GeneratedRegex(@\"^(?<name>[a-z]+{i})-(\\d{{{k + 1},{k + 4}}})(x|yz|w{k})*$\")] public static partial Regex P{k}();\n"))}}}
                """).ToArray();
            return new("Regex of the SDK, 20 x 10", () => FromSdk("System.Text.RegularExpressions.Generator"), files,
                (text, edit) => text.Replace("(x|yz", $"(x{edit}|yz"));
        }

        public static Subject Json()
        {
            var files = Enumerable.Range(0, 20).Select(i => $$"""
                using System.Text.Json.Serialization;
                namespace Project.Messages{{i}};

                {{string.Concat(Enumerable.Range(0, 10).Select(k => $"public sealed class Message{k} {{ public int Id {{ get; set; }} public string? Name {{ get; set; }} public double[]? Values {{ get; set; }} public Message{(k + 1) % 10}? Next {{ get; set; }} }}\n"))}}
                {{string.Concat(Enumerable.Range(0, 10).Select(k => $"[JsonSerializable(typeof(Message{k}))]\n"))}}public partial class Context{{i}} : JsonSerializerContext;
                """).ToArray();
            return new("System.Text.Json of the SDK, 20 x 10", () => FromSdk("System.Text.Json.SourceGeneration"), files,
                (text, edit) => text.Replace("public int Id", $"public int Added{edit} {{ get; set; }} public int Id"));
        }

        private static IIncrementalGenerator FromSdk(string assembly)
        {
            var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
            var file = Directory.EnumerateFiles(Path.Combine(root, "packs", "Microsoft.NETCore.App.Ref"), assembly + ".dll", SearchOption.AllDirectories)
                .Where(path => path.Contains(Path.Combine("analyzers", "dotnet", "cs"), StringComparison.Ordinal)).Order(StringComparer.Ordinal).LastOrDefault()
                ?? throw new FileNotFoundException($"The reference pack of the SDK has no {assembly}.");
            var type = Loadable(System.Reflection.Assembly.LoadFrom(file)).Single(t => t.IsDefined(typeof(GeneratorAttribute), false) && typeof(IIncrementalGenerator).IsAssignableFrom(t));
            return (IIncrementalGenerator)Activator.CreateInstance(type)!;
        }

        // Code fixes lie in the same file and need what only an editor has.
        private static IEnumerable<Type> Loadable(System.Reflection.Assembly assembly)
        {
            try
            {
                return assembly.GetTypes();
            }
            catch (System.Reflection.ReflectionTypeLoadException exception)
            {
                return exception.Types.OfType<Type>();
            }
        }
    }

#pragma warning disable RS1036, RS1038, RS1041, RS1042 // it is no generator of anybody's build
    [Generator]
    private sealed class IdleGenerator : IIncrementalGenerator
#pragma warning restore RS1036, RS1038, RS1041, RS1042
    {
        public void Initialize(IncrementalGeneratorInitializationContext context)
        {
            var found = context.SyntaxProvider.ForAttributeWithMetadataName("Proxima.NetworkAttribute", static (_, _) => true, static (context, _) => context.TargetSymbol.Name);
            context.RegisterSourceOutput(found, static (output, name) => output.AddSource(name, $"// {name}"));
        }
    }

    /// <summary>What every generator waits for that reads the bodies of the classes it finds.</summary>
#pragma warning disable RS1036, RS1038, RS1041, RS1042 // it is no generator of anybody's build
    [Generator]
    private sealed class BindingGenerator : IIncrementalGenerator
#pragma warning restore RS1036, RS1038, RS1041, RS1042
    {
        public void Initialize(IncrementalGeneratorInitializationContext context)
        {
            var found = context.SyntaxProvider.ForAttributeWithMetadataName("Proxima.NetworkAttribute", static (_, _) => true, static (context, cancellation) =>
            {
                foreach (var member in context.TargetNode.ChildNodes())
                {
                    cancellation.ThrowIfCancellationRequested();
                    context.SemanticModel.GetOperation(member, cancellation);
                }
                return context.TargetSymbol.Name;
            });
            context.RegisterSourceOutput(found, static (output, name) => output.AddSource(name, $"// {name}"));
        }
    }

    /// <summary>What every analyzer costs.</summary>
#pragma warning disable RS1001, RS1036, RS1038 // it is no analyzer of anybody's build
    private sealed class IdleAnalyzer : DiagnosticAnalyzer
#pragma warning restore RS1001, RS1036, RS1038
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [new("IDLE", "", "", "", DiagnosticSeverity.Warning, true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(_ => { }, SymbolKind.NamedType);
        }
    }

    private readonly record struct Cost(double Milliseconds, double Bytes, int Printed);

    /// <summary>An editor session: a project, one driver, one file replaced after another.</summary>
    private sealed class Typing
    {
        private static readonly CSharpParseOptions s_options = new(LanguageVersion.CSharp14);

        private static readonly ImmutableArray<MetadataReference> s_references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll" or "Proxima.Dsl.dll" or "Proxima.Runtime.dll"))
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];

        private readonly SyntaxTree[] _trees;
        private readonly int _plain;
        private CSharpCompilation _compilation;
        private GeneratorDriver _driver;
        private int _edits;

        public Typing(Subject subject)
        {
            Subject = subject;
            _trees = Trees(subject, out _plain);
            _compilation = Project(_trees);
            RunFresh();                     // the JIT compiles what it calls
            _driver = CSharpGeneratorDriver.Create([subject.Create().AsSourceGenerator()], parseOptions: s_options);
            _trees = Trees(subject, out _plain);
            _compilation = Project(_trees);
            var start = Stopwatch.GetTimestamp();
            _driver = _driver.RunGenerators(_compilation);
            FirstRun = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var run = _driver.GetRunResult();
            if (run.Results.Any(result => result.Exception is not null) || run.GeneratedTrees.IsEmpty)
                throw new InvalidOperationException($"{subject.Name}: the generator did not do its work.", run.Results[0].Exception);
        }

        public Subject Subject { get; }

        public double FirstRun { get; }

        /// <summary>A file, by its place, and its text after the keystroke.</summary>
        public (int File, string Text) Elsewhere(int edit) => (edit % _plain, Plain(edit % _plain, $"return {edit} + x;"));

        public (int File, string Text) Declaration(int edit) => (edit % _plain, Plain(edit % _plain, "return x;").Replace("int Compute", $"int Compute{edit}"));

        public (int File, string Text) Comment(int edit)
        {
            var file = _plain + edit % Subject.Files.Length;
            var text = _trees[file].ToString();
            return (file, $"// Comment {edit}\n" + (text.StartsWith("// Comment ", StringComparison.Ordinal) ? text[(text.IndexOf('\n') + 1)..] : text));
        }

        public (int File, string Text) Inside(int edit)
        {
            var file = edit % Subject.Files.Length;
            return (_plain + file, Subject.Inside(Subject.Files[file], edit));
        }

        public Cost Measure(Func<int, (int File, string Text)> keystroke)
        {
            var times = new List<double>();
            var sizes = new List<double>();
            var printed = 0;
            for (var i = 0; i < Keystrokes; i++)
            {
                Apply(keystroke(_edits++));
                var old = Printed();
                var bytes = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                _driver = _driver.RunGenerators(_compilation);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
                if (i < Keystrokes / 3) continue;       // what this kind of keystroke runs is compiled by now
                times.Add(elapsed);
                sizes.Add(bytes);
                printed = Math.Max(printed, Printed().Count(text => !old.Contains(text)));
            }
            return new(Median(times), Median(sizes), printed);
        }

        /// <summary>Until the JIT has compiled again what keystrokes run.</summary>
        public void Accustom()
        {
            for (var i = 0; i < Accustomed; i++)
            {
                Apply(i % 2 == 0 ? Inside(_edits++) : Elsewhere(_edits++));
                _driver = _driver.RunGenerators(_compilation);
            }
        }

        /// <summary>
        /// The median time that the analyzer takes on a file of the subject after a keystroke in it, beyond one that does nothing: for that one too Roslyn
        /// binds the file and the generated parts of its class, in a compilation of its own.
        /// </summary>
        public (double Own, double Bare) Analyzer()
        {
            var (own, bare) = (new List<double>(), new List<double>());
            for (var i = 0; i < Keystrokes; i++)
            {
                var (file, text) = Inside(_edits++);
                Apply((file, text));
                _driver = _driver.RunGeneratorsAndUpdateCompilation(_compilation, out var output, out _);
                // Whichever comes first pays for what both need, the syntax of generated files among it: they take turns.
                var (first, second) = i % 2 == 0 ? (own, bare) : (bare, own);
                foreach (var times in new[] { first, second })
                    times.Add(Analyze(output.Clone(), file, times == own ? new NetworkAnalyzer() : new IdleAnalyzer()));
            }
            var idle = Median(bare[(Keystrokes / 3)..]);
            return (Median(own[(Keystrokes / 3)..]) - idle, idle);
        }

        private double Analyze(Compilation compilation, int file, DiagnosticAnalyzer analyzer)
        {
            var start = Stopwatch.GetTimestamp();
            var found = compilation.WithAnalyzers([analyzer]).GetAnalysisResultAsync(compilation.GetSemanticModel(_trees[file]), null, CancellationToken.None)
                .GetAwaiter().GetResult().GetAllDiagnostics();
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return found.Length == 0 ? elapsed : throw new InvalidOperationException("The analyzer reports " + found[0]);
        }

        /// <summary>The longest time between a cancellation and the end of a generator's run, over moments spread evenly over a first run in a process that has run it before.</summary>
        public double Cancellation(Func<IIncrementalGenerator> create)
        {
            var (longest, whole) = (0.0, 0.0);
            for (var i = -2; i < Cancellations; i++)
            {
                // Syntax of its own, so that nothing is remembered.
                var compilation = Project(Trees(Subject, out _));
                var driver = CSharpGeneratorDriver.Create([create().AsSourceGenerator()], parseOptions: s_options);
                if (i < 0)
                {
                    var start = Stopwatch.GetTimestamp();
                    driver.RunGenerators(compilation);
                    whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    continue;
                }
                using var source = new CancellationTokenSource();
                long asked = 0, ended = 0;
                var isCancelled = false;
                var run = new Thread(() =>
                {
                    try
                    {
                        driver.RunGenerators(compilation, source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        isCancelled = true;
                    }
                    Volatile.Write(ref ended, Stopwatch.GetTimestamp());
                }, 16 << 20);
                run.Start();
                Thread.Sleep(TimeSpan.FromMilliseconds(whole * (i + 0.5) / Cancellations));
                asked = Stopwatch.GetTimestamp();
                source.Cancel();
                run.Join();
                if (isCancelled) longest = Math.Max(longest, Stopwatch.GetElapsedTime(asked, ended).TotalMilliseconds);
            }
            return longest;
        }

        /// <summary>Bytes by which the session grows from the 200th keystroke to the last.</summary>
        public double Growth()
        {
            long early = 0;
            for (var i = 1; i <= ManyKeystrokes; i++)
            {
                Apply(i % 10 == 0 ? Inside(_edits++) : Elsewhere(_edits++));
                _driver = _driver.RunGenerators(_compilation);
                if (i == 200) early = GC.GetTotalMemory(forceFullCollection: true);
            }
            return GC.GetTotalMemory(forceFullCollection: true) - early;
        }

        /// <summary>How many of the last compilations, but for the current one, something still holds.</summary>
        public double Survivors()
        {
            var old = Edited();
            for (var i = 0; i < 5; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            return old.Count(reference => reference.IsAlive);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private WeakReference[] Edited()
        {
            var old = new WeakReference[10];
            for (var i = 0; i < old.Length; i++)
            {
                old[i] = new WeakReference(_compilation);
                Apply(Inside(_edits++));
                _driver = _driver.RunGenerators(_compilation);
            }
            return old;
        }

        private void RunFresh() => CSharpGeneratorDriver.Create([Subject.Create().AsSourceGenerator()], parseOptions: s_options).RunGenerators(_compilation);

        private void Apply((int File, string Text) edit)
        {
            var tree = _trees[edit.File].WithChangedText(SourceText.From(edit.Text));
            tree.GetRoot();
            _compilation = _compilation.ReplaceSyntaxTree(_trees[edit.File], tree);
            _trees[edit.File] = tree;
        }

        private HashSet<SourceText> Printed() => [.. _driver.GetRunResult().Results.SelectMany(result => result.GeneratedSources).Select(source => source.SourceText)];

        private static SyntaxTree[] Trees(Subject subject, out int plain)
        {
            plain = 1000;
            return
            [
                .. Enumerable.Range(0, plain).Select(i => CSharpSyntaxTree.ParseText(Plain(i, "return x;"), s_options, $"Plain{i}.cs")),
                .. subject.Files.Select((text, i) => CSharpSyntaxTree.ParseText(text, s_options, $"Subject{i}.cs")),
            ];
        }

        private static string Plain(int i, string body) => $$"""
            namespace Project.Plain;

            /// <summary>A file of a project that has nothing to do with any generator.</summary>
            public sealed class Plain{{i}}
            {
                private readonly System.Collections.Generic.List<int> _values = [];

                public int Count => _values.Count;

                public void Add(int value)
                {
                    if (value > {{i}}) _values.Add(value);
                }

                public int Compute(int x)
                {
                    {{body}}
                }
            }
            """;

        private static CSharpCompilation Project(IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create("Project", trees, s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

        private static double Median(List<double> values)
        {
            values.Sort();
            return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
        }
    }
}
