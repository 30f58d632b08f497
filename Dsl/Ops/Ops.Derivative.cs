namespace Proxima;

public static partial class Ops
{
    /// <summary>The value of x; to derivatives a constant.</summary>
    public static Tensor StopGradient(Tensor x) => x.Clone();

    /// <summary>The value of one expression with the derivative of another: the straight-through estimator.</summary>
    /// <param name="forward">Gives the value.</param>
    /// <param name="backward">Gives the derivative; of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the values are no floating-point numbers.</exception>
    public static Tensor StraightThrough(Tensor forward, Tensor backward)
    {
        if (!forward.Shape.SequenceEqual(backward.Shape))
            throw new ArgumentException($"StraightThrough: forward is {Shapes.Text(forward.Shape)}, backward is {Shapes.Text(backward.Shape)}; the shapes must be equal.");
        var dtype = DTypes.Promote(forward.DType, backward.DType);
        if (!dtype.IsFloating) throw new ArgumentException($"StraightThrough: forward is {forward.DType} and backward is {backward.DType}; only floating-point values have derivatives.");
        return forward.DType == dtype ? forward.Clone() : forward.To(dtype);
    }
}
