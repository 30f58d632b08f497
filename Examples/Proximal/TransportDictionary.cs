using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Images as mixtures of a few products of two profiles, as near as they can be in the sense of transport: each block of unknowns in turn is the exact minimum of the objective and of a
/// square that holds it near its old value, found through the dual problem.
/// </summary>
/// <remarks>
/// Kwon and Lyu (ICML 2023). With x fixed, the entropic cost H of moving x to b has the conjugate H*(g) = s (Σ x log(K exp(g / s)) - Σ x log x), K = exp(-C / s). The next block is
/// the projection onto simplices of its old value less the pull of the dual variables, which is where the dual gradient, the slope of H* less the mixture, comes to rest.
/// </remarks>
/// <param name="samples">The number of images.</param>
/// <param name="atoms">The number of products.</param>
/// <param name="side">The side of an image.</param>
/// <param name="smoothing">The factor s of the entropy.</param>
/// <param name="anchor">The factor of the square.</param>
[Network]
public partial class TransportDictionary(int samples, int atoms, int side, float smoothing, float anchor)
{
    /// <summary>The mixtures: weights of each image, profiles of rows and of columns of each product.</summary>
    [return: Shape("samples side side", DType.Float64)]
    public virtual Tensor Mixtures([Shape("samples atoms", DType.Float64)] Tensor weights, [Shape("atoms side", DType.Float64)] Tensor rows, [Shape("atoms side", DType.Float64)] Tensor columns) =>
        Einsum("nr,ri,rj->nij", weights, rows, columns);

    /// <summary>Products with exp(-C / s), where C is the squared distance: a row at a time, then a column at a time.</summary>
    private Tensor Blur(Tensor x)
    {
        var at = Arange(side).To(DType.Float64) / side;
        var kernel = Exp(-Square(Unsqueeze(at, 0) - Unsqueeze(at, 1)) / smoothing);
        return MatMul(MatMul(kernel, x), kernel);
    }

    /// <summary>H*, summed over the images.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Conjugate([Shape("samples side side", DType.Float64)] Tensor g, [Shape("samples side side", DType.Float64)] Tensor x) =>
        smoothing * Sum(x * (Log(Blur(Exp(g / smoothing))) - Log(x)));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Conjugate), wrt: "g")]
    public virtual partial Tensor ConjugateSlope(Tensor g, Tensor x);

    /// <summary>H itself by alternating scalings, summed over the images, and the dual variables of its minimum, -∞ where b is 0.</summary>
    [return: Shape("", DType.Float64), Shape("samples side side", DType.Float64)]
    public virtual (Tensor Value, Tensor Dual) Cost([Shape("samples side side", DType.Float64)] Tensor b, [Shape("samples side side", DType.Float64)] Tensor x, int scalings)
    {
        Tensor p = x, q = 0 * x + 1;
        for (var k = 0; k < scalings; k++)
        {
            p = x / Blur(q);
            q = b / Blur(p);
        }
        return (smoothing * (Sum(x * Log(p)) + Sum(Where(b > 0, b * Log(Where(b > 0, q, 1)), 0))), smoothing * Log(q));
    }

    /// <summary>The pairing of dual variables and mixtures.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Pairing(
        [Shape("samples side side", DType.Float64)] Tensor g, [Shape("samples atoms", DType.Float64)] Tensor weights, [Shape("atoms side", DType.Float64)] Tensor rows, [Shape("atoms side", DType.Float64)] Tensor columns) =>
        Sum(g * Mixtures(weights, rows, columns));

    /// <summary>How the dual variables pull at the weights.</summary>
    [Gradient(of: nameof(Pairing), wrt: "weights")]
    public virtual partial Tensor WeightPull(Tensor g, Tensor weights, Tensor rows, Tensor columns);

    /// <summary>How they pull at the profiles of rows.</summary>
    [Gradient(of: nameof(Pairing), wrt: "rows")]
    public virtual partial Tensor RowPull(Tensor g, Tensor weights, Tensor rows, Tensor columns);

    /// <summary>How they pull at those of columns.</summary>
    [Gradient(of: nameof(Pairing), wrt: "columns")]
    public virtual partial Tensor ColumnPull(Tensor g, Tensor weights, Tensor rows, Tensor columns);

    private Tensor Anchored(Tensor old, Tensor pull) => Simplex.Project(old - pull / anchor, Ones(1).To(DType.Float64));

    /// <summary>One cycle: the weights, the rows, the columns.</summary>
    /// <param name="g">The dual variables, from which each block's search starts.</param>
    /// <param name="x">The images.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="rows">The profiles of rows.</param>
    /// <param name="columns">The profiles of columns.</param>
    /// <param name="step">The step of the dual search.</param>
    /// <param name="inner">The number of its steps for each block.</param>
    [return: Shape("samples side side", DType.Float64), Shape("samples atoms", DType.Float64), Shape("atoms side", DType.Float64), Shape("atoms side", DType.Float64)]
    public virtual (Tensor G, Tensor Weights, Tensor Rows, Tensor Columns) Cycle(
        [Shape("samples side side", DType.Float64)] Tensor g, [Shape("samples side side", DType.Float64)] Tensor x, [Shape("samples atoms", DType.Float64)] Tensor weights, [Shape("atoms side", DType.Float64)] Tensor rows,
        [Shape("atoms side", DType.Float64)] Tensor columns, [Shape("", DType.Float64)] Tensor step, int inner)
    {
        var h = g;
        for (var k = 0; k < inner; k++)
        {
            var next = h - step * (ConjugateSlope(h, x) - Mixtures(Anchored(weights, WeightPull(h, weights, rows, columns)), rows, columns));
            (g, h) = (next, next + 0.9 * (next - g));
        }
        weights = Anchored(weights, WeightPull(g, weights, rows, columns));
        h = g;
        for (var k = 0; k < inner; k++)
        {
            var next = h - step * (ConjugateSlope(h, x) - Mixtures(weights, Anchored(rows, RowPull(h, weights, rows, columns)), columns));
            (g, h) = (next, next + 0.9 * (next - g));
        }
        rows = Anchored(rows, RowPull(g, weights, rows, columns));
        h = g;
        for (var k = 0; k < inner; k++)
        {
            var next = h - step * (ConjugateSlope(h, x) - Mixtures(weights, rows, Anchored(columns, ColumnPull(h, weights, rows, columns))));
            (g, h) = (next, next + 0.9 * (next - g));
        }
        columns = Anchored(columns, ColumnPull(g, weights, rows, columns));
        return (g, weights, rows, columns);
    }

    /// <summary>Half the squared distance of the mixtures from the images.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Squares(
        [Shape("samples side side", DType.Float64)] Tensor x, [Shape("samples atoms", DType.Float64)] Tensor weights, [Shape("atoms side", DType.Float64)] Tensor rows, [Shape("atoms side", DType.Float64)] Tensor columns) =>
        Sum(Square(Mixtures(weights, rows, columns) - x)) / 2;

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Squares), wrt: "weights, rows, columns")]
    public virtual partial (Tensor Weights, Tensor Rows, Tensor Columns) SquaresSlope(Tensor x, Tensor weights, Tensor rows, Tensor columns);

    /// <summary>Mixtures near the images in the sense of squares, by projected gradients.</summary>
    /// <param name="x">The images.</param>
    /// <param name="weights">The weights at first.</param>
    /// <param name="rows">The profiles of rows at first.</param>
    /// <param name="columns">The profiles of columns at first.</param>
    /// <param name="steps">The steps of weights, and of profiles.</param>
    /// <param name="count">How many there are.</param>
    [return: Shape("samples atoms", DType.Float64), Shape("atoms side", DType.Float64), Shape("atoms side", DType.Float64)]
    public virtual (Tensor Weights, Tensor Rows, Tensor Columns) Nearest(
        [Shape("samples side side", DType.Float64)] Tensor x, [Shape("samples atoms", DType.Float64)] Tensor weights, [Shape("atoms side", DType.Float64)] Tensor rows,
        [Shape("atoms side", DType.Float64)] Tensor columns, [Shape("2", DType.Float64)] Tensor steps, int count)
    {
        var one = Ones(1).To(DType.Float64);
        for (var k = 0; k < count; k++)
        {
            var (slope, rowSlope, columnSlope) = SquaresSlope(x, weights, rows, columns);
            weights = Simplex.Project(weights - steps[0] * slope, one);
            rows = Simplex.Project(rows - steps[1] * rowSlope, one);
            columns = Simplex.Project(columns - steps[1] * columnSlope, one);
        }
        return (weights, rows, columns);
    }
}
