using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Targets;
using Proxima.Tests.Fuzz;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>A method of a network of the gallery, with sizes and arguments that it takes.</summary>
internal sealed record GalleryMethod(Type Network, NetworkDeclaration Declaration, CompiledMethod Compiled)
{
    public string Name => $"{Network.Name}.{Compiled.Declaration.Name}";

    public int Kernels => Compiled.Variants.Max(plan => plan.Computations.Count());

    /// <summary>Small sizes that satisfy what the network and the method require.</summary>
    public Dictionary<string, long> Sizes()
    {
        var functions = Compiled.Lowered;
        string[] names =
        [
            .. functions.SelectMany(f => f.Arguments.Items).SelectMany(a => a.Node.Shape).SelectMany(dim => dim.Names())
                .Concat(Network.GetConstructors().Single().GetParameters().Where(p => p.ParameterType == typeof(int)).Select(p => p.Name!))
                .Concat(Compiled.Declaration.Arguments.Items.Where(a => a.Type == "int").Select(a => a.Name)).Distinct(),
        ];
        // Those that compare a dimension of an argument with what it should be hold by construction.
        bool IsChosen(Dim dim) => dim.Names().All(names.Contains);
        var checks = functions[0].Known.Items.Concat(functions[0].Checks.Items).Where(check => IsChosen(check.Left) && IsChosen(check.Right)).ToArray();
        var random = new Random(3);
        for (var trial = 0; trial < 5000; trial++)
        {
            // Different ones first, which tell dimensions apart; then any.
            var sizes = names.Select((name, i) => (name, Size: trial == 0 ? 2L + i % 4 : random.Next(1, 7))).ToDictionary(pair => pair.name, pair => pair.Size);
            long Value(Dim dim) => dim.Evaluate(name => sizes[name]);
            if (checks.All(check => Holds(Value(check.Left), check.Relation, Value(check.Right))) && functions[0].Arguments.Items.All(a => a.Node.Shape.All(dim => Value(dim) >= 0))) return sizes;
        }
        throw new InvalidOperationException($"{Name}: no small sizes satisfy {string.Join(", ", checks.Select(check => $"{check.Left} {check.Relation} {check.Right}"))}");
    }

    private static bool Holds(long left, string relation, long right) => relation switch
    {
        "==" => left == right,
        "!=" => left != right,
        "<=" => left <= right,
        "<" => left < right,
        _ => throw new InvalidOperationException(relation),
    };

    /// <summary>A new instance of the reference or of a nested class.</summary>
    public object Create(Type type, Dictionary<string, long> sizes, params object[] first) => Activator.CreateInstance(type, [.. first, .. Network.GetConstructors().Single().GetParameters()
        .Select(p => p.ParameterType == typeof(int) ? (int)sizes[p.Name!] : p.ParameterType == typeof(bool) ? true : p.HasDefaultValue ? p.DefaultValue! : 0.5f)])!;

    public object[] Arguments(Dictionary<string, long> sizes)
    {
        var function = Compiled.Lowered[0];
        return
        [
            .. Compiled.Declaration.Arguments.Items.Select((argument, i) =>
            {
                var random = new Philox(11, (ulong)i);
                if (argument.IsGraph) return GraphOf(argument, sizes);
                if (argument.Type != "Tensor") return argument.Type == "int" ? (int)sizes[argument.Name] : argument.Type == "bool" ? true : argument.Type == "double" ? 0.5 : (object)0.5f;
                var at = Enumerable.Range(0, function.Arguments.Count).First(k => function.Arguments[k].Kind == ArgumentKind.Input && function.Arguments[k].Name == argument.Name);
                var type = function.Arguments[at].Node.Type;
                var tensor = Tensor.Empty(Enum.Parse<DType>(type.DType.ToString()), [.. type.Shape.Select(dim => (int)dim.Evaluate(name => sizes[name]))]);
                if (type.IsFloat) random.FillUniform(tensor, 0.05, 0.95);
                else
                {
                    // Classes and positions where they are checked; other integers are taken for labels of two classes.
                    var below = function.IndexChecks.Items.Where(check => check.Argument == at).Select(check => check.Classes.Evaluate(name => sizes[name])).Append(tensor.DType == DType.Int64 ? long.MaxValue : 2).Min();
                    if (below == long.MaxValue) below = 2;
                    var values = Tensor.From([.. Enumerable.Range(0, (int)tensor.Length).Select(k => (long)(random.Uniform((ulong)k) * below))]);
                    tensor.CopyFrom(Ops.Reshape(values.To(tensor.DType), tensor.Shape.ToArray()));
                }
                return tensor;
            }),
        ];
    }

    /// <summary>A random graph of the declared numbers of nodes, edges and relations; of a derived method they are declared where its source is.</summary>
    private Graph GraphOf(ArgumentDeclaration argument, Dictionary<string, long> sizes)
    {
        var method = Compiled.Declaration;
        for (; argument.Shape is null; argument = method.Arguments.Items.Single(a => a.Name == argument.Name)) method = Declaration.Method(method.Transform!.Of)!;
        var entries = argument.Shape.Split(' ');
        int Count(int i) => i >= entries.Length || entries[i] == "_" ? 2 : int.TryParse(entries[i], out var number) ? number : (int)sizes[entries[i]];
        var (nodes, edges, relations) = (Count(0), Count(1), Count(2));
        var random = new Random(5);
        int[] Draw(int below) => [.. Enumerable.Range(0, edges).Select(_ => random.Next(below))];
        var graph = Graph.From(nodes, Draw(nodes), Draw(nodes), Draw(relations), relations);
        // How many pairs there are is for the graph to say; and it is one graph.
        if (entries.Length > 3 && !int.TryParse(entries[3], out _)) sizes[entries[3]] = 1;
        if (entries.Length > 4) sizes[entries[4]] = graph.PairCount;
        return graph;
    }
}

/// <summary>Every method of the gallery's networks, on every target.</summary>
internal static class GalleryNetworks
{
    private static readonly Lazy<ImmutableArray<GalleryMethod>> s_methods = new(Compile);

    public static ImmutableArray<GalleryMethod> Methods => s_methods.Value;

    /// <summary>The declarations of a file of the gallery: its networks and tensor functions, without what trains and shows them.</summary>
    private static string Declarations(string source)
    {
        var unit = CSharpSyntaxTree.ParseText(source).GetCompilationUnitRoot();
        var others = unit.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(type => type.Parent is BaseNamespaceDeclarationSyntax && !Has(type, "Network") && !type.DescendantNodes().Any(member => Has(member, "TensorFunction")));
        var foreign = unit.Usings.Where(directive => !directive.NamespaceOrType.ToString().StartsWith("Proxima", StringComparison.Ordinal));
        return unit.RemoveNodes(others.Concat<SyntaxNode>(foreign), SyntaxRemoveOptions.KeepNoTrivia)!.ToFullString();

        static bool Has(SyntaxNode node, string attribute) => node is MemberDeclarationSyntax member && member.AttributeLists.SelectMany(list => list.Attributes).Any(a => a.Name.ToString() == attribute);
    }

    private static ImmutableArray<GalleryMethod> Compile()
    {
        var compilation = FuzzCompiler.With(FuzzCompiler.Empty(""), DiagnosticsCorpus.Gallery.Select(file => Declarations(file.Source)));
        var (image, errors) = FuzzCompiler.Compile(compilation, isPlain: true);
        Assert.True(image is not null, errors);
        var assembly = new AssemblyLoadContext("Gallery").LoadFromStream(image);

        var networks = assembly.GetTypes().Where(type => type.GetCustomAttribute<NetworkAttribute>() is not null).OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (Type: type, Symbol: compilation.GetTypeByMetadataName(type.FullName!)!)).ToArray();
        var functions = compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(type => !type.IsNetwork() && type.HasDeclaration());
        NetworkDeclaration Read(INamedTypeSymbol type) => NetworkReader.Read(type, compilation, CancellationToken.None).Declaration!;
        var declarations = networks.Select(network => Read(network.Symbol)).ToArray();
        var library = Libraries.Of(declarations.Concat(functions.Select(Read)).Concat(ReferencedDeclarations.Of(compilation, CancellationToken.None)));
        return [.. networks.Zip(declarations).SelectMany(pair => NetworkCompiler.Compile(pair.Second, library, CancellationToken.None).Select(method => new GalleryMethod(pair.First.Type, pair.Second, method)))];
    }

    /// <summary>Compares methods with the reference.</summary>
    /// <returns>Those whose results are no numbers at the arguments drawn, or large: there is nothing to compare them with.</returns>
    public static string[] Check(string target, IEnumerable<GalleryMethod> methods)
    {
        var (failures, unknown) = (new List<string>(), new List<string>());
        foreach (var method in methods)
        {
            var sizes = method.Sizes();
            var where = $"{method.Name} on {target}, {string.Join(" ", sizes.Select(size => $"{size.Key}={size.Value}"))}";
            try
            {
                var arguments = method.Arguments(sizes);
                var name = method.Compiled.Declaration.Name;
                Network reference = (Network)method.Create(method.Network, sizes), exact = (Network)method.Create(method.Network, sizes);
                exact.To(DType.Float64);
                var (single, refusal) = Attempt(() => TargetLaw.Call(reference, name, arguments));
                if (refusal is not null)
                {
                    // A step that is too long for the numbers drawn is refused everywhere, in the same words.
                    if (Attempt(OnTarget).Refusal is var other && other != refusal) failures.Add($"{where}: '{other}' where the reference says '{refusal}'");
                    unknown.Add(method.Name);
                    continue;
                }
                var truth = TargetLaw.Call(exact, name, TargetLaw.InDouble(arguments));
                if (truth.Concat(single).Any(r => r.Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e5)))
                {
                    unknown.Add(method.Name);
                    continue;
                }
                if (TargetLaw.Compare(single, truth, OnTarget(), r => TargetLaw.Sensitivity(exact, name, arguments, truth, r)) is { } message) failures.Add($"{where}, {message}");

                double[][] OnTarget()
                {
                    var instance = method.Create(method.Network.GetNestedType(target)!, sizes, target == "Gpu" ? [OpenClDevice.Accelerator] : []);
                    // A torch module has no gradient methods: there torch itself differentiates what they are of.
                    return target != "Torch" ? TargetLaw.Call(instance, name, arguments)
                        : method.Compiled.GivesGradients ? TargetLaw.Backward((TorchSharp.torch.nn.Module)instance, method.Compiled.Declaration.Transform!.Of, arguments, [], null)
                        : TargetLaw.CallTorch(instance, name, arguments);
                }
            }
            catch (Exception exception)
            {
                failures.Add($"{where}: {exception}");
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        return [.. unknown];

        // A refusal is told without its numbers, which are rounded elsewhere in other ways.
        static (double[][] Results, string? Refusal) Attempt(Func<double[][]> call)
        {
            try
            {
                return (call(), null);
            }
            catch (Exception exception) when ((exception.InnerException ?? exception) is ArgumentException { Message: var message } && message.Contains(" converges for steps ", StringComparison.Ordinal))
            {
                return ([], string.Concat((exception.InnerException ?? exception).Message.Where(c => !char.IsDigit(c))));
            }
        }
    }
}

/// <summary>Every method of the gallery's networks against the reference, at small sizes.</summary>
public class GalleryTargetTests
{
    /// <summary>Those with nothing to compare: infinite outside of a set, or an iteration that does not converge for a matrix or a kernel that is none of its kind.</summary>
    internal static readonly string[] Unknown =
    [
        "Deblurring.Sharpen", "Deblurring.Minimum", "GraphEquilibrium.Forward", "GraphEquilibrium.Loss", "GraphEquilibrium.LossGradient", "GraphMixture.Sparsity", "GroupSparseNetwork.Envelope",
        "ProjectiveSplitting.DualLimits", "SumOfNormsTransport.Cost", "SumOfNormsTransport.Marginals",
    ];

    [Fact]
    public void TheGalleryIsFound() => Assert.True(GalleryNetworks.Methods.Length >= 470);

    [Fact]
    public void CpuAgreesWithTheReference() => Assert.Equal(Unknown, GalleryNetworks.Check("Cpu", GalleryNetworks.Methods));

    [Fact]
    public void TorchAgreesWithTheReference() => Assert.Equal(Unknown, GalleryNetworks.Check("Torch", GalleryNetworks.Methods));
}

/// <summary>The same on the Gpu target: of each network the method of most kernels, up to a few. With <c>PROXIMA_GALLERY_GPU=all</c> every method but the longest.</summary>
[Collection(OpenClDevice.Name)]
public class GalleryGpuTests
{
    private const int FewKernels = 4;
    private const int MostKernels = 40;

    [Fact]
    public void GpuAgreesWithTheReference()
    {
        var methods = GalleryNetworks.Methods.Where(method => method.Kernels <= MostKernels && !GalleryTargetTests.Unknown.Contains(method.Name));
        if (Environment.GetEnvironmentVariable("PROXIMA_GALLERY_GPU") != "all")
            methods = methods.GroupBy(method => method.Network).Select(own => own.OrderBy(m => m.Kernels <= FewKernels ? -m.Kernels : m.Kernels).First());
        Assert.Empty(GalleryNetworks.Check("Gpu", methods));
    }
}
