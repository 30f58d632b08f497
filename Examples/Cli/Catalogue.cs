using System.Text.Json;

namespace Proxima.Examples;

/// <summary>A paper that the gallery reproduces or will reproduce.</summary>
/// <param name="Id">Its number, <c>S001</c> to <c>S119</c>.</param>
/// <param name="Name">Its short name on the command line.</param>
/// <param name="Family">The kind of system.</param>
/// <param name="Title">Its title.</param>
public sealed record Paper(string Id, string Name, string Family, string Title);

/// <summary>Everything the gallery knows: the papers, and the systems that run.</summary>
public static class Catalogue
{
    /// <summary>All papers, by number.</summary>
    public static IReadOnlyList<Paper> Papers { get; } = ReadPapers();

    /// <summary>The systems that run, in the order of <c>run all</c>.</summary>
    public static IReadOnlyList<IExample> Examples { get; } =
    [
        new SparseRecovery(),
        new PatchDenoising(),
        new ImageRestoration(),
        new ComputedTomography(),
        new MatrixCompletion(),
        new LearnedProximalNetworks(),
        new OperatorLearning(),
        new NeuralOperatorLearning(),
        new RewriteTheStars(),
        new PathNorms(),
        new IntervalTraining(),
        new HyperparameterSearch(),
        new SubhomogeneousEquilibria(),
        new SharpnessMinimization(),
        new BeyondMonotonicity(),
        new ConvergentGraphs(),
        new PolynomialBases(),
        new PolynomialFeatures(),
        new RelationalGraphs(),
        new InputConvexGradients(),
        new CumuleneEnergies(),
        new GradientFlowSharpness(),
        new SelfNormalizingNetworks(),
        new XnorNetworks(),
        new BlockDescent(),
        new ParallelDuality(),
        new OptimalSets(),
        new CheaperProxy(),
        new HypergraphEnergies(),
        new LatentGraphs(),
        new StochasticSplitting(),
        new ConstrainedBilevel(),
        new TransportBlocks(),
        new ClassTransport(),
        new BaryconvexOptimization(),
        new GroupSparsity(),
        new IterativeMethods(),
        new GradientTracking(),
        new ProjectionTraining(),
        new LowLight(),
    ];

    /// <summary>The paper with a number or short name, in any case; null if there is none.</summary>
    public static Paper? FindPaper(string id) => Papers.FirstOrDefault(paper => Same(paper.Id, id) || Same(paper.Name, id));

    /// <summary>The system that a number or short name stands for, in any case; null if none runs yet.</summary>
    public static IExample? FindExample(string id)
    {
        var key = FindPaper(id)?.Id ?? id;
        return Examples.FirstOrDefault(example => Same(example.Id, key));
    }

    /// <summary>The name of a system on the command line: the short name of its paper, or its own.</summary>
    public static string NameOf(IExample example) => FindPaper(example.Id)?.Name ?? example.Id;

    private static bool Same(string x, string y) => string.Equals(x, y, StringComparison.OrdinalIgnoreCase);

    private static Paper[] ReadPapers()
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream("gallery.json")!;
        using var json = JsonDocument.Parse(stream);
        return [.. json.RootElement.EnumerateArray().Select(row => new Paper(Text(row, "id"), Text(row, "name"), Text(row, "family"), Text(row, "title")))];

        static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
    }
}
