namespace Proxima;

public static partial class Ops
{
    /// <summary>The mean of the squared differences (a scalar).</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor MseLoss(Tensor input, Tensor target) => Mean(Square(Difference("MseLoss", input, target)));

    /// <summary>The mean of the absolute differences (a scalar).</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor L1Loss(Tensor input, Tensor target) => Mean(Abs(Difference("L1Loss", input, target)));

    /// <summary>The mean of half the squared differences up to delta, and of the lines that continue them beyond (a scalar).</summary>
    /// <exception cref="ArgumentException">The shapes differ, or delta is not positive.</exception>
    public static Tensor HuberLoss(Tensor input, Tensor target, double delta = 1)
    {
        if (!(delta > 0)) throw new ArgumentException($"HuberLoss: delta is {delta}; it must be positive.");
        var difference = Difference("HuberLoss", input, target);
        var size = Abs(difference);
        return Mean(Where(size <= delta, 0.5 * Square(difference), delta * (size - 0.5 * delta)));
    }

    /// <summary>The mean of log(1 + exp(input)) - input target: the cross entropy of independent truths whose log-odds are the input (a scalar).</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor input, Tensor target)
    {
        Difference("BinaryCrossEntropyWithLogits", input, target);
        return Mean(Softplus(input) - input * target);
    }

    /// <summary>The mean over dimension 0 of the sum of target (log target - input) (a scalar); a target of 0 adds nothing.</summary>
    /// <param name="input">Log-probabilities.</param>
    /// <param name="target">Probabilities, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor KlDivergence(Tensor input, Tensor target)
    {
        Difference("KlDivergence", input, target);
        if (input.Rank == 0) throw new ArgumentException("KlDivergence: input is []; dimension 0 must be the batch.");
        return Sum(target * (Log(Where(target > 0, target, 1)) - input)) / input.Dim(0);
    }

    private static Tensor Difference(string op, Tensor input, Tensor target) => input.Shape.SequenceEqual(target.Shape)
        ? (input.DType.IsFloating || target.DType.IsFloating ? input : input.To(DType.Float32)) - target
        : throw new ArgumentException($"{op}: input is {Shapes.Text(input.Shape)}, target is {Shapes.Text(target.Shape)}; the shapes differ.");

    /// <summary>The mean over a batch of the negative log-probability of the right class (a scalar); NaN for an empty batch.</summary>
    /// <param name="input">[b c]: log-probabilities.</param>
    /// <param name="target">[b], Int64: the right class of each.</param>
    /// <exception cref="ArgumentException">The shapes do not match, or a class is out of range.</exception>
    public static Tensor NllLoss(Tensor input, Tensor target)
    {
        if (input.Rank != 2 || target.Rank != 1 || input.Dim(0) != target.Dim(0))
            throw new ArgumentException($"NllLoss: input is {Shapes.Text(input.Shape)}, target is {Shapes.Text(target.Shape)}; they must be [b c] and [b].");
        return -Mean(Sum(Where(OneHot(target, input.Dim(1), DType.Bool), input.As(FloatingType(input.DType)), 0), dim: 1));
    }

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
