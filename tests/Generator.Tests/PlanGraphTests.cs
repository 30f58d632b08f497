using Proxima.Generator;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Proxima.Tests.Infrastructure;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>What flows along edges is summed node by node, forward and backward; nothing is stored for an edge that only a sum needs.</summary>
public sealed class PlanGraphTests
{
    private const string Convolution =
        "(op Propagate (arg graph (local g)) (arg message (lambda (names (local s) (local t) (local k)) (binary * (op Embedding (arg weight (local x)) (arg indices (local s))) (op Unsqueeze (arg x (op Embedding (arg weight (local w)) (arg indices (local k)))) (arg dim (int 1)))))) (arg reduce (string Sum)))";

    private static MethodDeclaration OnGraph(string signature, string body)
    {
        var method = Method(signature, $"(block (return {body}))");
        return method with { Arguments = method.Arguments.Items.Insert(0, new ArgumentDeclaration("g", "Graph", "n e", "Float32", At("g", 1), At("shape of g", 5))) };
    }

    private static Function Convolved() => Function(Network("Net", "", OnGraph("Forward(x: n d, w: e) -> n d", Convolution)), "Forward");

    private static IEnumerable<Kernel> Kernels(Function function)
    {
        Verifier.Check(function);
        var kernels = NetworkCompiler.Plan(function).Computations.Cast<Kernel>().ToArray();
        // No places that data tell are written to.
        Assert.All(kernels.SelectMany(kernel => kernel.Statements).OfType<StoreStatement>(), store => Assert.Empty(store.Positions));
        return kernels;
    }

    [Fact]
    public void MessagesAreComputedWhereTheyAreSummed()
    {
        var kernel = Assert.Single(Kernels(Convolved()));
        Assert.NotNull(kernel.Stages[0].Range);
        Assert.Equal("n", Assert.Single(kernel.Outer).Size.ToString());
        Assert.Equal("d", kernel.Vector!.Size.ToString());
        // A product and a sum for each element of each edge: the nodes are not multiplied with the edges.
        Assert.Equal(Dim.Parse("2*d*e"), kernel.Flops);
    }

    [Fact]
    public void TheDerivativeIsSummedOverTheEdgesThatLeave()
    {
        var kernels = Kernels(Generator.Transforms.Vjp.Apply(Convolved())).ToArray();
        var names = kernels.SelectMany(kernel => kernel.Statements).SelectMany(Exprs.Loads).Select(load => load.Buffer.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "gOutgoing", "gBySource", "gPlaces" }, names);
        Assert.Equal(2, kernels.Count(kernel => kernel.Stages[0].Range is not null));
    }

    [Fact]
    public void ASecondDerivativeIsSummedThatWayToo() => Kernels(Generator.Transforms.Vjp.Apply(Generator.Transforms.Vjp.Apply(Convolved())));

    /// <summary>A table of another size than the graph has nodes: what is known of the nodes says nothing of its rows.</summary>
    [Fact]
    public void OtherTablesAreReadLikeAny()
    {
        var body = "(op SegmentSum (arg x (op Embedding (arg weight (local y)) (arg indices (graphpart Sources (local g))))) (arg segments (graphpart Targets (local g))) (arg count (graphsize NodeCount (local g))))";
        var function = Function(Network("Net", "", OnGraph("Forward(y: m d) -> n d", body)), "Forward");
        var nodes = function.Body.Schedule();
        Assert.True(Inverse.Of(nodes.Single(node => node.Op == Op.Gather)).IsNone);
        Assert.False(Inverse.Of(nodes.Single(node => node.Op == Op.ScatterAdd)).IsNone);
        Assert.Contains(function.IndexChecks, check => function.Arguments[check.Argument].Name == "g.Sources" && check.Classes.ToString() == "m");
    }

    private static Function Related()
    {
        const string body = "(op Propagate (arg graph (local g)) (arg message (lambda (names (local s) (local t) (local k)) (op SegmentMatMul (arg x (op Embedding (arg weight (local x)) (arg indices (local s)))) (arg weight (local w)) (arg segments (graphpart Types (local g)))))) (arg reduce (string Sum)))";
        var method = OnGraph("Forward(x: n d, w: r d m) -> n m", body);
        var graph = method.Arguments[0] with { Shape = "n e r" };
        return Function(Network("Net", "", method with { Arguments = method.Arguments.Items.SetItem(0, graph) }), "Forward");
    }

    /// <summary>The rows of a relation are one product, which gathers them while it packs them; so are both derivatives.</summary>
    [Fact]
    public void ProductsWithTheMatrixOfARelationAreOneProductForEachRelation()
    {
        foreach (var (function, products) in new[] { (Related(), 1), (Generator.Transforms.Vjp.Apply(Related()), 2) })
        {
            Verifier.Check(function);
            var plan = NetworkCompiler.Plan(function);
            var gemms = plan.Computations.OfType<Gemm>().ToArray();
            Assert.Equal(products, gemms.Count(gemm => gemm.Groups is not null));
            Assert.All(gemms, gemm => Assert.Equal("r", gemm.Groups!.Count.ToString()));
            // No matrix for each edge, and no row of x.
            Assert.DoesNotContain(plan.Buffers, buffer => buffer.Count.Equals(Dim.Parse("d*e*m")));
        }
        var forward = NetworkCompiler.Plan(Related());
        Assert.DoesNotContain(forward.Buffers, buffer => buffer.Count.Equals(Dim.Parse("d*e")));
        Assert.Equal(Dim.Parse("2*d*e*m"), forward.Computations.OfType<Gemm>().Single().Flops);
    }

    [Fact]
    public void AKernelRunsThroughTheEdgesOfANode()
    {
        var source = GeneratorHarness.Run("""
            [Network]
            public partial class Net(int d)
            {
                [return: Shape("n d")]
                public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source], Reduce.Mean);
            }
            """)["Net.Cpu.proxima.g.cs"];
        Assert.Contains("for (nint r0 = (nint)gIncomingAt; r0 < (nint)gIncomingAt2;)", source, StringComparison.Ordinal);
        // Of the graph it is given what it reads.
        Assert.Contains("RunForward(g.Incoming, g.Sources, x, result, n, e);", source, StringComparison.Ordinal);
        // The cost of a node is that of its share of the edges; there may be no node.
        Assert.Matches(@"WorkerPool\.Run\(ref \w+, n, .*e / Math\.Max\(", source);
    }
}
