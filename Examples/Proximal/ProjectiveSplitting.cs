using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>The proximal point method for a quarter turn, with random relaxations, on many paths at once.</summary>
/// <remarks>A turn keeps lengths apart as no gradient does: a step of relaxation l multiplies the squared length by exactly 1 - l (2 - l) s² / (1 + s²).</remarks>
[Network]
public partial class RelaxedTurn
{
    /// <summary>The resolvent (1 + s A)⁻¹ x of the turn A.</summary>
    [return: Shape("paths 2", DType.Float64)]
    public virtual Tensor Resolvent([Shape("paths 2", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor step)
    {
        var one = Eye(2, DType.Float64);
        var turn = Stack([-one[1], one[0]], dim: 0);
        return Transpose(Solve(one + step * turn, Transpose(x)));
    }

    /// <summary>One step with a relaxation for each path.</summary>
    [return: Shape("paths 2", DType.Float64)]
    public virtual Tensor Relax([Shape("paths 2", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor step, [Shape("paths 1", DType.Float64)] Tensor relaxation) =>
        x + relaxation * (Resolvent(x, step) - x);

    /// <summary>Many steps: each takes the high relaxation with a chance and the low one otherwise, and errs by normal numbers over a power of its count.</summary>
    [return: Shape("paths 2", DType.Float64)]
    public virtual Tensor Walk(
        [Shape("paths 2", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor step, [Shape("", DType.Float64)] Tensor low, [Shape("", DType.Float64)] Tensor high, [Shape("", DType.Float64)] Tensor chance,
        [Shape("", DType.Float64)] Tensor error, [Shape("", DType.Float64)] Tensor power, [Shape("", DType.Int64)] Tensor key, int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            var isHigh = RandomBernoulli(FoldKey(key, 2 * k), Expand(Reshape(chance, 1, 1), x.Dim(0), 1));
            x = Relax(x, step, low + (high - low) * isHigh) + error / Pow((k + 1) + 0 * power, power) * RandomNormal(FoldKey(key, 2 * k + 1), [x.Dim(0), 2], DType.Float64);
        }
        return x;
    }
}

/// <summary>The best signal between 0 and 1 near a noisy one, with few jumps: half the squared distance, the variation and the limits.</summary>
/// <param name="n">The number of samples of a signal.</param>
/// <param name="blocks">The number of blocks that work or rest; it divides the number of samples.</param>
/// <param name="weight">The factor of the variation.</param>
[Network, Require("n % blocks == 0"), Require("blocks >= 1")]
public partial class ProjectiveSplitting(int n, int blocks, float weight)
{
    /// <summary>Half the squared distance.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Distance([Shape("runs n", DType.Float64)] Tensor x, [Shape("n", DType.Float64)] Tensor y) => 0.5 * Sum(Square(x - y));

    /// <summary>The variation, of differences.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Jumps([Shape("runs n-1", DType.Float64)] Tensor differences) => weight * Sum(Abs(differences));

    /// <summary>The limits.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Limits([Shape("runs n", DType.Float64)] Tensor x) => Sum(Box.Value(x, 0, 1));

    /// <summary>The resolvent of the distance.</summary>
    [Prox(of: nameof(Distance))]
    public virtual partial Tensor Near(Tensor x, Tensor y, float step);

    /// <summary>The resolvent of the variation.</summary>
    [Prox(of: nameof(Jumps))]
    public virtual partial Tensor Flat(Tensor differences, float step);

    /// <summary>The resolvent of the limits.</summary>
    [Prox(of: nameof(Limits))]
    public virtual partial Tensor Within(Tensor x, float step);

    /// <summary>The differences of neighbours.</summary>
    [return: Shape("runs n-1", DType.Float64)]
    public virtual Tensor Differences([Shape("runs n", DType.Float64)] Tensor x) => x[.., 1..] - x[.., ..^1];

    /// <summary>The transpose of the differences.</summary>
    [return: Shape("runs n", DType.Float64)]
    public virtual Tensor Spread([Shape("runs n-1", DType.Float64)] Tensor u) => Pad(u, [1, 0]) - Pad(u, [0, 1]);

    private Tensor Project(Tensor x) => Clamp(x, 0, 1);

    /// <summary>The dual problem, to minimise: its value with a minus.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Dual([Shape("runs n-1", DType.Float64)] Tensor u, [Shape("n", DType.Float64)] Tensor y)
    {
        var x = Project(y - Spread(u));
        return -(0.5 * Sum(Square(x - y)) + Sum(x * Spread(u)));
    }

    /// <summary>The dual variables are bounded by the weight.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor DualLimits([Shape("runs n-1", DType.Float64)] Tensor u) => Sum(Box.Value(u, -weight, weight));

    /// <summary>Iterations towards the dual optimum.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Dual), proximable: nameof(DualLimits), Iterations = 2000, Step = 0.25)]
    public virtual partial Tensor SolveDual(Tensor u, Tensor y);

    /// <summary>The signal of dual variables, and the gap of its value and theirs: half its squared distance from the best signal is no larger.</summary>
    [return: Shape("runs n", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Signal, Tensor Gap) Signal([Shape("runs n-1", DType.Float64)] Tensor u, [Shape("n", DType.Float64)] Tensor y)
    {
        var x = Project(y - Spread(u));
        return (x, Distance(x, y) + Jumps(Differences(x)) + Dual(u, y));
    }

    /// <summary>Many iterations of projective splitting on many runs: in each a random part of the blocks computes new points, and all variables are projected, with a random relaxation, onto the half space that the points of all blocks, new and old, bound.</summary>
    /// <remarks>
    /// Combettes and Madariaga; the half space is that of Combettes and Eckstein (Mathematical Programming 2018). With <c>(a, a*)</c>, <c>(b, b*)</c>, <c>(c, c*)</c> on the graphs of the
    /// three operators, all solutions satisfy <c>⟨x, a* + Dᵀb* + c*⟩ + ⟨u, b - D a⟩ + ⟨w, c - a⟩ ≤ ⟨a, a*⟩ + ⟨b, b*⟩ + ⟨c, c*⟩</c>.
    /// </remarks>
    /// <param name="state">x, w, a, a*, c, c*, one after the other.</param>
    /// <param name="dual">u, b, b*.</param>
    /// <param name="y">The noisy signal.</param>
    /// <param name="settings">The chance of a block to work, the two relaxations, the chance of the higher one, and the size and the power of the errors.</param>
    /// <param name="key">The key of all draws.</param>
    /// <param name="start">How many iterations there have been.</param>
    /// <param name="steps">How many there will be.</param>
    [return: Shape("6 runs n", DType.Float64), Shape("3 runs n-1", DType.Float64)]
    public virtual (Tensor State, Tensor Dual) Iterate(
        [Shape("6 runs n", DType.Float64)] Tensor state, [Shape("3 runs n-1", DType.Float64)] Tensor dual, [Shape("n", DType.Float64)] Tensor y, [Shape("6", DType.Float64)] Tensor settings,
        [Shape("", DType.Int64)] Tensor key, int start, int steps)
    {
        var runs = state.Dim(1);
        var chances = Expand(Reshape(settings[0], 1, 1), runs, blocks);
        var (x, w, a, aSlope) = (state[0], state[1], state[2], state[3]);
        var (c, cSlope) = (state[4], state[5]);
        var (u, b, bSlope) = (dual[0], dual[1], dual[2]);
        for (var k = 0; k < steps; k++)
        {
            var now = FoldKey(key, start + k);
            var worksA = Works(now, 0, chances);
            var worksB = Works(now, 1, chances)[.., 1..];
            var worksC = Works(now, 2, chances);

            var force = Spread(u) + w;
            var near = Near(x - force, y, 1f);
            (a, aSlope) = (Where(worksA, near, a), Where(worksA, x - near - force, aSlope));
            var difference = Differences(x);
            var flat = Flat(difference + u, 1f);
            (b, bSlope) = (Where(worksB, flat, b), Where(worksB, u + difference - flat, bSlope));
            var within = Within(x + w, 1f);
            (c, cSlope) = (Where(worksC, within, c), Where(worksC, w + x - within, cSlope));

            Tensor slope = aSlope + Spread(bSlope) + cSlope, edgeB = b - Differences(a), edgeC = c - a;
            var length = Sum(Square(slope) + Square(edgeC), dim: 1, keepDim: true) + Sum(Square(edgeB), dim: 1, keepDim: true);
            var excess = Sum(x * slope - a * aSlope + w * edgeC - c * cSlope, dim: 1, keepDim: true) + Sum(u * edgeB - b * bSlope, dim: 1, keepDim: true);
            var relaxation = settings[1] + (settings[2] - settings[1]) * RandomBernoulli(FoldKey(now, 3), Expand(Reshape(settings[3], 1, 1), runs, 1));
            var move = relaxation * Relu(excess) / Maximum(length, 1e-30);
            var error = settings[4] / Pow((start + k + 1) + 0 * settings[5], settings[5]);
            x = x - move * slope + error * RandomNormal(FoldKey(now, 4), [runs, n], DType.Float64);
            u = u - move * edgeB;
            w = w - move * edgeC;
        }
        return (Stack([x, w, a, aSlope, c, cSlope], 0), Stack([u, b, bSlope], 0));
    }

    /// <summary>Which elements belong to blocks that work.</summary>
    private Tensor Works(Tensor key, int which, Tensor chances) =>
        Reshape(Expand(Unsqueeze(RandomBernoulli(FoldKey(key, which), chances), 2), -1, -1, n / blocks), chances.Dim(0), n) > 0.5;
}
