using static Proxima.Ops;

namespace Proxima.Proximal;

// Matrices of a given structure: subspaces, whose projections are means over what is equal in them, and matrices with given sums.

/// <summary>Matrices that are constant along their diagonals.</summary>
public static class Toeplitz
{
    /// <summary>0 where elements of a diagonal are equal, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Subspace.Of(x, Project(x));

    /// <summary>The mean of each diagonal (Cadzow 1988).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsHomogeneous = true, PrecedesAlike = true, Source = "Cadzow 1988")]
    public static Tensor Project(Tensor x)
    {
        int rows = x.Dim(-2), columns = x.Dim(-1);
        // A row for each diagonal, which holds its elements in their columns.
        var place = Unsqueeze(Arange(rows + columns - 1), 1) + Unsqueeze(Arange(columns), 0) - (columns - 1);
        var isInside = (place >= 0) & (place < rows);
        var lines = Where(isInside, Subspace.Taken(x, Minimum(Maximum(place, 0), rows - 1)), 0);
        var means = Sum(lines, dim: -1, keepDim: true) / Sum(isInside, dim: -1, keepDim: true);
        return Subspace.Taken(means, Unsqueeze(Arange(rows), 1) - Unsqueeze(Arange(columns), 0) + (columns - 1));
    }

    /// <summary>0 where each diagonal sums to 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Subspace.Of(y, y - Project(y));
}

/// <summary>Matrices that are constant along the lines from the lower left to the upper right.</summary>
public static class Hankel
{
    /// <summary>0 where elements [i, j] of equal i + j are equal, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Toeplitz.Value(Flip(x, -2));

    /// <summary>The mean of each line (Cadzow 1988).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsHomogeneous = true, PrecedesAlike = true, Source = "Cadzow 1988")]
    public static Tensor Project(Tensor x) => Flip(Toeplitz.Project(Flip(x, -2)), -2);

    /// <summary>0 where each line sums to 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Toeplitz.Conjugate(Flip(y, -2));
}

/// <summary>Square matrices that are constant along their diagonals, which go on at the other side.</summary>
public static class Circulant
{
    /// <summary>0 where elements [i, j] of equal i - j, up to the size, are equal, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Subspace.Of(x, Project(x));

    /// <summary>The mean of each diagonal (Chan 1988).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsHomogeneous = true, PrecedesAlike = true, Source = "Chan 1988")]
    public static Tensor Project(Tensor x)
    {
        var n = x.Dim(-1);
        Tensor down = Unsqueeze(Arange(n), 1), across = Unsqueeze(Arange(n), 0);
        return Subspace.Taken(Mean(Subspace.Taken(x, Remainder(down + across, n)), dim: -1, keepDim: true), Remainder(down - across, n));
    }

    /// <summary>0 where each diagonal sums to 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Subspace.Of(y, y - Project(y));
}

/// <summary>Symmetric matrices.</summary>
public static class SymmetricMatrices
{
    /// <summary>0 where the matrix is its transpose, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Subspace.Of(x, Transpose(x));

    /// <summary>(x + xᵀ) / 2 (Higham 1988).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsHomogeneous = true, PrecedesAlike = true, Source = "Higham 1988")]
    public static Tensor Project(Tensor x) => 0.5 * (x + Transpose(x));

    /// <summary>0 where yᵀ is -y, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Subspace.Of(y, -Transpose(y));
}

/// <summary>What subspaces of matrices share.</summary>
internal static class Subspace
{
    /// <summary>0 where two matrices are equal, ∞ elsewhere.</summary>
    [TensorFunction]
    internal static Tensor Of(Tensor x, Tensor y) => Indicator.Of(Max(Abs(x - y), dims: [-2, -1]), Max(Abs(x), dims: [-2, -1]));

    /// <summary>From each column of each matrix the elements of the given rows.</summary>
    [TensorFunction]
    internal static Tensor Taken(Tensor x, Tensor rows)
    {
        var first = Slice(Slice(x, dim: -2, start: 0, end: 1), dim: -1, start: 0, end: 1);
        // 0 for each matrix: the positions have the leading dimensions of x.
        return TakeAlongAxis(x, rows + ArgMax(first, dim: -2, keepDim: true), dim: -2);
    }
}

/// <summary>Matrices without negative elements whose rows and columns have given sums: transport plans; with sums of 1 the doubly stochastic matrices (Birkhoff).</summary>
public static class TransportPolytope
{
    /// <summary>0 where x ≥ 0, the rows sum to rows, [m 1], and the columns to columns, [1 n], ∞ elsewhere, for each matrix; both have the same sum.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor rows, Tensor columns)
    {
        Tensor down = Abs(Sum(x, dim: -1, keepDim: true) - rows), across = Abs(Sum(x, dim: -2, keepDim: true) - columns);
        var violation = Maximum(Maximum(Max(down, dims: [-2, -1]), Max(across, dims: [-2, -1])), Max(-x, dims: [-2, -1]));
        return Indicator.Of(violation, Max(Abs(x), dims: [-2, -1]));
    }

    /// <summary>
    /// max(x - a - b, 0) with the multipliers a of the rows and b of the columns: 100 rounds that make the sums of the rows right and then those of the columns, each exactly, then Newton's
    /// method on both together (Li, Sun and Toh 2020): exact where the rounds have found which elements are 0.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, Source = "Li, Sun and Toh 2020")]
    public static Tensor Project(Tensor x, Tensor rows, Tensor columns)
    {
        Tensor at = StopGradient(x), down = StopGradient(rows), across = StopGradient(columns);
        Tensor a = 0 * Sum(at, dim: -1, keepDim: true), b = 0 * Sum(at, dim: -2, keepDim: true);
        for (var k = 0; k < 100; k++)
        {
            a = Simplex.Level(at - b, down);
            b = Transpose(Simplex.Level(Transpose(at - a), Transpose(across)));
        }
        for (var k = 0; k < 4; k++)
        {
            var rest = x - a - b;
            var active = StopGradient(Where(rest > 0, 0 * rest + 1, 0));
            Tensor plan = Relu(rest), lacksDown = Sum(plan, dim: -1, keepDim: true) - rows, lacksAcross = Transpose(Sum(plan, dim: -2, keepDim: true) - columns);
            // Multipliers are known up to a constant for each part of the graph of the active elements: a little of the identity decides.
            Tensor perRow = Sum(active, dim: -1), perColumn = Sum(active, dim: -2);
            var system = Concat([Concat([Diag(perRow + 1e-4), active], dim: -1), Concat([Transpose(active), Diag(perColumn + 1e-4)], dim: -1)], dim: -2);
            var moves = Solve(system, Concat([lacksDown, lacksAcross], dim: -2));
            a = a + Slice(moves, dim: -2, start: 0, end: x.Dim(-2));
            b = b + Transpose(Slice(moves, dim: -2, start: x.Dim(-2), end: x.Dim(-2) + x.Dim(-1)));
        }
        return Relu(x - a - b);
    }

    /// <summary>x exp(-slope), with factors for rows and columns that give them their sums, found by 200 rounds: the step of mirror descent with the entropy (Sinkhorn 1964).</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope, Tensor rows, Tensor columns)
    {
        var plan = x * Exp(StopGradient(Min(slope, dims: [-2, -1], keepDim: true)) - slope);
        for (var k = 0; k < 200; k++)
        {
            plan = plan * (rows / Sum(plan, dim: -1, keepDim: true));
            plan = plan * (columns / Sum(plan, dim: -2, keepDim: true));
        }
        return plan;
    }
}
