using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Sums and means over leading, middle, trailing, several and all dimensions.</summary>
[Network]
public partial class Sums
{
    [return: Shape("")]
    public virtual Tensor SumOfAll([Shape("a b c")] Tensor x) => Sum(x);

    [return: Shape("")]
    public virtual Tensor SumOfAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(SumOfAll(x) * w);

    [Gradient(of: nameof(SumOfAllLoss), wrt: "x")]
    public virtual partial Tensor SumOfAllGradient(Tensor x, Tensor w);

    [return: Shape("b c")]
    public virtual Tensor SumOverFirst([Shape("a b c")] Tensor x) => Sum(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor SumOverFirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(SumOverFirst(x) * w);

    [Gradient(of: nameof(SumOverFirstLoss), wrt: "x")]
    public virtual partial Tensor SumOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a 1 c")]
    public virtual Tensor SumOverMiddle([Shape("a b c")] Tensor x) => Sum(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor SumOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(SumOverMiddle(x) * w);

    [Gradient(of: nameof(SumOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor SumOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor SumOverLast([Shape("a b c")] Tensor x) => Sum(x, dim: -1);

    [return: Shape("")]
    public virtual Tensor SumOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(SumOverLast(x) * w);

    [Gradient(of: nameof(SumOverLastLoss), wrt: "x")]
    public virtual partial Tensor SumOverLastGradient(Tensor x, Tensor w);

    [return: Shape("b")]
    public virtual Tensor SumOverOuter([Shape("a b c")] Tensor x) => Sum(x, [0, 2]);

    [return: Shape("")]
    public virtual Tensor SumOverOuterLoss([Shape("a b c")] Tensor x, [Shape("b")] Tensor w) => Sum(SumOverOuter(x) * w);

    [Gradient(of: nameof(SumOverOuterLoss), wrt: "x")]
    public virtual partial Tensor SumOverOuterGradient(Tensor x, Tensor w);

    [return: Shape("a 1 1")]
    public virtual Tensor SumOverTrailing([Shape("a b c")] Tensor x) => Sum(x, [1, 2], keepDim: true);

    [return: Shape("")]
    public virtual Tensor SumOverTrailingLoss([Shape("a b c")] Tensor x, [Shape("a 1 1")] Tensor w) => Sum(SumOverTrailing(x) * w);

    [Gradient(of: nameof(SumOverTrailingLoss), wrt: "x")]
    public virtual partial Tensor SumOverTrailingGradient(Tensor x, Tensor w);

    [return: Shape("c")]
    public virtual Tensor SumOverLeading([Shape("a b c")] Tensor x) => Sum(x, [0, 1]);

    [return: Shape("")]
    public virtual Tensor SumOverLeadingLoss([Shape("a b c")] Tensor x, [Shape("c")] Tensor w) => Sum(SumOverLeading(x) * w);

    [Gradient(of: nameof(SumOverLeadingLoss), wrt: "x")]
    public virtual partial Tensor SumOverLeadingGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor MeanOfAll([Shape("a b c")] Tensor x) => Mean(x);

    [return: Shape("")]
    public virtual Tensor MeanOfAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(MeanOfAll(x) * w);

    [Gradient(of: nameof(MeanOfAllLoss), wrt: "x")]
    public virtual partial Tensor MeanOfAllGradient(Tensor x, Tensor w);

    [return: Shape("b c")]
    public virtual Tensor MeanOverFirst([Shape("a b c")] Tensor x) => Mean(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor MeanOverFirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(MeanOverFirst(x) * w);

    [Gradient(of: nameof(MeanOverFirstLoss), wrt: "x")]
    public virtual partial Tensor MeanOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a 1 c")]
    public virtual Tensor MeanOverMiddle([Shape("a b c")] Tensor x) => Mean(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor MeanOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(MeanOverMiddle(x) * w);

    [Gradient(of: nameof(MeanOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor MeanOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor MeanOverLast([Shape("a b c")] Tensor x) => Mean(x, dim: -1);

    [return: Shape("")]
    public virtual Tensor MeanOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(MeanOverLast(x) * w);

    [Gradient(of: nameof(MeanOverLastLoss), wrt: "x")]
    public virtual partial Tensor MeanOverLastGradient(Tensor x, Tensor w);

    [return: Shape("1 b 1")]
    public virtual Tensor MeanOverOuter([Shape("a b c")] Tensor x) => Mean(x, [0, -1], keepDim: true);

    [return: Shape("")]
    public virtual Tensor MeanOverOuterLoss([Shape("a b c")] Tensor x, [Shape("1 b 1")] Tensor w) => Sum(MeanOverOuter(x) * w);

    [Gradient(of: nameof(MeanOverOuterLoss), wrt: "x")]
    public virtual partial Tensor MeanOverOuterGradient(Tensor x, Tensor w);
}

/// <summary>Largest and smallest elements and their places.</summary>
[Network]
public partial class Extremes
{
    [return: Shape("")]
    public virtual Tensor MaxOfAll([Shape("a b c")] Tensor x) => Max(x);

    [return: Shape("")]
    public virtual Tensor MaxOfAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(MaxOfAll(x) * w);

    [Gradient(of: nameof(MaxOfAllLoss), wrt: "x")]
    public virtual partial Tensor MaxOfAllGradient(Tensor x, Tensor w);

    [return: Shape("b c")]
    public virtual Tensor MaxOverFirst([Shape("a b c")] Tensor x) => Max(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor MaxOverFirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(MaxOverFirst(x) * w);

    [Gradient(of: nameof(MaxOverFirstLoss), wrt: "x")]
    public virtual partial Tensor MaxOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a 1 c")]
    public virtual Tensor MaxOverMiddle([Shape("a b c")] Tensor x) => Max(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor MaxOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(MaxOverMiddle(x) * w);

    [Gradient(of: nameof(MaxOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor MaxOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor MaxOverLast([Shape("a b c")] Tensor x) => Max(x, dim: -1);

    [return: Shape("")]
    public virtual Tensor MaxOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(MaxOverLast(x) * w);

    [Gradient(of: nameof(MaxOverLastLoss), wrt: "x")]
    public virtual partial Tensor MaxOverLastGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor MinOfAll([Shape("a b c")] Tensor x) => Min(x);

    [return: Shape("")]
    public virtual Tensor MinOfAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(MinOfAll(x) * w);

    [Gradient(of: nameof(MinOfAllLoss), wrt: "x")]
    public virtual partial Tensor MinOfAllGradient(Tensor x, Tensor w);

    [return: Shape("1 b c")]
    public virtual Tensor MinOverFirst([Shape("a b c")] Tensor x) => Min(x, dim: 0, keepDim: true);

    [return: Shape("")]
    public virtual Tensor MinOverFirstLoss([Shape("a b c")] Tensor x, [Shape("1 b c")] Tensor w) => Sum(MinOverFirst(x) * w);

    [Gradient(of: nameof(MinOverFirstLoss), wrt: "x")]
    public virtual partial Tensor MinOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("b")]
    public virtual Tensor MinOverOuter([Shape("a b c")] Tensor x) => Min(x, [0, 2]);

    [return: Shape("")]
    public virtual Tensor MinOverOuterLoss([Shape("a b c")] Tensor x, [Shape("b")] Tensor w) => Sum(MinOverOuter(x) * w);

    [Gradient(of: nameof(MinOverOuterLoss), wrt: "x")]
    public virtual partial Tensor MinOverOuterGradient(Tensor x, Tensor w);

    [return: Shape("a")]
    public virtual Tensor MaxOverTrailing([Shape("a b c")] Tensor x) => Max(x, [1, 2]);

    [return: Shape("")]
    public virtual Tensor MaxOverTrailingLoss([Shape("a b c")] Tensor x, [Shape("a")] Tensor w) => Sum(MaxOverTrailing(x) * w);

    [Gradient(of: nameof(MaxOverTrailingLoss), wrt: "x")]
    public virtual partial Tensor MaxOverTrailingGradient(Tensor x, Tensor w);

    [return: Shape("b c", DType.Int64)]
    public virtual Tensor PlaceOverFirst([Shape("a b c")] Tensor x) => ArgMax(x, dim: 0);

    [return: Shape("a 1 c", DType.Int64)]
    public virtual Tensor PlaceOverMiddle([Shape("a b c")] Tensor x) => ArgMax(x, dim: 1, keepDim: true);

    [return: Shape("a b", DType.Int64)]
    public virtual Tensor PlaceOverLast([Shape("a b c")] Tensor x) => ArgMax(x, dim: -1);

    [return: Shape("", DType.Int64)]
    public virtual Tensor PlaceOfAll([Shape("a b c")] Tensor x) => ArgMax(x);
}

/// <summary>Softmax and its relatives.</summary>
[Network]
public partial class Exponentials
{
    [return: Shape("b c")]
    public virtual Tensor LogSumExpOverFirst([Shape("a b c")] Tensor x) => LogSumExp(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor LogSumExpOverFirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(LogSumExpOverFirst(x) * w);

    [Gradient(of: nameof(LogSumExpOverFirstLoss), wrt: "x")]
    public virtual partial Tensor LogSumExpOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a 1 c")]
    public virtual Tensor LogSumExpOverMiddle([Shape("a b c")] Tensor x) => LogSumExp(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor LogSumExpOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(LogSumExpOverMiddle(x) * w);

    [Gradient(of: nameof(LogSumExpOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor LogSumExpOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor LogSumExpOverLast([Shape("a b c")] Tensor x) => LogSumExp(x);

    [return: Shape("")]
    public virtual Tensor LogSumExpOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(LogSumExpOverLast(x) * w);

    [Gradient(of: nameof(LogSumExpOverLastLoss), wrt: "x")]
    public virtual partial Tensor LogSumExpOverLastGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor SoftmaxOverFirst([Shape("a b c")] Tensor x) => Softmax(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor SoftmaxOverFirstLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(SoftmaxOverFirst(x) * w);

    [Gradient(of: nameof(SoftmaxOverFirstLoss), wrt: "x")]
    public virtual partial Tensor SoftmaxOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor SoftmaxOverMiddle([Shape("a b c")] Tensor x) => Softmax(x, dim: 1);

    [return: Shape("")]
    public virtual Tensor SoftmaxOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(SoftmaxOverMiddle(x) * w);

    [Gradient(of: nameof(SoftmaxOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor SoftmaxOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor SoftmaxOverLast([Shape("a b c")] Tensor x) => Softmax(x);

    [return: Shape("")]
    public virtual Tensor SoftmaxOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(SoftmaxOverLast(x) * w);

    [Gradient(of: nameof(SoftmaxOverLastLoss), wrt: "x")]
    public virtual partial Tensor SoftmaxOverLastGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor LogSoftmaxOverFirst([Shape("a b c")] Tensor x) => LogSoftmax(x, dim: 0);

    [return: Shape("")]
    public virtual Tensor LogSoftmaxOverFirstLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(LogSoftmaxOverFirst(x) * w);

    [Gradient(of: nameof(LogSoftmaxOverFirstLoss), wrt: "x")]
    public virtual partial Tensor LogSoftmaxOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor LogSoftmaxOverLast([Shape("a b c")] Tensor x) => LogSoftmax(x);

    [return: Shape("")]
    public virtual Tensor LogSoftmaxOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(LogSoftmaxOverLast(x) * w);

    [Gradient(of: nameof(LogSoftmaxOverLastLoss), wrt: "x")]
    public virtual partial Tensor LogSoftmaxOverLastGradient(Tensor x, Tensor w);
}

/// <summary>Variances.</summary>
[Network]
public partial class Spreads
{
    [return: Shape("")]
    public virtual Tensor VarianceOfAll([Shape("a b c")] Tensor x) => Variance(x);

    [return: Shape("")]
    public virtual Tensor VarianceOfAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(VarianceOfAll(x) * w);

    [Gradient(of: nameof(VarianceOfAllLoss), wrt: "x")]
    public virtual partial Tensor VarianceOfAllGradient(Tensor x, Tensor w);

    [return: Shape("b c")]
    public virtual Tensor VarianceOverFirst([Shape("a b c")] Tensor x) => Variance(x, dim: 0, correction: 0);

    [return: Shape("")]
    public virtual Tensor VarianceOverFirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(VarianceOverFirst(x) * w);

    [Gradient(of: nameof(VarianceOverFirstLoss), wrt: "x")]
    public virtual partial Tensor VarianceOverFirstGradient(Tensor x, Tensor w);

    [return: Shape("a 1 c")]
    public virtual Tensor VarianceOverMiddle([Shape("a b c")] Tensor x) => Variance(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor VarianceOverMiddleLoss([Shape("a b c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(VarianceOverMiddle(x) * w);

    [Gradient(of: nameof(VarianceOverMiddleLoss), wrt: "x")]
    public virtual partial Tensor VarianceOverMiddleGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor VarianceOverLast([Shape("a b c")] Tensor x) => Variance(x, dim: -1);

    [return: Shape("")]
    public virtual Tensor VarianceOverLastLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(VarianceOverLast(x) * w);

    [Gradient(of: nameof(VarianceOverLastLoss), wrt: "x")]
    public virtual partial Tensor VarianceOverLastGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor Standardised([Shape("a b c")] Tensor x) => (x - Mean(x, dim: -1, keepDim: true)) * Rsqrt(Variance(x, dim: -1, correction: 0, keepDim: true) + 0.01);

    [return: Shape("")]
    public virtual Tensor StandardisedLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(Standardised(x) * w);

    [Gradient(of: nameof(StandardisedLoss), wrt: "x")]
    public virtual partial Tensor StandardisedGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor Normalised([Shape("a b c")] Tensor x) => x / Sqrt(Sum(Square(x), dim: -1, keepDim: true) + 0.1);

    [return: Shape("")]
    public virtual Tensor NormalisedLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(Normalised(x) * w);

    [Gradient(of: nameof(NormalisedLoss), wrt: "x")]
    public virtual partial Tensor NormalisedGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor SeveralOfOneRow([Shape("a b c")] Tensor x) => Softmax(x) * Max(x, dim: -1, keepDim: true) + Sum(x, dim: -1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor SeveralOfOneRowLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(SeveralOfOneRow(x) * w);

    [Gradient(of: nameof(SeveralOfOneRowLoss), wrt: "x")]
    public virtual partial Tensor SeveralOfOneRowGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor RowsThenAll([Shape("a b c")] Tensor x) => Sum(Sqrt(Sum(Square(x), dim: -1) + 1));

    [return: Shape("")]
    public virtual Tensor RowsThenAllLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(RowsThenAll(x) * w);

    [Gradient(of: nameof(RowsThenAllLoss), wrt: "x")]
    public virtual partial Tensor RowsThenAllGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor ProductOfReductions([Shape("a b c")] Tensor x) => Sum(x, dim: 0) * Sum(x, dim: 1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor ProductOfReductionsLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(ProductOfReductions(x) * w);

    [Gradient(of: nameof(ProductOfReductionsLoss), wrt: "x")]
    public virtual partial Tensor ProductOfReductionsGradient(Tensor x, Tensor w);
}
