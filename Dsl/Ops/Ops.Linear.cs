namespace Proxima;

public static partial class Ops
{
    // ---- parts of matrices: the last two dimensions ----

    /// <summary>The elements on and below a diagonal of each matrix, and zeros.</summary>
    /// <param name="x">The matrices.</param>
    /// <param name="diagonal">0 is the main one, 1 the one above it, -1 the one below.</param>
    public static Tensor Tril(Tensor x, int diagonal = 0) => Where(LessEqual(Column("Tril", x) - Iota(x.Shape.ToArray(), x.Rank - 2, DType.Int64), diagonal), x, Full([], 0, x.DType));

    /// <summary>The elements on and above a diagonal of each matrix, and zeros.</summary>
    /// <inheritdoc cref="Tril"/>
    public static Tensor Triu(Tensor x, int diagonal = 0) => Where(GreaterEqual(Column("Triu", x) - Iota(x.Shape.ToArray(), x.Rank - 2, DType.Int64), diagonal), x, Full([], 0, x.DType));

    private static Tensor Column(string op, Tensor x) => Iota(Matrices(op, x).Shape.ToArray(), x.Rank - 1, DType.Int64);

    private static Tensor Matrices(string op, Tensor x) => x.Rank >= 2 ? x : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; a matrix has two dimensions.");

    /// <summary>The main diagonal of each square matrix.</summary>
    public static Tensor Diagonal(Tensor x)
    {
        RequireSquare("Diagonal", x);
        var strides = Shapes.Strides(x.Shape);
        int[] steps = [.. strides[..^2], strides[^2] + strides[^1]];
        return Strided.Read(x, 0, x.Shape[..^1].ToArray(), steps);
    }

    /// <summary>Matrices with vectors (the last dimension) on the main diagonal.</summary>
    public static Tensor Diag(Tensor x)
    {
        if (x.Rank == 0) throw new ArgumentException("Diag: a scalar is no diagonal.");
        int[] shape = [.. x.Shape, x.Shape[^1]];
        return Where(Equal(Iota(shape, x.Rank - 1, DType.Int64), Iota(shape, x.Rank, DType.Int64)), Unsqueeze(x, -1), Full([], 0, x.DType));
    }

    /// <summary>The sum of the main diagonal of each square matrix.</summary>
    public static Tensor Trace(Tensor x) => Sum(Diagonal(x), dim: -1);

    /// <summary>All products of an element of x and one of y, both vectors: <c>result[i, j] = x[i] * y[j]</c>.</summary>
    public static Tensor Outer(Tensor x, Tensor y) => x.Rank == 1 && y.Rank == 1
        ? Unsqueeze(x, 1) * y
        : throw new ArgumentException($"Outer: x is {Shapes.Text(x.Shape)}, y is {Shapes.Text(y.Shape)}; both must be vectors.");

    /// <summary>The Kronecker product of two matrices: blocks of y, each multiplied with an element of x.</summary>
    public static Tensor Kron(Tensor x, Tensor y)
    {
        if (x.Rank != 2 || y.Rank != 2) throw new ArgumentException($"Kron: x is {Shapes.Text(x.Shape)}, y is {Shapes.Text(y.Shape)}; both must be matrices.");
        var product = Reshape(x, x.Shape[0], 1, x.Shape[1], 1) * Reshape(y, 1, y.Shape[0], 1, y.Shape[1]);
        return Reshape(product, x.Shape[0] * y.Shape[0], x.Shape[1] * y.Shape[1]);
    }

    // ---- equations ----

    /// <summary>The lower triangular L with L Lᵀ = the symmetric part of x; NaN from the first row on at which x is not positive definite.</summary>
    public static Tensor Cholesky(Tensor x) => Square("Cholesky", Symmetric(RequireSquare("Cholesky", x)));

    /// <summary>The X with a X = b, for a b of columns (<c>[n m]</c>); infinite or NaN where a is singular.</summary>
    /// <param name="a">Square matrices.</param>
    /// <param name="b">Matrices of as many rows, with the same leading dimensions.</param>
    public static Tensor Solve(Tensor a, Tensor b) => Equations("Solve", a, b);

    /// <summary>The X with a X = b for a triangular a, whose other triangle is not read.</summary>
    /// <param name="a">Square matrices.</param>
    /// <param name="b">Matrices of as many rows, with the same leading dimensions.</param>
    /// <param name="upper">Whether a is an upper triangle.</param>
    /// <param name="unitDiagonal">Whether the diagonal counts as ones, without being read.</param>
    public static Tensor TriangularSolve(Tensor a, Tensor b, bool upper = false, bool unitDiagonal = false) => Equations("TriangularSolve", a, b, upper ? 1 : 0, unitDiagonal ? 1 : 0);

    /// <summary>1 for the elements that are positive in the x ≥ 0 for which <c>xᵀ a x / 2 - bᵀ x</c> is least, 0 for the others (Int64; Lawson and Hanson 1974).</summary>
    /// <param name="a">Symmetric matrices without negative eigenvalues.</param>
    /// <param name="b">Vectors of as many elements, with the same leading dimensions.</param>
    /// <returns>The shape of b.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor ActiveSet(Tensor a, Tensor b)
    {
        a = RequireSquare("ActiveSet", a);
        var dtype = FloatingType(DTypes.Promote(a, b));
        return b.Rank == a.Rank - 1 && b.Shape.SequenceEqual(a.Shape[..^1])
            ? Routine("ActiveSet", b.Shape.ToArray(), DType.Int64, [a.As(dtype), b.As(dtype)], [])
            : throw new ArgumentException($"ActiveSet: a is {Shapes.Text(a.Shape)}, b is {Shapes.Text(b.Shape)}; they must be [... n n] and [... n].");
    }

    /// <summary>The inverse of each matrix; infinite or NaN where there is none.</summary>
    public static Tensor Inverse(Tensor x)
    {
        x = RequireSquare("Inverse", x).As(FloatingType(x.DType));
        var shape = x.Shape.ToArray();
        return Equations("Solve", x, Equal(Iota(shape, x.Rank - 2, DType.Int64), Iota(shape, x.Rank - 1, DType.Int64)).To(x.DType));
    }

    /// <summary>The sign of the determinant of each matrix, and the logarithm of its absolute value (0 and -infinity where the matrix is singular).</summary>
    public static (Tensor Sign, Tensor LogAbsDet) Slogdet(Tensor x)
    {
        x = RequireSquare("Slogdet", x).As(FloatingType(x.DType));
        var both = Routine("SlogDet", [.. x.Shape[..^2], 2], x.DType, [x], []);
        return (Pick(both, 0), Pick(both, 1));
    }

    /// <summary>The logarithm of the determinant of each matrix; NaN where that is negative.</summary>
    public static Tensor LogDet(Tensor x)
    {
        var (sign, size) = Slogdet(x);
        return Where(Less(sign, 0), Full([], double.NaN, size.DType), size);
    }

    // ---- factorisations ----

    /// <summary>Q with orthonormal columns and an upper triangular R with Q R = x, for an x with at least as many rows as columns.</summary>
    public static (Tensor Q, Tensor R) Qr(Tensor x)
    {
        x = Tall("Qr", x);
        int m = x.Shape[^2], n = x.Shape[^1];
        var both = Routine("Qr", [.. x.Shape[..^2], m + n, n], x.DType, [x], []);
        return (Slice(both, -2, 0, m), Slice(both, -2, m, m + n));
    }

    /// <summary>The eigenvalues of the symmetric part of each matrix in ascending order, and the matrix whose columns are the eigenvectors.</summary>
    /// <remarks>The derivative of an eigenvector does not exist where its eigenvalue repeats; that part of it is then taken as 0.</remarks>
    public static (Tensor Values, Tensor Vectors) Eigh(Tensor x)
    {
        x = Symmetric(RequireSquare("Eigh", x));
        var n = x.Shape[^1];
        var both = Routine("Eigh", [.. x.Shape[..^2], n + 1, n], x.DType, [x], []);
        return (Squeeze(Slice(both, -2, 0, 1), -2), Slice(both, -2, 1, n + 1));
    }

    /// <summary>The reduced singular value decomposition x = U diag(S) Vh, S in descending order, for an x with at least as many rows as columns.</summary>
    /// <inheritdoc cref="Eigh" path="/remarks"/>
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor x)
    {
        x = Tall("Svd", x);
        int m = x.Shape[^2], n = x.Shape[^1];
        var all = Routine("Svd", [.. x.Shape[..^2], m + n + 1, n], x.DType, [x], []);
        return (Slice(all, -2, 1, m + 1), Squeeze(Slice(all, -2, 0, 1), -2), Transpose(Slice(all, -2, m + 1, m + n + 1)));
    }

    /// <summary>The exponential of each matrix: the sum of its powers over factorials.</summary>
    public static Tensor MatrixExp(Tensor x) => Square("MatrixExp", RequireSquare("MatrixExp", x).As(FloatingType(x.DType)));

    // ---- shared ----

    private static Tensor Square(string routine, Tensor x) => Routine(routine, x.Shape.ToArray(), x.DType, [x], []);

    private static Tensor Symmetric(Tensor x) => 0.5 * (x.As(FloatingType(x.DType)) + Transpose(x));

    private static Tensor Pick(Tensor x, int index) => Squeeze(Slice(x, -1, index, index + 1), -1);

    private static Tensor RequireSquare(string op, Tensor x) => x.Rank >= 2 && x.Shape[^1] == x.Shape[^2]
        ? x
        : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; the matrices must be square.");

    private static Tensor Tall(string op, Tensor x) => x.Rank >= 2 && x.Shape[^2] >= x.Shape[^1]
        ? x.As(FloatingType(x.DType))
        : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; the matrices must have at least as many rows as columns.");

    private static Tensor Equations(string routine, Tensor a, Tensor b, params int[] numbers)
    {
        var dtype = FloatingType(DTypes.Promote(a, b));
        if (a.Rank < 2 || a.Rank != b.Rank || a.Shape[^1] != a.Shape[^2] || !a.Shape[..^1].SequenceEqual(b.Shape[..^1]))
            throw new ArgumentException($"{routine}: a is {Shapes.Text(a.Shape)}, b is {Shapes.Text(b.Shape)}; they must be [... n n] and [... n m].");
        return Routine(routine, b.Shape.ToArray(), dtype, [a.As(dtype), b.As(dtype)], numbers);
    }
}
