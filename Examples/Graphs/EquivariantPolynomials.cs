using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Polynomials of a symmetric matrix that do not depend on the order of the nodes: one for each multigraph, the sum over all ways to put nodes at its vertices of the product
/// of the entries along its edges. Each is an equation of index letters, which the compiler turns into contractions.
/// </summary>
/// <remarks>Puny, Lim, Kiani, Maron, Lipman, "Equivariant Polynomials for Graph Neural Networks" (ICML 2023).</remarks>
[Network]
public partial class EquivariantPolynomials
{
    /// <summary>The multigraphs of one and of two edges, without a mark.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("9")]
    public virtual Tensor Numbers([Shape("n n")] Tensor x)
    {
        Tensor loop = Einsum("ii->", x), edge = Einsum("ij->", x);
        return Stack([loop, edge, Einsum("ii,ii->", x, x), loop * loop, Einsum("ii,ij->", x, x), loop * edge, Einsum("ij,ij->", x, x), Einsum("ij,jk->", x, x), edge * edge], 0);
    }

    /// <summary>The same with one vertex marked: a number for each node.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("n 21")]
    public virtual Tensor Nodes([Shape("n n")] Tensor x)
    {
        Tensor loop = Einsum("ii->", x), edge = Einsum("ij->", x), own = Einsum("aa->a", x), row = Einsum("aj->a", x);
        var one = Ones(x.Dim(0));
        return Stack(
        [
            own, loop * one, row, edge * one,
            Einsum("aa,aa->a", x, x), Einsum("ii,ii->", x, x) * one, own * loop, loop * loop * one, Einsum("aa,aj->a", x, x), Einsum("ii,ia->a", x, x), Einsum("ii,ij->", x, x) * one,
            own * edge, loop * row, loop * edge * one, Einsum("aj,aj->a", x, x), Einsum("ij,ij->", x, x) * one, Einsum("aj,ak->a", x, x), Einsum("aj,jk->a", x, x), Einsum("ij,jk->", x, x) * one,
            row * edge, edge * edge * one,
        ], 1);
    }

    /// <summary>The multigraphs of one edge with two marks, on two vertices and then on the same: a number for each pair of nodes.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("n n 11")]
    public virtual Tensor Pairs([Shape("n n")] Tensor x)
    {
        Tensor loop = Einsum("ii->", x), edge = Einsum("ij->", x), own = Einsum("aa->a", x), row = Einsum("aj->a", x);
        var all = Ones(x.Dim(0), x.Dim(0));
        var same = Eye(x.Dim(0));
        return Stack(
        [
            Unsqueeze(own, 1) * all, Unsqueeze(own, 0) * all, loop * all, x, Unsqueeze(row, 1) * all, Unsqueeze(row, 0) * all, edge * all,
            Unsqueeze(own, 1) * same, loop * same, Unsqueeze(row, 1) * same, edge * same,
        ], 2);
    }

    /// <summary>Triangles, closed walks of length four, and complete graphs of four nodes.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("3")]
    public virtual Tensor Cycles([Shape("n n")] Tensor x) =>
        Stack([Einsum("ij,jk,ki->", x, x, x), Einsum("ij,jk,kl,li->", x, x, x, x), Einsum("ij,jk,ik,il,jl,kl->", x, x, x, x, x, x)], 0);
}

/// <summary>Messages between neighbours, which see of a graph what one-dimensional refinement of colours sees.</summary>
/// <param name="width">The number of features of a node.</param>
[Network]
public partial class NeighbourMessages(int width)
{
    /// <summary>From a node itself, by layer.</summary>
    [Parameter("3 width width", Init = Init.XavierNormal)] public partial Tensor Own { get; }

    /// <summary>From its neighbours, by layer.</summary>
    [Parameter("3 width width", Init = Init.XavierNormal)] public partial Tensor Neighbour { get; }

    /// <summary>The readout.</summary>
    [Parameter("width", Init = Init.Normal)] public partial Tensor Out { get; }

    /// <summary>Its offset.</summary>
    [Parameter("1", Init = Init.Zeros)] public partial Tensor Offset { get; }

    /// <summary>A number for each graph.</summary>
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n n")] Tensor x)
    {
        var h = Ones(x.Dim(0), x.Dim(1), width);
        for (var layer = 0; layer < 3; layer++) h = Relu(MatMul(h, Own[layer]) + 0.3 * MatMul(MatMul(x, h), Neighbour[layer]));
        return Mean(MatMul(h, Out), dim: 1) + Offset;
    }

    /// <summary>The squared distance from numbers to learn.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n n")] Tensor x, [Shape("b")] Tensor target) => MseLoss(Forward(x), target);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}
