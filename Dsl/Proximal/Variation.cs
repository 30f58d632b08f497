using static Proxima.Ops;

namespace Proxima.Proximal;

// Sums of differences between neighbours.

/// <summary>The sum of the magnitudes of the differences between neighbours (Rudin, Osher and Fatemi 1992).</summary>
public static class TotalVariation
{
    /// <summary>Σ|x[i + 1] - x[i]| of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Abs(Slice(x, dim: -1, start: 1, end: x.Dim(-1)) - Slice(x, dim: -1, start: 0, end: x.Dim(-1) - 1)), dim: -1);

    /// <summary>Exactly, by dynamic programming (Johnson 2013), in linear time: the mean of each piece of equal elements, moved by step towards its neighbours. Derivatives are those of the means.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, PrecedesAlike = true, Source = "Johnson 2013")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor jumps = TautString(x, step), none = 0 * Slice(jumps, dim: -1, start: 0, end: 1);
        var before = Concat([none, Slice(jumps, dim: -1, start: 0, end: x.Dim(-1) - 1)], dim: -1);
        return Pieces.Means(x + step * (jumps - before), Abs(before));
    }
}

/// <summary>What functions share whose operators make pieces of equal elements.</summary>
internal static class Pieces
{
    /// <summary>The mean of each piece, from where they start.</summary>
    [TensorFunction]
    internal static Tensor Means(Tensor x, Tensor starts)
    {
        var piece = CumSum(starts, dim: -1) - Slice(starts, dim: -1, start: 0, end: 1);
        Tensor sums = ScatterAdd(0 * x, -1, piece, x), counts = ScatterAdd(0 * x, -1, piece, 0 * x + 1);
        return TakeAlongAxis(sums / Maximum(counts, 1), piece, dim: -1);
    }
}

/// <summary>What the total variations of images and volumes share: differences to the next element along a dimension, 0 at the end, and their transpose.</summary>
internal static class Differences
{
    [TensorFunction]
    internal static Tensor Along(Tensor x, int dim) => Concat([Slice(x, dim, 1, x.Dim(dim)), Slice(x, dim, x.Dim(dim) - 1, x.Dim(dim))], dim) - x;

    /// <summary>The transpose, of values that are 0 at the end.</summary>
    [TensorFunction]
    internal static Tensor Back(Tensor x, int dim) => Concat([0 * Slice(x, dim, 0, 1), Slice(x, dim, 0, x.Dim(dim) - 1)], dim) - x;

    /// <summary>
    /// x less the nearest sum of transposed differences whose elements at a place are together no longer than step, or, where they do not go together, each no larger: by the accelerated projected
    /// gradient method, which starts again in an image or volume whenever it goes back. The dims are 2 of images, 3 of volumes, 4 of volumes in time.
    /// </summary>
    [TensorFunction]
    internal static Tensor Rest(Tensor x, Tensor step, int iterations, int together, int dims)
    {
        Tensor across = 0 * x, down = 0 * x, deep = 0 * x, late = 0 * x, aheadAcross = 0 * x, aheadDown = 0 * x, aheadDeep = 0 * x, aheadLate = 0 * x;
        var turn = 0 * Whole(x, dims) + 1;
        var least = Maximum(step, 1e-30);
        // 1 / 8 of images, 1 / 12 of volumes: less than the inverse of the largest eigenvalue.
        var rate = 0.25 / dims;
        for (var k = 0; k < iterations; k++)
        {
            var rest = x - Back(aheadAcross, -1) - Back(aheadDown, -2);
            rest = dims > 2 ? rest - Back(aheadDeep, -3) : rest;
            rest = dims > 3 ? rest - Back(aheadLate, -4) : rest;
            Tensor toAcross = aheadAcross + rate * Along(rest, -1), toDown = aheadDown + rate * Along(rest, -2);
            Tensor toDeep = dims > 2 ? aheadDeep + rate * Along(rest, -3) : deep, toLate = dims > 3 ? aheadLate + rate * Along(rest, -4) : late;
            var length = Norm(dims > 3 ? Stack([toAcross, toDown, toDeep, toLate], dim: -1) : dims > 2 ? Stack([toAcross, toDown, toDeep], dim: -1) : Stack([toAcross, toDown], dim: -1), 2, dim: -1);
            toAcross = toAcross * (step / Maximum(together == 1 ? length : Abs(toAcross), least));
            toDown = toDown * (step / Maximum(together == 1 ? length : Abs(toDown), least));
            toDeep = dims > 2 ? toDeep * (step / Maximum(together == 1 ? length : Abs(toDeep), least)) : toDeep;
            toLate = dims > 3 ? toLate * (step / Maximum(together == 1 ? length : Abs(toLate), least)) : toLate;
            Tensor moveAcross = toAcross - across, moveDown = toDown - down, moveDeep = dims > 2 ? toDeep - deep : deep, moveLate = dims > 3 ? toLate - late : late;
            var turned = (aheadAcross - toAcross) * moveAcross + (aheadDown - toDown) * moveDown;
            turned = dims > 2 ? turned + (aheadDeep - toDeep) * moveDeep : turned;
            turned = dims > 3 ? turned + (aheadLate - toLate) * moveLate : turned;
            var isBack = Whole(turned, dims) > 0;
            var next = Where(isBack, 1, 0.5 + 0.5 * Sqrt(1 + 4 * Square(turn)));
            var carry = Where(isBack, 0, (turn - 1) / next);
            (across, down, deep, late, turn) = (toAcross, toDown, toDeep, toLate, next);
            (aheadAcross, aheadDown) = (toAcross + carry * moveAcross, toDown + carry * moveDown);
            (aheadDeep, aheadLate) = (dims > 2 ? toDeep + carry * moveDeep : deep, dims > 3 ? toLate + carry * moveLate : late);
        }
        var result = x - Back(across, -1) - Back(down, -2);
        result = dims > 2 ? result - Back(deep, -3) : result;
        return dims > 3 ? result - Back(late, -4) : result;
    }

    /// <summary>The sum of each image or volume.</summary>
    [TensorFunction]
    private static Tensor Whole(Tensor x, int dims) =>
        dims > 3 ? Sum(x, dims: [-4, -3, -2, -1], keepDim: true) : dims > 2 ? Sum(x, dims: [-3, -2, -1], keepDim: true) : Sum(x, dims: [-2, -1], keepDim: true);
}

/// <summary>The sum of the lengths of the gradients of an image (Rudin, Osher and Fatemi 1992): the same in all directions.</summary>
public static class TotalVariation2d
{
    /// <summary>Σ√((x[i + 1, j] - x[i, j])² + (x[i, j + 1] - x[i, j])²) of each image; differences over the border are 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Norm(Stack([Differences.Along(x, -2), Differences.Along(x, -1)], dim: -1), 2, dim: -1), dims: [-2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>
    /// By the accelerated projected gradient method on the dual (Beck and Teboulle 2009), started again where it goes back (O'Donoghue and Candès 2015); <see cref="Gap"/> tells how near the
    /// result is. Derivatives go through all iterations, and keep what these compute.
    /// </summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 1, 2);

    /// <summary>For a point that <see cref="Near"/> gives for x, step Value(point) - ⟨point, x - point⟩ of each image: no less than the squared distance from the operator's value. The step is one for all.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-2, -1]);
}

/// <summary>The sum of the magnitudes of the differences between neighbours in the rows and columns of an image.</summary>
public static class TotalVariationOfLines
{
    /// <summary>Σ|x[i + 1, j] - x[i, j]| + |x[i, j + 1] - x[i, j]| of each image.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Abs(Differences.Along(x, -2)) + Abs(Differences.Along(x, -1)), dims: [-2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, PrecedesAlike = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>, with bounds of single differences.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 0, 2);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-2, -1]);
}

/// <summary>The sum of the lengths of the gradients of a volume: the same in all directions.</summary>
public static class TotalVariation3d
{
    /// <summary>The sum over all places of the length of the three differences to the next element, of each volume; differences over the border are 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) =>
        Sum(Norm(Stack([Differences.Along(x, -3), Differences.Along(x, -2), Differences.Along(x, -1)], dim: -1), 2, dim: -1), dims: [-3, -2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 3, IsHomogeneous = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 1, 3);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-3, -2, -1]);
}

/// <summary>The sum of the magnitudes of the differences between neighbours along the three dimensions of a volume.</summary>
public static class TotalVariationOfLines3d
{
    /// <summary>The sum of the magnitudes of the three differences to the next element, of each volume.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sum(Abs(Differences.Along(x, -3)) + Abs(Differences.Along(x, -2)) + Abs(Differences.Along(x, -1)), dims: [-3, -2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 3, IsHomogeneous = true, PrecedesAlike = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>, with bounds of single differences.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 0, 3);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-3, -2, -1]);
}

/// <summary>The sum of the lengths of the gradients of a volume in time, or of any block of four dimensions: the same in all directions.</summary>
public static class TotalVariation4d
{
    /// <summary>The sum over all places of the length of the four differences to the next element, of each block; differences over the border are 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) =>
        Sum(Norm(Stack([Differences.Along(x, -4), Differences.Along(x, -3), Differences.Along(x, -2), Differences.Along(x, -1)], dim: -1), 2, dim: -1), dims: [-4, -3, -2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 4, IsHomogeneous = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 1, 4);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-4, -3, -2, -1]);
}

/// <summary>The sum of the magnitudes of the differences between neighbours along the four dimensions of a volume in time.</summary>
public static class TotalVariationOfLines4d
{
    /// <summary>The sum of the magnitudes of the four differences to the next element, of each block.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) =>
        Sum(Abs(Differences.Along(x, -4)) + Abs(Differences.Along(x, -3)) + Abs(Differences.Along(x, -2)) + Abs(Differences.Along(x, -1)), dims: [-4, -3, -2, -1]);

    /// <summary>That of <see cref="Near"/> with 300 iterations: there is no closed form.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 4, IsHomogeneous = true, PrecedesAlike = true, Source = "Beck and Teboulle 2009, 300 iterations")]
    public static Tensor Prox(Tensor x, Tensor step) => Near(x, step, 300);

    /// <summary>As <see cref="TotalVariation2d.Near"/>, with bounds of single differences.</summary>
    [TensorFunction]
    public static Tensor Near(Tensor x, Tensor step, int iterations) => Differences.Rest(x, step, iterations, 0, 4);

    /// <summary>As <see cref="TotalVariation2d.Gap"/>.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor point, Tensor step) => step * Value(point) - Sum(point * (x - point), dims: [-4, -3, -2, -1]);
}
