// Orders that make no difference: over nodes of matrices and of graphs, in sets, through loops, children and derivatives.

[Network]
public partial class Gin(int width)
{
    readonly Linear inner = new(width, width);

    [PermutationEquivariant("n")]
    [PermutationEquivariant("e")]
    [return: Shape("n width")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n width")] Tensor x, [Shape("e")] Tensor weights) =>
        Relu(inner.Forward(x + Propagate(g, (s, t, k) => x[s] * Unsqueeze(weights[k], 1))));

    [PermutationEquivariant("n")]
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("n width")] Tensor x, [Shape("e")] Tensor weights) => Mean(Square(Forward(g, x, weights)));

    [PermutationEquivariant("n")]
    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor ByNodes(Graph g, Tensor x, Tensor weights);
}

[Network]
public partial class Sets(int width, int heads, int size)
{
    readonly Linear queries = new(width, heads * size), keys = new(width, heads * size), values = new(width, heads * size);
    readonly LayerNorm norm = new(width);

    [PermutationEquivariant("b")]
    [PermutationEquivariant("n")]
    [return: Shape("b n heads*size")]
    public virtual Tensor Attention([Shape("b n width")] Tensor x)
    {
        var h = norm.Forward(x);
        var scores = Softmax(MatMul(Split(queries.Forward(h)), Transpose(Split(keys.Forward(h)))), dim: -1);
        return Reshape(Permute(MatMul(scores, Split(values.Forward(h))), 0, 2, 1, 3), x.Dim(0), x.Dim(1), heads * size);
    }

    private Tensor Split(Tensor y) => Permute(Reshape(y, y.Dim(0), y.Dim(1), heads, size), 0, 2, 1, 3);

    [PermutationEquivariant("n")]
    [return: Shape("n n")]
    public virtual Tensor Deconvolve([Shape("n n")] Tensor a, [Shape("steps")] Tensor rates)
    {
        var s = a;
        for (var k = 0; k < rates.Dim(0); k++)
        {
            s = Relu(s + rates[k] * (MatMul(a, s) + MatMul(s, a))) * (1 - Eye(a.Dim(0)));
            s = s / Max(Abs(s));
        }
        return s;
    }

    [PermutationEquivariant("n")]
    [return: Shape("n width")]
    public virtual Tensor Solved([Shape("n n")] Tensor a, [Shape("n width")] Tensor x) => Solve(a + Eye(a.Dim(0)), x) * Trace(a) + Unsqueeze(Diagonal(a), 1);

    [PermutationEquivariant("n")]
    [return: Shape("n width"), Shape("")]
    public virtual (Tensor, Tensor) Normalized([Shape("n width")] Tensor x)
    {
        var centred = x - Mean(x, dim: 0, keepDim: true);
        return (centred * Rsqrt(Mean(Square(centred), dim: 0, keepDim: true) + 1e-5f), Sum(LogSumExp(x, dim: 0)));
    }
}
