using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Scans and orders along any dimension.</summary>
[Network]
public partial class Scans
{
    [return: Shape("a n c")]
    public virtual Tensor Sums([Shape("a n c")] Tensor x) => CumSum(x, 1);

    [return: Shape("")]
    public virtual Tensor SumsLoss([Shape("a n c")] Tensor x, [Shape("a n c")] Tensor w) => Sum(Sums(x) * w);

    [Gradient(of: nameof(SumsLoss), wrt: "x")]
    public virtual partial Tensor SumsGradient(Tensor x, Tensor w);

    [return: Shape("a n", DType.Int64)]
    public virtual Tensor Pieces([Shape("a n")] Tensor x, [Shape("a 1")] Tensor w) => TautString(x, Abs(w)) + 3 * PoolAdjacent(x);

    [return: Shape("a n", DType.Int64)]
    public virtual Tensor Active([Shape("a n 3")] Tensor x, [Shape("a n")] Tensor w) => ActiveSet(MatMul(x, Transpose(x)) + Eye(x.Dim(1)), w);

    [return: Shape("n", DType.Int64)]
    public virtual Tensor WholeSums([Shape("n", DType.Int64)] Tensor x) => CumSum(x, 0);

    [return: Shape("a n")]
    public virtual Tensor Powers([Shape("a n")] Tensor x) => CumProd(Tanh(x), -1);

    [return: Shape("")]
    public virtual Tensor PowersLoss([Shape("a n")] Tensor x, [Shape("a n")] Tensor w) => Sum(Powers(x) * w);

    [Gradient(of: nameof(PowersLoss), wrt: "x")]
    public virtual partial Tensor PowersGradient(Tensor x, Tensor w);

    [return: Shape("a n")]
    public virtual Tensor Logs([Shape("a n")] Tensor x) => LogCumSumExp(x, 1);

    [return: Shape("")]
    public virtual Tensor LogsLoss([Shape("a n")] Tensor x, [Shape("a n")] Tensor w) => Sum(Logs(x) * w);

    [Gradient(of: nameof(LogsLoss), wrt: "x")]
    public virtual partial Tensor LogsGradient(Tensor x, Tensor w);

    [return: Shape("a n+1 c")]
    public virtual Tensor Running([Shape("a n+1 c")] Tensor x, [Shape("c")] Tensor w) => Scan(x, (before, next) => Maximum(before, next) + 0.1 * before * w, dim: 1);

    [return: Shape("")]
    public virtual Tensor RunningLoss([Shape("a n+1 c")] Tensor x, [Shape("c")] Tensor w, [Shape("a n+1 c")] Tensor t) => Sum(Running(x, w) * t);

    [Gradient(of: nameof(RunningLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) RunningGradient(Tensor x, Tensor w, Tensor t);

    [return: Shape("a n+1")]
    public virtual Tensor Recurrence([Shape("a n+1")] Tensor x, [Shape("n+1")] Tensor y) => Scan(Tanh(x), Expand(y, x.Dim(0), x.Dim(1)), (a, b, c, d) => (a * c, b * c + d), dim: -1).Y;

    [return: Shape("")]
    public virtual Tensor RecurrenceLoss([Shape("a n+1")] Tensor x, [Shape("n+1")] Tensor y, [Shape("a n+1")] Tensor t) => Sum(Recurrence(x, y) * t);

    [Gradient(of: nameof(RecurrenceLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) RecurrenceGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("n+1", DType.Int64)]
    public virtual Tensor RunningWhole([Shape("n+1", DType.Int64)] Tensor x) => Scan(x, (before, next) => 3 * before - next);

    [return: Shape("a n")]
    public virtual Tensor Largest([Shape("a n")] Tensor x) => CumMax(x, 1).Values;

    [return: Shape("")]
    public virtual Tensor LargestLoss([Shape("a n")] Tensor x, [Shape("a n")] Tensor w) => Sum(Largest(x) * w);

    [Gradient(of: nameof(LargestLoss), wrt: "x")]
    public virtual partial Tensor LargestGradient(Tensor x, Tensor w);

    [return: Shape("n a"), Shape("n a", DType.Int64)]
    public virtual (Tensor Values, Tensor Indices) Smallest([Shape("n a")] Tensor x) => CumMin(x, 0);

    [return: Shape("a n")]
    public virtual Tensor Sorted([Shape("a n")] Tensor x) => Sort(x).Values;

    [return: Shape("")]
    public virtual Tensor SortedLoss([Shape("a n")] Tensor x, [Shape("a n")] Tensor w) => Sum(Sorted(x) * w);

    [Gradient(of: nameof(SortedLoss), wrt: "x")]
    public virtual partial Tensor SortedGradient(Tensor x, Tensor w);

    [return: Shape("n c", DType.Int64)]
    public virtual Tensor Falling([Shape("n c", DType.Int64)] Tensor x) => ArgSort(x, dim: 0, descending: true);

    [return: Shape("a 2")]
    public virtual Tensor Top([Shape("a n")] Tensor x)
    {
        var (values, indices) = TopK(x, 2);
        return values + indices.To(DType.Float32);
    }

    [return: Shape("a n", DType.Int64)]
    public virtual Tensor Found([Shape("m")] Tensor x, [Shape("a n")] Tensor values) => Searchsorted(Sort(x).Values, values) + Searchsorted(Sort(x).Values, values, right: true);

    [return: Shape("a n")]
    public virtual Tensor Turned([Shape("a n")] Tensor x) => Flip(x, 0, 1) - Roll(Roll(x, 1, 1), -1, 0);

    [return: Shape("")]
    public virtual Tensor TurnedLoss([Shape("a n")] Tensor x, [Shape("a n")] Tensor w) => Sum(Turned(x) * w);

    [Gradient(of: nameof(TurnedLoss), wrt: "x")]
    public virtual partial Tensor TurnedGradient(Tensor x, Tensor w);
}

/// <summary>Linear algebra on batches of small matrices.</summary>
[Network]
public partial class Matrices
{
    private Tensor Definite(Tensor x) => MatMul(x, Transpose(x)) + 2 * Eye(x.Dim(-1));

    [return: Shape("b 4 4")]
    public virtual Tensor Root([Shape("b 4 4")] Tensor x) => Cholesky(Definite(x));

    [return: Shape("")]
    public virtual Tensor RootLoss([Shape("b 4 4")] Tensor x, [Shape("b 4 4")] Tensor w) => Sum(Root(x) * w);

    [Gradient(of: nameof(RootLoss), wrt: "x")]
    public virtual partial Tensor RootGradient(Tensor x, Tensor w);

    [return: Shape("b 4 3")]
    public virtual Tensor Solved([Shape("b 4 4")] Tensor x, [Shape("b 4 3")] Tensor y) => Solve(x + 5 * Eye(4), y);

    [return: Shape("")]
    public virtual Tensor SolvedLoss([Shape("b 4 4")] Tensor x, [Shape("b 4 3")] Tensor y, [Shape("b 4 3")] Tensor w) => Sum(Solved(x, y) * w);

    [Gradient(of: nameof(SolvedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) SolvedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b 4 2")]
    public virtual Tensor Substituted([Shape("b 4 4")] Tensor x, [Shape("b 4 2")] Tensor y) => TriangularSolve(x + 5 * Eye(4), y, upper: true) + TriangularSolve(x, y, unitDiagonal: true);

    [return: Shape("")]
    public virtual Tensor SubstitutedLoss([Shape("b 4 4")] Tensor x, [Shape("b 4 2")] Tensor y, [Shape("b 4 2")] Tensor w) => Sum(Substituted(x, y) * w);

    [Gradient(of: nameof(SubstitutedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) SubstitutedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b")]
    public virtual Tensor Volume([Shape("b 4 4")] Tensor x) => LogDet(Definite(x)) + Trace(Inverse(x + 5 * Eye(4)));

    [return: Shape("")]
    public virtual Tensor VolumeLoss([Shape("b 4 4")] Tensor x, [Shape("b")] Tensor w) => Sum(Volume(x) * w);

    [Gradient(of: nameof(VolumeLoss), wrt: "x")]
    public virtual partial Tensor VolumeGradient(Tensor x, Tensor w);

    [return: Shape("b 5 3"), Shape("b 3 3")]
    public virtual (Tensor Q, Tensor R) Orthogonal([Shape("b 5 3")] Tensor x) => Qr(x);

    [return: Shape("")]
    public virtual Tensor OrthogonalLoss([Shape("b 5 3")] Tensor x, [Shape("b 5 3")] Tensor w, [Shape("b 3 3")] Tensor v)
    {
        var (q, r) = Orthogonal(x);
        return Sum(q * w) + Sum(r * v);
    }

    [Gradient(of: nameof(OrthogonalLoss), wrt: "x")]
    public virtual partial Tensor OrthogonalGradient(Tensor x, Tensor w, Tensor v);

    /// <summary>A function of the spectrum: the logarithm of a positive definite matrix.</summary>
    [return: Shape("b 4 4")]
    public virtual Tensor Logarithm([Shape("b 4 4")] Tensor x)
    {
        var (values, vectors) = Eigh(Definite(x));
        return MatMul(vectors * Unsqueeze(Log(values), -2), Transpose(vectors));
    }

    [return: Shape("")]
    public virtual Tensor LogarithmLoss([Shape("b 4 4")] Tensor x, [Shape("b 4 4")] Tensor w) => Sum(Logarithm(x) * w);

    [Gradient(of: nameof(LogarithmLoss), wrt: "x")]
    public virtual partial Tensor LogarithmGradient(Tensor x, Tensor w);

    /// <summary>Shrunk singular values.</summary>
    [return: Shape("b 5 3")]
    public virtual Tensor Shrunk([Shape("b 5 3")] Tensor x)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * Unsqueeze(SoftThreshold(s, 0.3), -2), vh);
    }

    [return: Shape("")]
    public virtual Tensor ShrunkLoss([Shape("b 5 3")] Tensor x, [Shape("b 5 3")] Tensor w) => Sum(Shrunk(x) * w);

    [Gradient(of: nameof(ShrunkLoss), wrt: "x")]
    public virtual partial Tensor ShrunkGradient(Tensor x, Tensor w);

    [return: Shape("b 3 3")]
    public virtual Tensor Flow([Shape("b 3 3")] Tensor x) => MatrixExp(0.5 * x);

    [return: Shape("")]
    public virtual Tensor FlowLoss([Shape("b 3 3")] Tensor x, [Shape("b 3 3")] Tensor w) => Sum(Flow(x) * w);

    [Gradient(of: nameof(FlowLoss), wrt: "x")]
    public virtual partial Tensor FlowGradient(Tensor x, Tensor w);

    [return: Shape("b n n")]
    public virtual Tensor Parts([Shape("b n n")] Tensor x) => Tril(x, -1) + 2 * Triu(x, 1) + Diag(3 * Diagonal(x));

    [return: Shape("")]
    public virtual Tensor PartsLoss([Shape("b n n")] Tensor x, [Shape("b n n")] Tensor w) => Mean(Parts(x) * w);

    [Gradient(of: nameof(PartsLoss), wrt: "x")]
    public virtual partial Tensor PartsGradient(Tensor x, Tensor w);

    [return: Shape("a*3 b*2")]
    public virtual Tensor Tiled([Shape("a")] Tensor x, [Shape("b")] Tensor y, [Shape("3 2")] Tensor z) => Kron(Outer(x, y), z);
}

/// <summary>Fourier transforms of every length, and complex numbers as pairs.</summary>
[Network, Reassociated]
public partial class Spectra(int n)
{
    [return: Shape("a n 2")]
    public virtual Tensor Transformed([Shape("a n 2")] Tensor x) => ComplexMul(Fft(x, [1]), Ifft(x, [-1], "ortho"));

    [return: Shape("")]
    public virtual Tensor TransformedLoss([Shape("a n 2")] Tensor x, [Shape("a n 2")] Tensor w) => Sum(Transformed(x) * w);

    [Gradient(of: nameof(TransformedLoss), wrt: "x")]
    public virtual partial Tensor TransformedGradient(Tensor x, Tensor w);

    [return: Shape("n a/2+1")]
    public virtual Tensor Amplitudes([Shape("n a")] Tensor x) => ComplexAbs(Rfft(x, [0, 1], "forward") + 1);

    [return: Shape("")]
    public virtual Tensor AmplitudesLoss([Shape("n a")] Tensor x, [Shape("n a/2+1")] Tensor w) => Sum(Amplitudes(x) * w);

    [Gradient(of: nameof(AmplitudesLoss), wrt: "x")]
    public virtual partial Tensor AmplitudesGradient(Tensor x, Tensor w);

    [return: Shape("a n")]
    public virtual Tensor Filtered([Shape("a n")] Tensor x) => Irfft(Rfft(x, [1]) * 0.5, n, [1]);

    [return: Shape("a n")]
    public virtual Tensor Restored([Shape("a n/2+1 2")] Tensor x) => Irfft(x, n, [1], "ortho");

    [return: Shape("")]
    public virtual Tensor RestoredLoss([Shape("a n/2+1 2")] Tensor x, [Shape("a n")] Tensor w) => Sum(Restored(x) * w);

    [Gradient(of: nameof(RestoredLoss), wrt: "x")]
    public virtual partial Tensor RestoredGradient(Tensor x, Tensor w);
}
