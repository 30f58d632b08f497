using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>Layers on graphs.</summary>
[Network]
public partial class Messages(int d, int heads, int relations)
{
    readonly Linear first = new(d, d);
    readonly Linear second = new(d, d);

    /// <summary>A map of the features.</summary>
    [Parameter("d d")] public partial Tensor Weight { get; }

    /// <summary>A map of the features for each relation.</summary>
    [Parameter("relations d d")] public partial Tensor Related { get; }

    /// <summary>How sources score, by head.</summary>
    [Parameter("heads d/heads")] public partial Tensor Left { get; }

    /// <summary>How targets score, by head.</summary>
    [Parameter("heads d/heads")] public partial Tensor Right { get; }

    /// <summary>A convolution (Kipf and Welling 2017).</summary>
    [return: Shape("n d")]
    public virtual Tensor Convolution([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share)
    {
        var h = MatMul(x, Weight);
        return Relu(Propagate(g, (source, target, edge) => h[source] * Unsqueeze(share[edge], 1)));
    }

    /// <summary>A layer of isomorphism networks (Xu et al. 2019).</summary>
    [return: Shape("n d")]
    public virtual Tensor Isomorphism([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x) =>
        second.Forward(Relu(first.Forward(1.1 * x + Propagate(g, (source, target, edge) => x[source]))));

    /// <summary>Attention of nodes to their neighbours (Velickovic et al. 2018).</summary>
    [return: Shape("n d")]
    public virtual Tensor Attention([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x)
    {
        var h = Reshape(MatMul(x, Weight), g.NodeCount, heads, d / heads);
        Tensor from = Sum(h * Left, dim: -1), to = Sum(h * Right, dim: -1);
        var y = Propagate(g, (source, target, edge) => h[source] * Unsqueeze(SegmentSoftmax(LeakyRelu(from[source] + to[target], 0.2), target, g.NodeCount), 2));
        return Reshape(y, g.NodeCount, d);
    }

    /// <summary>A convolution with a matrix for each relation (Schlichtkrull et al. 2018).</summary>
    [return: Shape("n d")]
    public virtual Tensor Relational([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share) =>
        Relu(MatMul(x, Weight) + Propagate(g, (source, target, edge) => SegmentMatMul(x[source], Related, g.Types) * Unsqueeze(share[edge], 1)));

    /// <summary>The squared error of the convolution.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share, [Shape("n d")] Tensor t) => MseLoss(second.Forward(Convolution(g, x, share)), t);

    /// <summary>The error and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor x, Tensor share, Tensor t);
}

/// <summary>Layers on a graph of 20,000 nodes and 160,000 edges.</summary>
internal static class GraphLayers
{
    private const int Nodes = 20_000, Edges = 160_000, D = 64, Heads = 4, Relations = 8;
    private const double Map = 2.0 * Nodes * D * D, Pass = 4.0 * 2 * Nodes * D + 8.0 * 2 * Edges;

    private static readonly Lazy<(int[] Sources, int[] Targets, int[] Types)> Lists = new(() =>
    {
        var random = new Random(7);
        int[] Draw(int limit) => [.. Enumerable.Range(0, Edges).Select(_ => random.Next(limit))];
        return (Draw(Nodes), Draw(Nodes), Draw(Relations));
    });

    public static IEnumerable<Trial> Trials =>
    [
        Layer("gcn", "graph convolution, 20,000 nodes, 160,000 edges, 64 features", Map, (net, g, x, share, y) => net.Convolution(g, x, share, y), (p, e, x, share) => Gcn(p, e, x, share)),
        Layer("gin", "isomorphism layer, the same graph", 2 * Map, (net, g, x, _, y) => net.Isomorphism(g, x, y), (p, e, x, _) =>
        {
            var sum = torch.zeros_like(x).index_add_(0, e.Targets, x.index_select(0, e.Sources), 1);
            return Perceptrons.Affine(p, "second", Perceptrons.Affine(p, "first", 1.1 * x + sum).relu());
        }),
        Layer("gat", "attention in 4 heads, the same graph", Map, (net, g, x, _, y) => net.Attention(g, x, y), (p, e, x, _) =>
        {
            var h = x.matmul(p["Weight"]).view(Nodes, Heads, D / Heads);
            torch.Tensor from = (h * p["Left"]).sum(-1), to = (h * p["Right"]).sum(-1);
            var score = torch.nn.functional.leaky_relu(from.index_select(0, e.Sources) + to.index_select(0, e.Targets), 0.2);
            var weight = (score - score.max()).exp(); // TorchSharp has no maximum by segments
            var total = torch.zeros(Nodes, Heads).index_add_(0, e.Targets, weight, 1);
            var share = weight / total.index_select(0, e.Targets);
            return torch.zeros(Nodes, Heads, D / Heads).index_add_(0, e.Targets, h.index_select(0, e.Sources) * share.unsqueeze(2), 1).view(Nodes, D);
        }),
        Layer("rgcn", "relational convolution, 8 relations, the same graph", Map + 2.0 * Edges * D * D, (net, g, x, share, y) => net.Relational(g, x, share, y), (p, e, x, share) =>
        {
            var y = x.matmul(p["Weight"]);
            for (var relation = 0; relation < Relations; relation++)
            {
                var edges = e.OfRelation[relation];
                var message = x.index_select(0, e.Sources.index_select(0, edges)).matmul(p["Related"][relation]) * share.index_select(0, edges).unsqueeze(1);
                y.index_add_(0, e.Targets.index_select(0, edges), message, 1);
            }
            return y.relu();
        }),
        new("gcn-train", "graph convolution, an affine layer, squared error, all derivatives, the same graph", 5 * Map, 3 * Pass)
        {
            Proxima = () =>
            {
                var (net, g, x, share, target) = (new Messages.Cpu(D, Heads, Relations), Graph(), Normal(1, Nodes, D), Share(), Normal(3, Nodes, D));
                return Train(net, () => net.LossGradient(g, x, share, target));
            },
            Torch = () =>
            {
                var (p, e, x, share, target) = (new Messages(D, Heads, Relations).TorchParameters(), new EdgeList(), Normal(1, Nodes, D).Torch(), Share().Torch(), Normal(3, Nodes, D).Torch());
                return EagerTrain(p, () => torch.nn.functional.mse_loss(Perceptrons.Affine(p, "second", Gcn(p, e, x, share)), target));
            },
        },
    ];

    private static torch.Tensor Gcn(Leaves p, EdgeList e, torch.Tensor x, torch.Tensor share)
    {
        var message = x.matmul(p["Weight"]).index_select(0, e.Sources) * share.unsqueeze(1);
        return torch.zeros(Nodes, D).index_add(0, e.Targets, message, 1).relu();
    }

    private static Trial Layer(
        string name, string work, double flops, Action<Messages, Graph, Tensor, Tensor, Tensor> ours, Func<Leaves, EdgeList, torch.Tensor, torch.Tensor, torch.Tensor> theirs) =>
        new(name, work, flops, Pass)
        {
            Proxima = () =>
            {
                var (net, g, x, share) = (new Messages.Cpu(D, Heads, Relations), Graph(), Normal(1, Nodes, D), Share());
                return Into(Tensor.Zeros(Nodes, D), result => ours(net, g, x, share, result));
            },
            Torch = () =>
            {
                var (p, e, x, share) = (new Messages(D, Heads, Relations).TorchParameters(), new EdgeList(), Normal(1, Nodes, D).Torch(), Share().Torch());
                return Eager(() => theirs(p, e, x, share));
            },
        };

    private static Graph Graph() => Proxima.Graph.From(Nodes, Lists.Value.Sources, Lists.Value.Targets, Lists.Value.Types, Relations);

    private static Tensor Share() => Sample.Uniform(2, Edges);

    private sealed class EdgeList
    {
        public torch.Tensor Sources { get; } = torch.tensor(Array.ConvertAll(Lists.Value.Sources, node => (long)node));

        public torch.Tensor Targets { get; } = torch.tensor(Array.ConvertAll(Lists.Value.Targets, node => (long)node));

        public torch.Tensor[] OfRelation { get; } =
            [.. Enumerable.Range(0, Relations).Select(relation => torch.tensor(Enumerable.Range(0, Edges).Where(edge => Lists.Value.Types[edge] == relation).Select(edge => (long)edge).ToArray()))];
    }
}
