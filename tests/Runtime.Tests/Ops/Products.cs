using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>MatMul with matrices, vectors, batches and operands that are views.</summary>
[Network]
public partial class Products
{
    [return: Shape("m n")]
    public virtual Tensor Matrices([Shape("m k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor MatricesLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor w) => Sum(Matrices(x, y) * w);

    [Gradient(of: nameof(MatricesLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) MatricesGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor RightTransposed([Shape("m k")] Tensor x, [Shape("n k")] Tensor y) => MatMul(x, Transpose(y));

    [return: Shape("")]
    public virtual Tensor RightTransposedLoss([Shape("m k")] Tensor x, [Shape("n k")] Tensor y, [Shape("m n")] Tensor w) => Sum(RightTransposed(x, y) * w);

    [Gradient(of: nameof(RightTransposedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) RightTransposedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor LeftTransposed([Shape("k m")] Tensor x, [Shape("k n")] Tensor y) => MatMul(Transpose(x), y);

    [return: Shape("")]
    public virtual Tensor LeftTransposedLoss([Shape("k m")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor w) => Sum(LeftTransposed(x, y) * w);

    [Gradient(of: nameof(LeftTransposedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) LeftTransposedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor BothTransposed([Shape("k m")] Tensor x, [Shape("n k")] Tensor y) => MatMul(Transpose(x), Transpose(y));

    [return: Shape("")]
    public virtual Tensor BothTransposedLoss([Shape("k m")] Tensor x, [Shape("n k")] Tensor y, [Shape("m n")] Tensor w) => Sum(BothTransposed(x, y) * w);

    [Gradient(of: nameof(BothTransposedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BothTransposedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m n")]
    public virtual Tensor Batched([Shape("b m k")] Tensor x, [Shape("b k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor BatchedLoss([Shape("b m k")] Tensor x, [Shape("b k n")] Tensor y, [Shape("b m n")] Tensor w) => Sum(Batched(x, y) * w);

    [Gradient(of: nameof(BatchedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m n")]
    public virtual Tensor BatchBroadcastRight([Shape("b m k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor BatchBroadcastRightLoss([Shape("b m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("b m n")] Tensor w) => Sum(BatchBroadcastRight(x, y) * w);

    [Gradient(of: nameof(BatchBroadcastRightLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchBroadcastRightGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m n")]
    public virtual Tensor BatchBroadcastLeft([Shape("m k")] Tensor x, [Shape("b k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor BatchBroadcastLeftLoss([Shape("m k")] Tensor x, [Shape("b k n")] Tensor y, [Shape("b m n")] Tensor w) => Sum(BatchBroadcastLeft(x, y) * w);

    [Gradient(of: nameof(BatchBroadcastLeftLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchBroadcastLeftGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b a m n")]
    public virtual Tensor BatchOfOne([Shape("b 1 m k")] Tensor x, [Shape("1 a k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor BatchOfOneLoss([Shape("b 1 m k")] Tensor x, [Shape("1 a k n")] Tensor y, [Shape("b a m n")] Tensor w) => Sum(BatchOfOne(x, y) * w);

    [Gradient(of: nameof(BatchOfOneLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchOfOneGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m n")]
    public virtual Tensor BatchedTransposed([Shape("b m k")] Tensor x, [Shape("b n k")] Tensor y) => MatMul(x, Transpose(y));

    [return: Shape("")]
    public virtual Tensor BatchedTransposedLoss([Shape("b m k")] Tensor x, [Shape("b n k")] Tensor y, [Shape("b m n")] Tensor w) => Sum(BatchedTransposed(x, y) * w);

    [Gradient(of: nameof(BatchedTransposedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchedTransposedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m")]
    public virtual Tensor MatrixVector([Shape("m k")] Tensor x, [Shape("k")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor MatrixVectorLoss([Shape("m k")] Tensor x, [Shape("k")] Tensor y, [Shape("m")] Tensor w) => Sum(MatrixVector(x, y) * w);

    [Gradient(of: nameof(MatrixVectorLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) MatrixVectorGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("n")]
    public virtual Tensor VectorMatrix([Shape("k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor VectorMatrixLoss([Shape("k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n")] Tensor w) => Sum(VectorMatrix(x, y) * w);

    [Gradient(of: nameof(VectorMatrixLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) VectorMatrixGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m")]
    public virtual Tensor BatchVector([Shape("b m k")] Tensor x, [Shape("k")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor BatchVectorLoss([Shape("b m k")] Tensor x, [Shape("k")] Tensor y, [Shape("b m")] Tensor w) => Sum(BatchVector(x, y) * w);

    [Gradient(of: nameof(BatchVectorLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchVectorGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor VectorBatch([Shape("k")] Tensor x, [Shape("b k n")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor VectorBatchLoss([Shape("k")] Tensor x, [Shape("b k n")] Tensor y, [Shape("b n")] Tensor w) => Sum(VectorBatch(x, y) * w);

    [Gradient(of: nameof(VectorBatchLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) VectorBatchGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("")]
    public virtual Tensor Dot([Shape("k")] Tensor x, [Shape("k")] Tensor y) => MatMul(x, y);

    [return: Shape("")]
    public virtual Tensor DotLoss([Shape("k")] Tensor x, [Shape("k")] Tensor y, [Shape("")] Tensor w) => Sum(Dot(x, y) * w);

    [Gradient(of: nameof(DotLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) DotGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m n")]
    public virtual Tensor Permuted([Shape("m b k")] Tensor x, [Shape("b k n")] Tensor y) => MatMul(Permute(x, 1, 0, 2), y);

    [return: Shape("")]
    public virtual Tensor PermutedLoss([Shape("m b k")] Tensor x, [Shape("b k n")] Tensor y, [Shape("b m n")] Tensor w) => Sum(Permuted(x, y) * w);

    [Gradient(of: nameof(PermutedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) PermutedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor Sliced([Shape("m k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(x[.., 1..], y[1..]);

    [return: Shape("")]
    public virtual Tensor SlicedLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor w) => Sum(Sliced(x, y) * w);

    [Gradient(of: nameof(SlicedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) SlicedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor Computed([Shape("m k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(Tanh(x), y * 2 + 1);

    [return: Shape("")]
    public virtual Tensor ComputedLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor w) => Sum(Computed(x, y) * w);

    [Gradient(of: nameof(ComputedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ComputedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("m m")]
    public virtual Tensor WithItself([Shape("m k")] Tensor x) => MatMul(x, Transpose(x));

    [return: Shape("")]
    public virtual Tensor WithItselfLoss([Shape("m k")] Tensor x, [Shape("m m")] Tensor w) => Sum(WithItself(x) * w);

    [Gradient(of: nameof(WithItselfLoss), wrt: "x")]
    public virtual partial Tensor WithItselfGradient(Tensor x, Tensor w);
}

/// <summary>What follows a product in the same kernel.</summary>
[Network]
public partial class Epilogues
{
    [return: Shape("m n")]
    public virtual Tensor Affine([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n")] Tensor c) => MatMul(x, y) + c;

    [return: Shape("")]
    public virtual Tensor AffineLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n")] Tensor c, [Shape("m n")] Tensor w) => Sum(Affine(x, y, c) * w);

    [Gradient(of: nameof(AffineLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) AffineGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor Activated([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m 1")] Tensor c) => Tanh(MatMul(x, y) + c);

    [return: Shape("")]
    public virtual Tensor ActivatedLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m 1")] Tensor c, [Shape("m n")] Tensor w) => Sum(Activated(x, y, c) * w);

    [Gradient(of: nameof(ActivatedLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) ActivatedGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    /// <summary>A norm with known moments behind a product: what belongs to a row is computed before.</summary>
    [return: Shape("m n")]
    public virtual Tensor NormedRows([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m")] Tensor mean, [Shape("m")] Tensor spread) =>
        Relu((MatMul(x, y) - Unsqueeze(mean, 1)) * Unsqueeze(Rsqrt(Square(spread) + 0.1), 1));

    [return: Shape("")]
    public virtual Tensor NormedRowsLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m")] Tensor mean, [Shape("m")] Tensor spread, [Shape("m n")] Tensor w) =>
        Sum(NormedRows(x, y, mean, spread) * w);

    [Gradient(of: nameof(NormedRowsLoss), wrt: "x, y, mean, spread")]
    public virtual partial (Tensor X, Tensor Y, Tensor Mean, Tensor Spread) NormedRowsGradient(Tensor x, Tensor y, Tensor mean, Tensor spread, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor Residual([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor c) => Relu(c - MatMul(x, y)) * 0.5 + c;

    [return: Shape("")]
    public virtual Tensor ResidualLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor c, [Shape("m n")] Tensor w) => Sum(Residual(x, y, c) * w);

    [Gradient(of: nameof(ResidualLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) ResidualGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor Shrunk([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor c) => SoftThreshold(c + MatMul(x, y), 0.1);

    [return: Shape("")]
    public virtual Tensor ShrunkLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor c, [Shape("m n")] Tensor w) => Sum(Shrunk(x, y, c) * w);

    [Gradient(of: nameof(ShrunkLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) ShrunkGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    [return: Shape("n")]
    public virtual Tensor Reduced([Shape("m k")] Tensor x, [Shape("k n")] Tensor y) => Sum(Square(MatMul(x, y)), dim: 0);

    [return: Shape("")]
    public virtual Tensor ReducedLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n")] Tensor w) => Sum(Reduced(x, y) * w);

    [Gradient(of: nameof(ReducedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ReducedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b m k")]
    public virtual Tensor Attention([Shape("b m k")] Tensor x, [Shape("b n k")] Tensor y, [Shape("b n k")] Tensor c) => MatMul(Softmax(MatMul(x, Transpose(y)) * 0.5), c);

    [return: Shape("")]
    public virtual Tensor AttentionLoss([Shape("b m k")] Tensor x, [Shape("b n k")] Tensor y, [Shape("b n k")] Tensor c, [Shape("b m k")] Tensor w) => Sum(Attention(x, y, c) * w);

    [Gradient(of: nameof(AttentionLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) AttentionGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    [return: Shape("m n")]
    public virtual Tensor ReadTwice([Shape("m k")] Tensor x, [Shape("k n")] Tensor y) => MatMul(x, y) * (MatMul(x, y) + 1);

    [return: Shape("")]
    public virtual Tensor ReadTwiceLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("m n")] Tensor w) => Sum(ReadTwice(x, y) * w);

    [Gradient(of: nameof(ReadTwiceLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ReadTwiceGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("n m")]
    public virtual Tensor TransposedResult([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n m")] Tensor c) => Transpose(MatMul(x, y)) + c;

    [return: Shape("")]
    public virtual Tensor TransposedResultLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n m")] Tensor c, [Shape("n m")] Tensor w) => Sum(TransposedResult(x, y, c) * w);

    [Gradient(of: nameof(TransposedResultLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) TransposedResultGradient(Tensor x, Tensor y, Tensor c, Tensor w);

    [return: Shape("m m")]
    public virtual Tensor Chain([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n m")] Tensor c) => MatMul(MatMul(x, y), c);

    [return: Shape("")]
    public virtual Tensor ChainLoss([Shape("m k")] Tensor x, [Shape("k n")] Tensor y, [Shape("n m")] Tensor c, [Shape("m m")] Tensor w) => Sum(Chain(x, y, c) * w);

    [Gradient(of: nameof(ChainLoss), wrt: "x, y, c")]
    public virtual partial (Tensor X, Tensor Y, Tensor C) ChainGradient(Tensor x, Tensor y, Tensor c, Tensor w);
}

/// <summary>Products in a cheaper order than as written, and what stays.</summary>
[Network, Reassociated]
public partial class Chains(int k, int n, int trips = 3)
{
    [Parameter("k n", Init = Init.Normal)] public partial Tensor Left { get; }

    [Parameter("n k", Init = Init.Normal)] public partial Tensor Right { get; }

    [return: Shape("m")]
    public virtual Tensor OfVector([Shape("m k")] Tensor x, [Shape("k")] Tensor v) => MatMul(MatMul(MatMul(x, Left), Right), v);

    [return: Shape("m")]
    public virtual Tensor OfTransposed([Shape("k m")] Tensor x, [Shape("n")] Tensor v) => MatMul(Transpose(MatMul(Transpose(Left), x)), v);

    [return: Shape("b m")]
    public virtual Tensor OfBatch([Shape("b m k")] Tensor x, [Shape("b k n")] Tensor y) => 0.2 * Sum(MatMul(0.5 * x, y), dim: 2) + Max(x, dim: 2);

    [return: Shape("n")]
    public virtual Tensor OfRows([Shape("m k")] Tensor x) => Sum(-MatMul(x * 0.3, Left), dim: 0);

    [return: Shape("")]
    public virtual Tensor OfAll([Shape("m k")] Tensor x) => Sum(MatMul(MatMul(x, Left) / 3, Right)) * 0.1;

    /// <summary>The product is read by two things, and stays.</summary>
    [return: Shape("m")]
    public virtual Tensor OfShared([Shape("m k")] Tensor x, [Shape("n")] Tensor v)
    {
        var h = MatMul(x, Left);
        return MatMul(h, v) + Mean(Tanh(h), dim: 1);
    }

    [return: Shape("k")]
    public virtual Tensor OfLoop([Shape("k")] Tensor v)
    {
        var x = v;
        for (var i = 0; i < trips; i++) x = Tanh(MatMul(MatMul(Left, Right), x) * 0.2f) + MatMul(MatMul(0.1f * Left, x[0] * Right), x);
        return x;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("m k")] Tensor x, [Shape("k")] Tensor v, [Shape("n")] Tensor u) =>
        Sum(Tanh(OfVector(x, v) * 0.1)) + Sum(Tanh(OfTransposed(Transpose(x), u))) + Sum(Tanh(OfRows(x))) + OfAll(x) + Sum(Tanh(OfShared(x, u)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor v, Tensor u);

    [Gradient(of: nameof(Loss), wrt: "x, v, u")]
    public virtual partial (Tensor X, Tensor V, Tensor U) InputGradient(Tensor x, Tensor v, Tensor u);

    [return: Shape("")]
    public virtual Tensor BatchLoss([Shape("b m k")] Tensor x, [Shape("b k n")] Tensor y) => Sum(Tanh(OfBatch(x, y)));

    [Gradient(of: nameof(BatchLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchGradient(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor LoopLoss([Shape("k")] Tensor v) => Sum(Tanh(OfLoop(v)));

    [Gradient(of: nameof(LoopLoss))]
    public virtual partial Gradients LoopGradient(Tensor v);
}
