using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// The solver at the core of a convergent graph solver: for each head the x with x = gamma A x + b, where A has a weight for each edge, and its rows sum to at
/// most 1. So the map contracts, the solution exists, and its derivative is that of the implicit function: the same iteration on the transposed graph.
/// </summary>
/// <remarks>Park, Choo and Park, "Convergent Graph Solvers" (ICLR 2022).</remarks>
/// <param name="heads">How many systems are solved.</param>
/// <param name="gamma">How strongly the map contracts.</param>
[Network]
public partial class LinearGraphSolver(int heads, float gamma)
{
    /// <summary>One step of the map; the weights have the order of the graph.</summary>
    [return: Shape("n heads")]
    public virtual Tensor Step([Shape("n heads")] Tensor z, [Shape("n e")] Graph g, [Shape("e heads")] Tensor a, [Shape("n heads")] Tensor b) =>
        gamma * Propagate(g, (source, target, edge) => a * z[source]) + b;

    /// <summary>The rows of A from any numbers, one for each edge: a softmax over the edges that come into a node.</summary>
    [return: Shape("e heads")]
    public virtual Tensor Weights([Shape("n e")] Graph g, [Shape("e heads")] Tensor logits) => SegmentSoftmax(logits[g.Edges], g.Targets, g.NodeCount);

    /// <summary>The solution.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 5000, Tolerance = 1e-14)]
    public virtual partial Tensor Solve(Tensor z, Graph g, Tensor a, Tensor b);

    /// <summary>The solution, whose derivative is taken through the last step only.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 5000, Tolerance = 1e-14, BackwardIterations = 1)]
    public virtual partial Tensor SolveOnce(Tensor z, Graph g, Tensor a, Tensor b);

    /// <summary>A number read off the solution.</summary>
    [return: Shape("")]
    public virtual Tensor Readout([Shape("n heads")] Tensor z, [Shape("n e")] Graph g, [Shape("e heads")] Tensor a, [Shape("n heads")] Tensor b, [Shape("n heads")] Tensor w) =>
        Sum(Solve(z, g, a, b) * w);

    /// <summary>The same with the derivative through one step.</summary>
    [return: Shape("")]
    public virtual Tensor ReadoutOnce([Shape("n heads")] Tensor z, [Shape("n e")] Graph g, [Shape("e heads")] Tensor a, [Shape("n heads")] Tensor b, [Shape("n heads")] Tensor w) =>
        Sum(SolveOnce(z, g, a, b) * w);

    /// <summary>Its derivatives by the matrix and by the right-hand side.</summary>
    [Gradient(of: nameof(Readout), wrt: "a, b")]
    public virtual partial (Tensor A, Tensor B) ReadoutGradient(Tensor z, Graph g, Tensor a, Tensor b, Tensor w);

    /// <summary>Those through one step.</summary>
    [Gradient(of: nameof(ReadoutOnce), wrt: "a, b")]
    public virtual partial (Tensor A, Tensor B) ReadoutGradientOnce(Tensor z, Graph g, Tensor a, Tensor b, Tensor w);
}

/// <summary>A convergent graph solver: encoders of nodes and edges make the systems, a decoder reads the solutions of all heads.</summary>
/// <remarks>The paper normalises clipped weights by the degree, or takes a softmax; this is the softmax, times a gate of the target, which a node with a value of its own closes.</remarks>
/// <param name="nodes">The number of features of a node.</param>
/// <param name="edges">That of an edge.</param>
/// <param name="heads">How many systems are solved.</param>
/// <param name="width">The width of the encoders and the decoder.</param>
/// <param name="gamma">How strongly the map contracts.</param>
/// <param name="rewards">Whether edges add to the values that come over them.</param>
[Network]
public partial class ConvergentGraphSolver(int nodes, int edges, int heads, int width, float gamma, bool rewards)
{
    readonly Linear embedding = new(nodes, width);
    readonly Linear[] own = Repeat(3, _ => new Linear(width, width));
    readonly Linear[] sent = Repeat(3, _ => new Linear(width + edges, width));
    readonly Mlp attention = new(2 * width + edges, width, heads, 1);
    readonly Mlp reward = new(edges, width, heads, 1);
    readonly Linear gate = new(nodes, heads);
    readonly Linear bias = new(nodes, heads);
    readonly Mlp decoder = new(heads, width, 1, 2);

    /// <summary>One step of the map.</summary>
    [return: Shape("n heads")]
    public virtual Tensor Step([Shape("n heads")] Tensor z, [Shape("n e")] Graph g, [Shape("e heads")] Tensor a, [Shape("n heads")] Tensor b) =>
        gamma * Propagate(g, (source, target, edge) => a * z[source]) + b;

    /// <summary>The solutions.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, MaxIterations = 1000, Tolerance = 1e-5, BackwardTolerance = 1e-4)]
    public virtual partial Tensor Solve(Tensor z, Graph g, Tensor a, Tensor b);

    /// <summary>A value for each node.</summary>
    [return: Shape("n 1")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n nodes")] Tensor u, [Shape("e edges")] Tensor r)
    {
        var h = Relu(embedding.Forward(u));
        for (var k = 0; k < 3; k++)
            h = Relu(own[k].Forward(h) + Propagate(g, (source, target, edge) => Relu(sent[k].Forward(Concat([h[source], r[edge]], dim: 1))), Reduce.Max));
        var along = r[g.Edges];
        var logits = attention.Forward(Concat([h[g.Sources], h[g.Targets], along], dim: 1));
        // A node is the mean of those before it as far as its gate is open, and what it is by itself for the rest; edges may add to that.
        var open = Hardsigmoid(4 * gate.Forward(u) + 2);
        var a = SegmentSoftmax(logits, g.Targets, g.NodeCount) * open[g.Targets];
        var b = (1 - open) * bias.Forward(u);
        if (rewards) b += Propagate(g, (source, target, edge) => a * reward.Forward(along));
        return decoder.Forward(Solve(0 * b, g, a, b));
    }

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("n nodes")] Tensor u, [Shape("e edges")] Tensor r, [Shape("n 1")] Tensor target) => MseLoss(Forward(g, u, r), target);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor u, Tensor r, Tensor target);
}

/// <summary>What it is compared with: three rounds of messages, so that a node knows what is three edges away.</summary>
/// <param name="nodes">The number of features of a node.</param>
/// <param name="edges">That of an edge.</param>
/// <param name="width">The size of a message.</param>
[Network]
public partial class MessagePassing(int nodes, int edges, int width)
{
    readonly Linear encoder = new(nodes, width);
    readonly Linear[] own = Repeat(3, _ => new Linear(width, width));
    readonly Linear[] sent = Repeat(3, _ => new Linear(width + edges, width));
    readonly Linear decoder = new(width, 1);

    /// <summary>A value for each node.</summary>
    [return: Shape("n 1")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n nodes")] Tensor u, [Shape("e edges")] Tensor r)
    {
        var h = Relu(encoder.Forward(u));
        for (var k = 0; k < 3; k++)
            h = Relu(own[k].Forward(h) + Propagate(g, (source, target, edge) => Relu(sent[k].Forward(Concat([h[source], r[edge]], dim: 1))), Reduce.Max));
        return decoder.Forward(h);
    }

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("n nodes")] Tensor u, [Shape("e edges")] Tensor r, [Shape("n 1")] Tensor target) => MseLoss(Forward(g, u, r), target);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor u, Tensor r, Tensor target);
}
