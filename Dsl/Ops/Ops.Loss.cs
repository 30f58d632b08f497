namespace Proxima;

public static partial class Ops
{
    /// <summary>The mean of the squared differences (a scalar).</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor MseLoss(Tensor input, Tensor target) => input.Shape.SequenceEqual(target.Shape)
        ? Mean(Square(input - target))
        : throw new ArgumentException($"MseLoss: input is {Shapes.Text(input.Shape)}, target is {Shapes.Text(target.Shape)}; the shapes differ.");

    /// <summary>The mean over a batch of the negative log-probability of the right class (a scalar); NaN for an empty batch.</summary>
    /// <param name="logits">[b c]: unnormalised log-probabilities.</param>
    /// <param name="target">[b], Int64: the right class of each.</param>
    /// <exception cref="ArgumentException">The shapes do not match, or a class is out of range.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor target)
    {
        if (logits.Rank != 2 || target.Rank != 1 || logits.Dim(0) != target.Dim(0))
            throw new ArgumentException($"CrossEntropy: logits is {Shapes.Text(logits.Shape)}, target is {Shapes.Text(target.Shape)}; they must be [b c] and [b].");
        var right = OneHot(target, logits.Dim(1), DType.Bool);
        return -Mean(Sum(Where(right, LogSoftmax(logits), 0), dim: 1));
    }
}
