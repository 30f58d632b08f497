using static Proxima.Ops;

namespace Proxima.Proximal;

// Sums of differences between neighbours.

/// <summary>The sum of the magnitudes of the differences between neighbours (Rudin, Osher and Fatemi 1992).</summary>
public static class TotalVariation
{
    /// <summary>Σ|x[i + 1] - x[i]| of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Abs(Slice(x, dim: -1, start: 1, end: x.Dim(-1)) - Slice(x, dim: -1, start: 0, end: x.Dim(-1) - 1)), dim: -1);

    /// <summary>
    /// By dynamic programming (Johnson 2013), exactly: the derivative of the best value of the first elements by the last of them is linear between corners, and cut at ± step on the way to the next
    /// element. Time is the square of the length. Derivatives are those of the means of the pieces that the result has.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, PrecedesAlike = true, Source = "Johnson 2013")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var n = x.Dim(-1);
        var place = Arange(n);
        var y = StopGradient(x);
        var first = Slice(y, dim: -1, start: 0, end: 1);
        var weight = StopGradient(step) + 0 * first;
        Tensor low = 0 * y, high = 0 * y, rising = 0 * y, falling = 0 * y, used = 0 * y, point = 0 * y, offset = 0 * weight, last = first;
        for (var k = 0; k < n; k++)
        {
            // From left to right the corners where the slope rises, the latest first, and those where it falls.
            var corners = Concat([Flip(rising, -1), falling], dim: -1);
            var turns = Concat([Flip(used, -1), -used], dim: -1);
            var right = Slice(y, dim: -1, start: k, end: k + 1) + offset;
            var slope = corners * (1 + CumSum(turns, dim: -1)) - CumSum(turns * corners, dim: -1) - right;
            var from = Root(-weight, corners, turns, slope, right);
            var to = Root(weight, corners, turns, slope, right);
            last = Root(0 * weight, corners, turns, slope, right);
            var isHere = Equal(place, k);
            low = Where(isHere, from, low);
            high = Where(isHere, to, high);
            rising = Where(isHere, from, Minimum(Maximum(rising, from), to));
            falling = Where(isHere, to, Minimum(Maximum(falling, from), to));
            used = Where(isHere, 1, used);
            offset = weight;
        }
        for (var k = 0; k < n; k++)
        {
            last = Minimum(Maximum(last, Slice(low, dim: -1, start: n - 1 - k, end: n - k)), Slice(high, dim: -1, start: n - 1 - k, end: n - k));
            point = Where(Equal(place, n - 1 - k), last, point);
        }
        // The mean of each piece of equal elements, moved by step towards its neighbours.
        var jumps = Sign(Slice(point, dim: -1, start: 1, end: n) - Slice(point, dim: -1, start: 0, end: n - 1));
        var piece = CumSum(Concat([0 * first, Abs(jumps)], dim: -1), dim: -1).To(DType.Int64);
        var moved = x + step * (Concat([jumps, 0 * first], dim: -1) - Concat([0 * first, jumps], dim: -1));
        var sums = ScatterAdd(0 * x, -1, piece, moved);
        var counts = ScatterAdd(0 * x, -1, piece, 0 * x + 1);
        return TakeAlongAxis(sums / Maximum(counts, 1), piece, dim: -1);
    }

    /// <summary>Where a function of given slopes at its corners, less right, is the target: it rises.</summary>
    [TensorFunction]
    private static Tensor Root(Tensor target, Tensor corners, Tensor turns, Tensor slope, Tensor right)
    {
        // As many as there are, from the left: rounding may tell equal corners apart.
        var skipped = 0.5 * Sum(1 - Abs(turns), dim: -1, keepDim: true);
        var below = Sum(Where((slope <= target) & NotEqual(turns, 0), 0 * corners + 1, 0), dim: -1, keepDim: true);
        var isBelow = SumOfLargest.Places(corners) <= skipped + below;
        return (target + right + Sum(Where(isBelow, turns * corners, 0), dim: -1, keepDim: true)) / (1 + Sum(Where(isBelow, turns, 0), dim: -1, keepDim: true));
    }
}

/// <summary>What the total variations of images share: differences to the next row and column, 0 at the end, and their transpose.</summary>
internal static class Differences
{
    [TensorFunction]
    internal static Tensor Down(Tensor x) => Concat([Slice(x, dim: -2, start: 1, end: x.Dim(-2)), Slice(x, dim: -2, start: x.Dim(-2) - 1, end: x.Dim(-2))], dim: -2) - x;

    [TensorFunction]
    internal static Tensor Across(Tensor x) => Concat([Slice(x, dim: -1, start: 1, end: x.Dim(-1)), Slice(x, dim: -1, start: x.Dim(-1) - 1, end: x.Dim(-1))], dim: -1) - x;

    /// <summary>The transpose of both, of values that are 0 at the ends.</summary>
    [TensorFunction]
    internal static Tensor Back(Tensor down, Tensor across) =>
        Concat([0 * Slice(down, dim: -2, start: 0, end: 1), Slice(down, dim: -2, start: 0, end: down.Dim(-2) - 1)], dim: -2) - down
        + Concat([0 * Slice(across, dim: -1, start: 0, end: 1), Slice(across, dim: -1, start: 0, end: across.Dim(-1) - 1)], dim: -1) - across;

    /// <summary>The length of the pairs.</summary>
    [TensorFunction]
    internal static Tensor Length(Tensor down, Tensor across) => Norm(Stack([down, across], dim: -1), 2, dim: -1);

    /// <summary>
    /// x less the nearest <c>Back(down, across)</c> whose pairs are no longer than step, or, where they do not go together, whose elements are no larger: by the accelerated projected gradient
    /// method, which starts again in an image whenever it goes back.
    /// </summary>
    [TensorFunction]
    internal static Tensor Rest(Tensor x, Tensor step, int iterations, int together)
    {
        Tensor down = 0 * x, across = 0 * x, aheadDown = 0 * x, aheadAcross = 0 * x, turn = 0 * Sum(x, dims: [-2, -1], keepDim: true) + 1;
        for (var k = 0; k < iterations; k++)
        {
            var rest = x - Back(aheadDown, aheadAcross);
            Tensor toDown = aheadDown + 0.125 * Down(rest), toAcross = aheadAcross + 0.125 * Across(rest);
            var least = Maximum(step, 1e-30);
            var share = together == 1 ? step / Maximum(Length(toDown, toAcross), least) : step / Maximum(Abs(toDown), least);
            toDown = toDown * share;
            toAcross = together == 1 ? toAcross * share : toAcross * (step / Maximum(Abs(toAcross), least));
            Tensor moveDown = toDown - down, moveAcross = toAcross - across;
            var isBack = Sum((aheadDown - toDown) * moveDown + (aheadAcross - toAcross) * moveAcross, dims: [-2, -1], keepDim: true) > 0;
            var next = Where(isBack, 1, 0.5 + 0.5 * Sqrt(1 + 4 * Square(turn)));
            var carry = Where(isBack, 0, (turn - 1) / next);
            (down, across, aheadDown, aheadAcross, turn) = (toDown, toAcross, toDown + carry * moveDown, toAcross + carry * moveAcross, next);
        }
        return x - Back(down, across);
    }
}

/// <summary>The sum of the lengths of the gradients of an image (Rudin, Osher and Fatemi 1992): the same in all directions.</summary>
public static class TotalVariation2d
{
    /// <summary>Σ√((x[i + 1, j] - x[i, j])² + (x[i, j + 1] - x[i, j])²) of each image; differences over the border are 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Differences.Length(Differences.Down(x), Differences.Across(x)), dims: [-2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>
    /// By the accelerated projected gradient method on the dual (Beck and Teboulle 2009), started again where it goes back (O'Donoghue and Candès 2015); <see cref="Gap"/> tells how near the
    /// result is. Derivatives go through all iterations, and keep what these compute.
    /// </summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 1);

    /// <summary>For a point that <see cref="Near"/> gives for x, step Value(point) - ⟨point, x - point⟩ of each image: no less than the squared distance from the operator's value. The step is one for all.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-2, -1]);
}

/// <summary>The sum of the magnitudes of the differences between neighbours in the rows and columns of an image.</summary>
public static class TotalVariationOfLines
{
    /// <summary>Σ|x[i + 1, j] - x[i, j]| + |x[i, j + 1] - x[i, j]| of each image.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Abs(Differences.Down(x)) + Abs(Differences.Across(x)), dims: [-2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, PrecedesAlike = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>, with bounds of single differences.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 0);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-2, -1]);
}
