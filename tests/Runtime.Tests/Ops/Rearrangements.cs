using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Views: what moves elements and computes nothing.</summary>
[Network]
public partial class Rearrangements
{
    [return: Shape("a c b")]
    public virtual Tensor Transposed([Shape("a b c")] Tensor x) => Transpose(x) * 2;

    [return: Shape("")]
    public virtual Tensor TransposedLoss([Shape("a b c")] Tensor x, [Shape("a c b")] Tensor w) => Sum(Transposed(x) * w);

    [Gradient(of: nameof(TransposedLoss), wrt: "x")]
    public virtual partial Tensor TransposedGradient(Tensor x, Tensor w);

    [return: Shape("c b a")]
    public virtual Tensor TransposedOuter([Shape("a b c")] Tensor x) => Transpose(x, 0, 2);

    [return: Shape("")]
    public virtual Tensor TransposedOuterLoss([Shape("a b c")] Tensor x, [Shape("c b a")] Tensor w) => Sum(TransposedOuter(x) * w);

    [Gradient(of: nameof(TransposedOuterLoss), wrt: "x")]
    public virtual partial Tensor TransposedOuterGradient(Tensor x, Tensor w);

    [return: Shape("c a b")]
    public virtual Tensor Permuted([Shape("a b c")] Tensor x) => Permute(x, 2, 0, 1) + 1;

    [return: Shape("")]
    public virtual Tensor PermutedLoss([Shape("a b c")] Tensor x, [Shape("c a b")] Tensor w) => Sum(Permuted(x) * w);

    [Gradient(of: nameof(PermutedLoss), wrt: "x")]
    public virtual partial Tensor PermutedGradient(Tensor x, Tensor w);

    [return: Shape("a*b*c")]
    public virtual Tensor Flattened([Shape("a b c")] Tensor x) => Reshape(x, -1);

    [return: Shape("")]
    public virtual Tensor FlattenedLoss([Shape("a b c")] Tensor x, [Shape("a*b*c")] Tensor w) => Sum(Flattened(x) * w);

    [Gradient(of: nameof(FlattenedLoss), wrt: "x")]
    public virtual partial Tensor FlattenedGradient(Tensor x, Tensor w);

    [return: Shape("a b*c")]
    public virtual Tensor Merged([Shape("a b c")] Tensor x) => Reshape(x, x.Dim(0), -1) * 3;

    [return: Shape("")]
    public virtual Tensor MergedLoss([Shape("a b c")] Tensor x, [Shape("a b*c")] Tensor w) => Sum(Merged(x) * w);

    [Gradient(of: nameof(MergedLoss), wrt: "x")]
    public virtual partial Tensor MergedGradient(Tensor x, Tensor w);

    [return: Shape("c a*b")]
    public virtual Tensor Regrouped([Shape("a b c")] Tensor x) => Reshape(Transpose(x), x.Dim(2), -1);

    [return: Shape("")]
    public virtual Tensor RegroupedLoss([Shape("a b c")] Tensor x, [Shape("c a*b")] Tensor w) => Sum(Regrouped(x) * w);

    [Gradient(of: nameof(RegroupedLoss), wrt: "x")]
    public virtual partial Tensor RegroupedGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor Squeezed([Shape("a b c")] Tensor x) => Squeeze(Unsqueeze(x, 1), 1) * x;

    [return: Shape("")]
    public virtual Tensor SqueezedLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(Squeezed(x) * w);

    [Gradient(of: nameof(SqueezedLoss), wrt: "x")]
    public virtual partial Tensor SqueezedGradient(Tensor x, Tensor w);

    [return: Shape("2 a b c")]
    public virtual Tensor Expanded([Shape("a b c")] Tensor x) => Expand(x, 2, -1, -1, -1) * 1.5;

    [return: Shape("")]
    public virtual Tensor ExpandedLoss([Shape("a b c")] Tensor x, [Shape("2 a b c")] Tensor w) => Sum(Expanded(x) * w);

    [Gradient(of: nameof(ExpandedLoss), wrt: "x")]
    public virtual partial Tensor ExpandedGradient(Tensor x, Tensor w);

    [return: Shape("a 4 c")]
    public virtual Tensor ExpandedFromOne([Shape("a 1 c")] Tensor x) => Expand(x, x.Dim(0), 4, -1);

    [return: Shape("")]
    public virtual Tensor ExpandedFromOneLoss([Shape("a 1 c")] Tensor x, [Shape("a 4 c")] Tensor w) => Sum(ExpandedFromOne(x) * w);

    [Gradient(of: nameof(ExpandedFromOneLoss), wrt: "x")]
    public virtual partial Tensor ExpandedFromOneGradient(Tensor x, Tensor w);

    [return: Shape("b*c a")]
    public virtual Tensor ReshapeOfPermute([Shape("a b c")] Tensor x) => Reshape(Permute(x, 1, 2, 0), x.Dim(1) * x.Dim(2), x.Dim(0));

    [return: Shape("")]
    public virtual Tensor ReshapeOfPermuteLoss([Shape("a b c")] Tensor x, [Shape("b*c a")] Tensor w) => Sum(ReshapeOfPermute(x) * w);

    [Gradient(of: nameof(ReshapeOfPermuteLoss), wrt: "x")]
    public virtual partial Tensor ReshapeOfPermuteGradient(Tensor x, Tensor w);

    [return: Shape("a b c")]
    public virtual Tensor SumOfViews([Shape("a b c")] Tensor x) => x + Permute(Transpose(x), 0, 2, 1);

    [return: Shape("")]
    public virtual Tensor SumOfViewsLoss([Shape("a b c")] Tensor x, [Shape("a b c")] Tensor w) => Sum(SumOfViews(x) * w);

    [Gradient(of: nameof(SumOfViewsLoss), wrt: "x")]
    public virtual partial Tensor SumOfViewsGradient(Tensor x, Tensor w);
}

/// <summary>Indices and ranges.</summary>
[Network]
public partial class Selections
{
    [return: Shape("b c")]
    public virtual Tensor First([Shape("a b c")] Tensor x) => x[0];

    [return: Shape("")]
    public virtual Tensor FirstLoss([Shape("a b c")] Tensor x, [Shape("b c")] Tensor w) => Sum(First(x) * w);

    [Gradient(of: nameof(FirstLoss), wrt: "x")]
    public virtual partial Tensor FirstGradient(Tensor x, Tensor w);

    [return: Shape("c")]
    public virtual Tensor LastRow([Shape("a b c")] Tensor x) => x[^1, 0];

    [return: Shape("")]
    public virtual Tensor LastRowLoss([Shape("a b c")] Tensor x, [Shape("c")] Tensor w) => Sum(LastRow(x) * w);

    [Gradient(of: nameof(LastRowLoss), wrt: "x")]
    public virtual partial Tensor LastRowGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor Element([Shape("a b c")] Tensor x) => x[0, ^1, 0];

    [return: Shape("")]
    public virtual Tensor ElementLoss([Shape("a b c")] Tensor x, [Shape("")] Tensor w) => Sum(Element(x) * w);

    [Gradient(of: nameof(ElementLoss), wrt: "x")]
    public virtual partial Tensor ElementGradient(Tensor x, Tensor w);

    [return: Shape("a-1 b c")]
    public virtual Tensor Tail([Shape("a b c")] Tensor x) => x[1..];

    [return: Shape("")]
    public virtual Tensor TailLoss([Shape("a b c")] Tensor x, [Shape("a-1 b c")] Tensor w) => Sum(Tail(x) * w);

    [Gradient(of: nameof(TailLoss), wrt: "x")]
    public virtual partial Tensor TailGradient(Tensor x, Tensor w);

    [return: Shape("a b-2 c")]
    public virtual Tensor Inner([Shape("a b c")] Tensor x) => x[.., 1..^1];

    [return: Shape("")]
    public virtual Tensor InnerLoss([Shape("a b c")] Tensor x, [Shape("a b-2 c")] Tensor w) => Sum(Inner(x) * w);

    [Gradient(of: nameof(InnerLoss), wrt: "x")]
    public virtual partial Tensor InnerGradient(Tensor x, Tensor w);

    [return: Shape("a b")]
    public virtual Tensor ColumnOf([Shape("a b c")] Tensor x) => x[.., .., 0] * 2;

    [return: Shape("")]
    public virtual Tensor ColumnOfLoss([Shape("a b c")] Tensor x, [Shape("a b")] Tensor w) => Sum(ColumnOf(x) * w);

    [Gradient(of: nameof(ColumnOfLoss), wrt: "x")]
    public virtual partial Tensor ColumnOfGradient(Tensor x, Tensor w);

    [return: Shape("a-1 b-1")]
    public virtual Tensor Block([Shape("a b c")] Tensor x) => x[..^1, 1.., 0];

    [return: Shape("")]
    public virtual Tensor BlockLoss([Shape("a b c")] Tensor x, [Shape("a-1 b-1")] Tensor w) => Sum(Block(x) * w);

    [Gradient(of: nameof(BlockLoss), wrt: "x")]
    public virtual partial Tensor BlockGradient(Tensor x, Tensor w);

    [return: Shape("a-1 b c")]
    public virtual Tensor Differences([Shape("a b c")] Tensor x) => x[1..] - x[..^1];

    [return: Shape("")]
    public virtual Tensor DifferencesLoss([Shape("a b c")] Tensor x, [Shape("a-1 b c")] Tensor w) => Sum(Differences(x) * w);

    [Gradient(of: nameof(DifferencesLoss), wrt: "x")]
    public virtual partial Tensor DifferencesGradient(Tensor x, Tensor w);

    [return: Shape("a (b+1)/2 c")]
    public virtual Tensor Strided([Shape("a b c")] Tensor x) => Slice(x, dim: 1, 0, x.Dim(1), step: 2);

    [return: Shape("")]
    public virtual Tensor StridedLoss([Shape("a b c")] Tensor x, [Shape("a (b+1)/2 c")] Tensor w) => Sum(Strided(x) * w);

    [Gradient(of: nameof(StridedLoss), wrt: "x")]
    public virtual partial Tensor StridedGradient(Tensor x, Tensor w);

    [return: Shape("a b (c+1)/3")]
    public virtual Tensor StridedTail([Shape("a b c")] Tensor x) => Slice(x, dim: 2, 1, x.Dim(2), step: 3);

    [return: Shape("")]
    public virtual Tensor StridedTailLoss([Shape("a b c")] Tensor x, [Shape("a b (c+1)/3")] Tensor w) => Sum(StridedTail(x) * w);

    [Gradient(of: nameof(StridedTailLoss), wrt: "x")]
    public virtual partial Tensor StridedTailGradient(Tensor x, Tensor w);
}

/// <summary>Concat and Stack.</summary>
[Network]
public partial class Compositions
{
    [return: Shape("2*b n")]
    public virtual Tensor Below([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Concat([x, y]);

    [return: Shape("")]
    public virtual Tensor BelowLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("2*b n")] Tensor w) => Sum(Below(x, y) * w);

    [Gradient(of: nameof(BelowLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BelowGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b 3*n")]
    public virtual Tensor Beside([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Concat([x, y * 2, x], dim: 1);

    [return: Shape("")]
    public virtual Tensor BesideLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b 3*n")] Tensor w) => Sum(Beside(x, y) * w);

    [Gradient(of: nameof(BesideLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BesideGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n+m")]
    public virtual Tensor Different([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Concat([x, y], dim: -1);

    [return: Shape("")]
    public virtual Tensor DifferentLoss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, [Shape("b n+m")] Tensor w) => Sum(Different(x, y) * w);

    [Gradient(of: nameof(DifferentLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) DifferentGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("2 b n")]
    public virtual Tensor Stacked([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Stack([x, y]);

    [return: Shape("")]
    public virtual Tensor StackedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("2 b n")] Tensor w) => Sum(Stacked(x, y) * w);

    [Gradient(of: nameof(StackedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) StackedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n 3")]
    public virtual Tensor StackedLast([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Stack([x, Tanh(y), x + y], dim: -1);

    [return: Shape("")]
    public virtual Tensor StackedLastLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n 3")] Tensor w) => Sum(StackedLast(x, y) * w);

    [Gradient(of: nameof(StackedLastLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) StackedLastGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b 2 n")]
    public virtual Tensor StackedMiddle([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Stack([y, x], dim: 1);

    [return: Shape("")]
    public virtual Tensor StackedMiddleLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b 2 n")] Tensor w) => Sum(StackedMiddle(x, y) * w);

    [Gradient(of: nameof(StackedMiddleLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) StackedMiddleGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b 2*n")]
    public virtual Tensor ThenComputed([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Exp(Concat([x, y], dim: 1)) + 1;

    [return: Shape("")]
    public virtual Tensor ThenComputedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b 2*n")] Tensor w) => Sum(ThenComputed(x, y) * w);

    [Gradient(of: nameof(ThenComputedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ThenComputedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("n n")]
    public virtual Tensor ThenProduct([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => MatMul(Transpose(Concat([x, y])), Concat([y, x]));

    [return: Shape("")]
    public virtual Tensor ThenProductLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("n n")] Tensor w) => Sum(ThenProduct(x, y) * w);

    [Gradient(of: nameof(ThenProductLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ThenProductGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Shifted([Shape("b n")] Tensor x) => Concat([x[.., 1..], x[.., ..1]], dim: 1) * x;

    [return: Shape("")]
    public virtual Tensor ShiftedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Shifted(x) * w);

    [Gradient(of: nameof(ShiftedLoss), wrt: "x")]
    public virtual partial Tensor ShiftedGradient(Tensor x, Tensor w);
}
