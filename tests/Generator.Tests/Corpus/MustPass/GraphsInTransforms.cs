// Graphs go through transforms as they are: a fixed point, many signals on one graph, second derivatives.

[Network]
public partial class Net(int d)
{
    [Parameter("d")] public partial Tensor Scale { get; }

    [return: Shape("n d")]
    public virtual Tensor Step([Shape("n d")] Tensor z, [Shape("n e")] Graph g, [Shape("n d")] Tensor x)
        => 0.5 * Propagate(g, (source, target, edge) => Tanh(z[source] * Scale), Reduce.Mean) + x;

    [FixedPoint(of: nameof(Step))]
    public virtual partial Tensor Solve(Tensor z, Graph g, Tensor x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e r")] Graph g, [Shape("n d")] Tensor x) => Sum(Square(Solve(x, g, x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph graph, Tensor x);

    [Vmap(of: nameof(Step))]
    public virtual partial Tensor Steps(Tensor z, Graph g, Tensor x);

    [return: Shape("")]
    public virtual Tensor Energy([Shape("n d")] Tensor z, [Shape("n e")] Graph g) => Sum(Square(Step(z, g, z)));

    [Hvp(of: nameof(Energy), wrt: "z")]
    public virtual partial Tensor EnergyHvp(Tensor z, Graph g, Tensor direction);
}
