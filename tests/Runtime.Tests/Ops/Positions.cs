using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Reading and writing at positions that tensors hold: arguments, which entry checks, and computed ones.</summary>
[Network]
public partial class Positions
{
    [return: Shape("a e c")]
    public virtual Tensor Selected([Shape("a n c")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor index) => IndexSelect(x, 1, index);

    [return: Shape("")]
    public virtual Tensor SelectedLoss([Shape("a n c")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor index, [Shape("a e c")] Tensor w) => Sum(Selected(x, index) * w);

    [Gradient(of: nameof(SelectedLoss), wrt: "x")]
    public virtual partial Tensor SelectedGradient(Tensor x, Tensor index, Tensor w);

    [return: Shape("a k")]
    public virtual Tensor Gathered([Shape("a n")] Tensor x, [Shape("a k", DType.Int64), Below("n")] Tensor index) => Gather(x, 1, index);

    [return: Shape("")]
    public virtual Tensor GatheredLoss([Shape("a n")] Tensor x, [Shape("a k", DType.Int64), Below("n")] Tensor index, [Shape("a k")] Tensor w) => Sum(Gathered(x, index) * w);

    [Gradient(of: nameof(GatheredLoss), wrt: "x")]
    public virtual partial Tensor GatheredGradient(Tensor x, Tensor index, Tensor w);

    /// <summary>The position is computed: what the maximum is.</summary>
    [return: Shape("a 1 c")]
    public virtual Tensor TakenAlong([Shape("a n c")] Tensor x) => TakeAlongAxis(x, ArgMax(x, 1, keepDim: true), dim: 1);

    [return: Shape("")]
    public virtual Tensor TakenAlongLoss([Shape("a n c")] Tensor x, [Shape("a 1 c")] Tensor w) => Sum(TakenAlong(x) * w);

    [Gradient(of: nameof(TakenAlongLoss), wrt: "x")]
    public virtual partial Tensor TakenAlongGradient(Tensor x, Tensor w);

    [return: Shape("b t d")]
    public virtual Tensor Embedded([Shape("b t", DType.Int64), Below("v")] Tensor indices, [Shape("v d")] Tensor table) => Embedding(table, indices);

    [return: Shape("")]
    public virtual Tensor EmbeddedLoss([Shape("b t", DType.Int64), Below("v")] Tensor indices, [Shape("v d")] Tensor table, [Shape("b t d")] Tensor w) => Sum(Embedded(indices, table) * w);

    [Gradient(of: nameof(EmbeddedLoss), wrt: "table")]
    public virtual partial Tensor EmbeddedGradient(Tensor indices, Tensor table, Tensor w);

    /// <summary>Messages along edges: read at both ends, scale, add up at the target; all but the table of the sums stays out of memory.</summary>
    [return: Shape("n d")]
    public virtual Tensor Messages([Shape("n d")] Tensor x, [Shape("e")] Tensor weight, [Shape("e", DType.Int64), Below("n")] Tensor source, [Shape("e", DType.Int64), Below("n")] Tensor target)
        => SegmentSum(Tanh(x[source] - x[target]) * Unsqueeze(weight, 1), target, x.Dim(0));

    [return: Shape("")]
    public virtual Tensor MessagesLoss([Shape("n d")] Tensor x, [Shape("e")] Tensor weight, [Shape("e", DType.Int64), Below("n")] Tensor source, [Shape("e", DType.Int64), Below("n")] Tensor target)
        => Sum(Square(Messages(x, weight, source, target)));

    [Gradient(of: nameof(MessagesLoss), wrt: "x, weight")]
    public virtual partial (Tensor X, Tensor Weight) MessagesGradient(Tensor x, Tensor weight, Tensor source, Tensor target);

    [return: Shape("a c")]
    public virtual Tensor Added([Shape("a c")] Tensor x, [Shape("e c")] Tensor source, [Shape("e", DType.Int64), Below("a")] Tensor index) => IndexAdd(x, 0, index, source);

    [return: Shape("")]
    public virtual Tensor AddedLoss([Shape("a c")] Tensor x, [Shape("e c")] Tensor source, [Shape("e", DType.Int64), Below("a")] Tensor index, [Shape("a c")] Tensor w) => Sum(Added(x, source, index) * w);

    [Gradient(of: nameof(AddedLoss), wrt: "x, source")]
    public virtual partial (Tensor X, Tensor Source) AddedGradient(Tensor x, Tensor source, Tensor index, Tensor w);

    [return: Shape("a n")]
    public virtual Tensor ScatterAdded([Shape("a n")] Tensor x, [Shape("a k")] Tensor src, [Shape("a k", DType.Int64), Below("n")] Tensor index) => ScatterAdd(x, 1, index, src) + 1;

    [return: Shape("")]
    public virtual Tensor ScatterAddedLoss([Shape("a n")] Tensor x, [Shape("a k")] Tensor src, [Shape("a k", DType.Int64), Below("n")] Tensor index, [Shape("a n")] Tensor w) => Sum(ScatterAdded(x, src, index) * w);

    [Gradient(of: nameof(ScatterAddedLoss), wrt: "x, src")]
    public virtual partial (Tensor X, Tensor Src) ScatterAddedGradient(Tensor x, Tensor src, Tensor index, Tensor w);

    [return: Shape("n c")]
    public virtual Tensor Raised([Shape("n c")] Tensor x, [Shape("k c")] Tensor src, [Shape("k c", DType.Int64), Below("n")] Tensor index) => ScatterMax(x, 0, index, src);

    [return: Shape("")]
    public virtual Tensor RaisedLoss([Shape("n c")] Tensor x, [Shape("k c")] Tensor src, [Shape("k c", DType.Int64), Below("n")] Tensor index, [Shape("n c")] Tensor w)
        => Sum(Raised(x, src, index) * w);

    [Gradient(of: nameof(RaisedLoss), wrt: "x, src")]
    public virtual partial (Tensor X, Tensor Src) RaisedGradient(Tensor x, Tensor src, Tensor index, Tensor w);

    /// <summary>Several elements for one place: the last counts, for the derivative too.</summary>
    [return: Shape("n c")]
    public virtual Tensor Replaced([Shape("n c")] Tensor x, [Shape("k c")] Tensor src, [Shape("k c", DType.Int64), Below("n")] Tensor index) => Scatter(x, 0, index, src);

    [return: Shape("")]
    public virtual Tensor ReplacedLoss([Shape("n c")] Tensor x, [Shape("k c")] Tensor src, [Shape("k c", DType.Int64), Below("n")] Tensor index, [Shape("n c")] Tensor w)
        => Sum(Square(Replaced(x, src, index)) * w);

    [Gradient(of: nameof(ReplacedLoss), wrt: "x, src")]
    public virtual partial (Tensor X, Tensor Src) ReplacedGradient(Tensor x, Tensor src, Tensor index, Tensor w);

    [return: Shape("n", DType.Bool)]
    public virtual Tensor Marked([Shape("k", DType.Int64), Below("n")] Tensor index, [Shape("n")] Tensor x) => Scatter(x > 0, 0, index, x[index] < 1);

    /// <summary>A gather whose positions are those of a gather, in the rows of a reduction.</summary>
    [return: Shape("k")]
    public virtual Tensor Twice([Shape("n d")] Tensor x, [Shape("m", DType.Int64), Below("n")] Tensor first, [Shape("k", DType.Int64), Below("m")] Tensor second)
        => Sum(Exp(x[first][second]), dim: 1);

    /// <summary>An epilogue that reads the row that an index says.</summary>
    [return: Shape("b m")]
    public virtual Tensor Biased([Shape("b n")] Tensor x, [Shape("n m")] Tensor weight, [Shape("v m")] Tensor bias, [Shape("b", DType.Int64), Below("v")] Tensor kind)
        => Relu(MatMul(x, weight) + bias[kind]);

    [return: Shape("")]
    public virtual Tensor BiasedLoss([Shape("b n")] Tensor x, [Shape("n m")] Tensor weight, [Shape("v m")] Tensor bias, [Shape("b", DType.Int64), Below("v")] Tensor kind)
        => Sum(Square(Biased(x, weight, bias, kind)));

    [Gradient(of: nameof(BiasedLoss), wrt: "weight, bias")]
    public virtual partial (Tensor Weight, Tensor Bias) BiasedGradient(Tensor x, Tensor weight, Tensor bias, Tensor kind);

    /// <summary>Diffusion over a graph, step by step.</summary>
    [return: Shape("n d")]
    public virtual Tensor Diffused([Shape("n d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor source, [Shape("e", DType.Int64), Below("n")] Tensor target)
    {
        for (var k = 0; k < 3; k++) x = Tanh(x + SegmentSum(0.3 * x[source], target, x.Dim(0)));
        return x;
    }

    [return: Shape("")]
    public virtual Tensor DiffusedLoss([Shape("n d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor source, [Shape("e", DType.Int64), Below("n")] Tensor target)
        => Mean(Square(Diffused(x, source, target)));

    [Gradient(of: nameof(DiffusedLoss), wrt: "x")]
    public virtual partial Tensor DiffusedGradient(Tensor x, Tensor source, Tensor target);
}

/// <summary>Reductions over segments in any order.</summary>
[Network]
public partial class Segments(int n)
{
    [return: Shape("n d")]
    public virtual Tensor Means([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments) => SegmentMean(x, segments, n);

    [return: Shape("n")]
    public virtual Tensor Largest([Shape("e")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments) => Maximum(SegmentMax(x, segments, n), -5);

    [return: Shape("")]
    public virtual Tensor LargestLoss([Shape("e")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments, [Shape("n")] Tensor w) => Sum(Square(Largest(x, segments)) * w);

    [Gradient(of: nameof(LargestLoss), wrt: "x")]
    public virtual partial Tensor LargestGradient(Tensor x, Tensor segments, Tensor w);

    [return: Shape("n d")]
    public virtual Tensor Smallest([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments) => SegmentMin(x, segments, n);

    [return: Shape("n d")]
    public virtual Tensor Logs([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments) => Maximum(SegmentLogSumExp(x, segments, n), -9);

    [return: Shape("")]
    public virtual Tensor LogsLoss([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments, [Shape("n d")] Tensor w) => Sum(Logs(x, segments) * w);

    [Gradient(of: nameof(LogsLoss), wrt: "x")]
    public virtual partial Tensor LogsGradient(Tensor x, Tensor segments, Tensor w);

    [return: Shape("e d")]
    public virtual Tensor Weights([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments) => SegmentSoftmax(x, segments, n);

    [return: Shape("")]
    public virtual Tensor WeightsLoss([Shape("e d")] Tensor x, [Shape("e", DType.Int64), Below("n")] Tensor segments, [Shape("e d")] Tensor w) => Sum(Weights(x, segments) * w);

    [Gradient(of: nameof(WeightsLoss), wrt: "x")]
    public virtual partial Tensor WeightsGradient(Tensor x, Tensor segments, Tensor w);

    [return: Shape("e m")]
    public virtual Tensor Products([Shape("e k")] Tensor x, [Shape("n k m")] Tensor weight, [Shape("e", DType.Int64), Below("n")] Tensor segments) => 2 * SegmentMatMul(x, weight, segments);

    [return: Shape("")]
    public virtual Tensor ProductsLoss([Shape("e k")] Tensor x, [Shape("n k m")] Tensor weight, [Shape("e", DType.Int64), Below("n")] Tensor segments) => Sum(Square(Products(x, weight, segments)));

    [Gradient(of: nameof(ProductsLoss), wrt: "x, weight")]
    public virtual partial (Tensor X, Tensor Weight) ProductsGradient(Tensor x, Tensor weight, Tensor segments);

    [Hvp(of: nameof(ProductsLoss), wrt: "weight")]
    public virtual partial Tensor ProductsHvp(Tensor x, Tensor weight, Tensor segments, [Takes("n k m")] Tensor direction);

    /// <summary>Int64 stays exact; segments that are computed.</summary>
    [return: Shape("e m", DType.Int64)]
    public virtual Tensor Whole([Shape("e k", DType.Int64)] Tensor x, [Shape("2 k m", DType.Int64)] Tensor weight) => SegmentMatMul(x, weight, Where(Greater(Arange(x.Dim(0)), 2), 1, 0).To(DType.Int64));
}
