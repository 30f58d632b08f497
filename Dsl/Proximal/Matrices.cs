using static Proxima.Ops;

namespace Proxima.Proximal;

// Functions of matrices take the last two dimensions together.

/// <summary>The sum of the singular values.</summary>
public static class NuclearNorm
{
    /// <summary>Σσ of each matrix of at least as many rows as columns.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(s, dim: -1);
    }

    /// <summary>U max(σ - step, 0) Vᵀ (Cai, Candès and Shen 2010).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, Source = "Cai, Candès and Shen 2010")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * Relu(Unsqueeze(s, -2) - step), vh);
    }

    /// <summary>0 where no singular value exceeds 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => SpectralBall.Value(y, 1);
}

/// <summary>Symmetric matrices without negative eigenvalues.</summary>
public static class PositiveSemidefinite
{
    /// <summary>0 where the symmetric part of the matrix has no negative eigenvalue, ∞ elsewhere.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (values, _) = Eigh(x);
        return Indicator.Of(Max(-values, dim: -1), Max(Abs(values), dim: -1));
    }

    /// <summary>V max(λ, 0) Vᵀ of the symmetric part (Parikh and Boyd 2014, 6.3.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsHomogeneous = true, Source = "Parikh and Boyd 2014, 6.3.3")]
    public static Tensor Project(Tensor x)
    {
        var (values, vectors) = Eigh(x);
        return MatMul(vectors * Relu(Unsqueeze(values, -2)), Transpose(vectors));
    }

    /// <summary>0 where -y has no negative eigenvalue, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Value(-y);
}

/// <summary>-log det x: a barrier of the positive definite matrices.</summary>
public static class NegativeLogDet
{
    /// <summary>-Σ log λ of the eigenvalues of the symmetric part; NaN where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (values, _) = Eigh(x);
        return -Sum(Log(values), dim: -1);
    }

    /// <summary>V (λ + √(λ² + 4 step)) / 2 Vᵀ of the symmetric part (Beck 2017, 7.6).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Beck 2017, 7.6")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var (values, vectors) = Eigh(x);
        return MatMul(vectors * NegativeLog.Prox(Unsqueeze(values, -2), step), Transpose(vectors));
    }

    /// <summary>-x⁻¹.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => -Inverse(x);

    /// <summary>-log det(-y) - n, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Value(-y) - y.Dim(-1);
}

/// <summary>The largest singular value.</summary>
public static class SpectralNorm
{
    /// <summary>max σ of each matrix of at least as many rows as columns.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Max(s, dim: -1);
    }

    /// <summary>0 where Σσ ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => NuclearBall.Value(y, 1);

    /// <summary>U (the operator of the largest magnitude at σ) Vᵀ (Beck 2017, 7.29).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsHomogeneous = true, Source = "Beck 2017, 7.29")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * LInfNorm.Prox(Unsqueeze(s, -2), step), vh);
    }
}

/// <summary>The number of singular values that are not 0. Not convex.</summary>
public static class Rank
{
    /// <summary>The number of σ above 1e-5 relative to the largest, of each matrix of at least as many rows as columns.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(Where(s > 1e-5 * Max(s, dim: -1, keepDim: true), 1, 0 * s), dim: -1);
    }

    /// <summary>U σ Vᵀ with the σ for which σ² > 2 step (Beck 2017, 7.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsNonconvex = true, Source = "Beck 2017, 7.3")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * Cardinality.Prox(Unsqueeze(s, -2), step), vh);
    }
}

/// <summary>Matrices of bounded singular values.</summary>
public static class SpectralBall
{
    /// <summary>0 where max σ ≤ radius, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius)
    {
        var (_, s, _) = Svd(x);
        return Squeeze(Squeeze(Indicator.Of(Unsqueeze(Max(s, dim: -1, keepDim: true), -1) - radius, radius), -1), -1);
    }

    /// <summary>U min(σ, radius) Vᵀ (Beck 2017, 7.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, Source = "Beck 2017, 7.3")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * Minimum(Unsqueeze(s, -2), radius), vh);
    }
}

/// <summary>Matrices of bounded nuclear norm.</summary>
public static class NuclearBall
{
    /// <summary>0 where Σσ ≤ radius, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius)
    {
        var (_, s, _) = Svd(x);
        return Squeeze(Squeeze(Indicator.Of(Unsqueeze(Sum(s, dim: -1, keepDim: true), -1) - radius, radius), -1), -1);
    }

    /// <summary>U (the projection of σ onto the l1 ball) Vᵀ (Beck 2017, 7.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, Source = "Beck 2017, 7.3")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * L1Ball.Project(Unsqueeze(s, -2), radius), vh);
    }
}

/// <summary>Symmetric matrices without negative eigenvalues that have a given trace: density matrices.</summary>
public static class Spectrahedron
{
    /// <summary>0 where the eigenvalues of the symmetric part are not negative and sum to total, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor total)
    {
        var (values, _) = Eigh(x);
        var excess = Maximum(Unsqueeze(Max(-values, dim: -1, keepDim: true), -1), Abs(Unsqueeze(Sum(values, dim: -1, keepDim: true), -1) - total));
        return Squeeze(Squeeze(Indicator.Of(excess, Unsqueeze(Sum(Abs(values), dim: -1, keepDim: true), -1)), -1), -1);
    }

    /// <summary>V (the projection of λ onto the simplex) Vᵀ of the symmetric part (Beck 2017, 7.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, Source = "Beck 2017, 7.3")]
    public static Tensor Project(Tensor x, Tensor total)
    {
        var (values, vectors) = Eigh(x);
        return MatMul(vectors * Simplex.Project(Unsqueeze(values, -2), total), Transpose(vectors));
    }
}

/// <summary>tr(x log x): the negative von Neumann entropy.</summary>
public static class SpectralEntropy
{
    /// <summary>Σ λ log λ of the eigenvalues of the symmetric part; ∞ where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (values, _) = Eigh(x);
        return Sum(Entropy.Value(values), dim: -1);
    }

    /// <summary>V (the operator of the entropy at λ) Vᵀ of the symmetric part (Beck 2017, 7.6).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Beck 2017, 7.6")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var (values, vectors) = Eigh(x);
        return MatMul(vectors * Entropy.Prox(Unsqueeze(values, -2), step), Transpose(vectors));
    }
}

/// <summary>The sum of the singular values, each with a weight. Not convex.</summary>
public static class WeightedNuclearNorm
{
    /// <summary>Σ weights σ with σ in descending order, of each matrix of at least as many rows as columns, for weights that do not decrease and are not negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weights)
    {
        var (_, s, _) = Svd(x);
        return Sum(weights * s, dim: -1);
    }

    /// <summary>U max(σ - step weights, 0) Vᵀ: the order of σ stays (Chen, Dong and Chan 2013).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsNonconvex = true, IsHomogeneous = true, Source = "Chen, Dong and Chan 2013")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weights)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * Relu(Unsqueeze(s, -2) - step * weights), vh);
    }
}

/// <summary>Matrices whose rows have a bounded sum of Euclidean norms.</summary>
public static class L21Ball
{
    /// <summary>0 where the Euclidean norms of the rows sum to at most radius, ∞ elsewhere, for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(L1Ball.Value(Unsqueeze(Norm(x, 2, dim: -1), -2), radius), -1);

    /// <summary>Each row with the length that the projection of the lengths onto the l1 ball has (van den Berg et al. 2008).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, Source = "van den Berg et al. 2008")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var lengths = Unsqueeze(Norm(x, 2, dim: -1), -2);
        return x * Transpose(L1Ball.Project(lengths, radius) / Where(lengths > 0, lengths, 1));
    }

    /// <summary>radius times the largest norm of a row, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor radius) => Squeeze(L1Ball.Conjugate(Unsqueeze(Norm(y, 2, dim: -1), -2), radius), -1);
}

/// <summary>Matrices of few rows that are not 0. Not convex.</summary>
public static class L20Ball
{
    /// <summary>0 where at most count rows of the matrix are not 0, ∞ elsewhere; count is one for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count) => Squeeze(L0Ball.Value(Unsqueeze(Norm(x, 2, dim: -1), -2), count), -1);

    /// <summary>The rows of the count largest Euclidean norms, 0 elsewhere (Foucart 2011).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsNonconvex = true, Source = "Foucart 2011")]
    public static Tensor Project(Tensor x, Tensor count) => x * Transpose(Sign(L0Ball.Project(Unsqueeze(Norm(x, 2, dim: -1), -2), count)));
}

/// <summary>Matrices of bounded rank. Not convex.</summary>
public static class RankBall
{
    /// <summary>0 where at most count singular values are above 1e-5 relative to the largest, ∞ elsewhere, for each matrix of at least as many rows as columns; count is one for each matrix.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count) => Squeeze(Squeeze(Indicator.Of(Unsqueeze(Unsqueeze(Rank.Value(x), -1), -1) - count, count), -1), -1);

    /// <summary>U σ Vᵀ with the count largest σ (Eckart and Young 1936).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsNonconvex = true, Source = "Eckart and Young 1936")]
    public static Tensor Project(Tensor x, Tensor count)
    {
        var (u, s, vh) = Svd(x);
        return MatMul(u * L0Ball.Project(Unsqueeze(s, -2), count), vh);
    }
}

/// <summary>Matrices with orthonormal columns. Not convex.</summary>
public static class Stiefel
{
    /// <summary>0 where xᵀx is the identity, ∞ elsewhere, for each matrix of at least as many rows as columns.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Indicator.Of(Max(Abs(s - 1), dim: -1), 0);
    }

    /// <summary>U Vᵀ (Fan and Hoffman 1955).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, IsSet = true, IsNonconvex = true, Source = "Fan and Hoffman 1955")]
    public static Tensor Project(Tensor x)
    {
        var (u, _, vh) = Svd(x);
        return MatMul(u, vh);
    }
}

/// <summary>Half the squared distance of a circular convolution of images from measurements: deblurring with periodic borders.</summary>
public static class CircularFit2d
{
    /// <summary>Σ(kernel ⊛ x - measured)²/2 of each image; kernel and measured are like x, and the kernel starts at its first element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.5 * Sum(Square(Convolved(x, kernel) - measured), [-2, -1]);

    /// <summary>Of the Fourier transforms (x + step conj(kernel) measured) / (1 + step |kernel|²): the map is diagonal there (Afonso, Bioucas-Dias and Figueiredo 2010).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Afonso, Bioucas-Dias and Figueiredo 2010")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured)
    {
        Tensor filter = Rfft(kernel, [-2, -1]), length = Unsqueeze(step + 0 * Slice(Slice(x, dim: -1, start: 0, end: 1), dim: -2, start: 0, end: 1), -1);
        var right = Rfft(x, [-2, -1]) + length * ComplexMul(ComplexConj(filter), Rfft(measured, [-2, -1]));
        return Irfft(right / (1 + length * Sum(Square(filter), dim: -1, keepDim: true)), x.Dim(-1), [-2, -1]);
    }

    /// <summary>The residual, convolved with the kernel turned round.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) =>
        Irfft(ComplexMul(ComplexConj(Rfft(kernel, [-2, -1])), Rfft(Convolved(x, kernel) - measured, [-2, -1])), x.Dim(-1), [-2, -1]);

    [TensorFunction]
    internal static Tensor Convolved(Tensor x, Tensor kernel) => Irfft(ComplexMul(Rfft(x, [-2, -1]), Rfft(kernel, [-2, -1])), x.Dim(-1), [-2, -1]);
}

/// <summary>Half the squared distance of a circular convolution of images, of which every k-th row and column is kept, from measurements: super-resolution with periodic borders.</summary>
public static class DownsampledFit2d
{
    /// <summary>
    /// Σ((kernel ⊛ x)[::i, ::j] - measured)²/2 of each image, where i and j are the sizes of x divided by those of measured; the kernel is like x and starts at its first element.
    /// </summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.5 * Sum(Square(Lacking(x, kernel, measured)), [-2, -1]);

    /// <summary>As of <see cref="DownsampledFit"/>, in both dimensions (Zhao et al. 2016).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Zhao et al. 2016")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured)
    {
        Tensor filter = Rfft(kernel, [-2, -1]), length = Unsqueeze(step + 0 * Slice(Slice(x, dim: -1, start: 0, end: 1), dim: -2, start: 0, end: 1), -1);
        // What is convolved, thinned out, spread and convolved back is a circular convolution with what is kept of this.
        var both = Irfft(ComplexMul(filter, ComplexConj(filter)), x.Dim(-1), [-2, -1]);
        var gram = Slice(Rfft(Thinned(both, measured), [-2, -1]), dim: -1, start: 0, end: 1);
        var rest = Rfft(Lacking(x, kernel, measured), [-2, -1]) / (1 + length * gram);
        return x + Back(Irfft(-length * rest, measured.Dim(-1), [-2, -1]), x, filter);
    }

    /// <summary>The residual, spread and convolved with the kernel turned round.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) => Back(Lacking(x, kernel, measured), x, Rfft(kernel, [-2, -1]));

    [TensorFunction]
    private static Tensor Lacking(Tensor x, Tensor kernel, Tensor measured) => Thinned(CircularFit2d.Convolved(x, kernel), measured) - measured;

    [TensorFunction]
    private static Tensor Thinned(Tensor x, Tensor like) => Sampling.Thinned(Sampling.Thinned(x, like, -1), like, -2);

    [TensorFunction]
    private static Tensor Back(Tensor rest, Tensor x, Tensor filter) => Irfft(ComplexMul(ComplexConj(filter), Rfft(Sampling.Spread(Sampling.Spread(rest, x, -1), x, -2), [-2, -1])), x.Dim(-1), [-2, -1]);
}

/// <summary>Half the squared distance of a convolution of images with reflected borders from measurements: its matrix is diagonal under a cosine transform.</summary>
public static class ReflectedFit2d
{
    /// <summary>
    /// Σ(kernel ∗ x - measured)²/2 of each image, where x goes on as in a mirror at its borders; kernel and measured are like x. The kernel is the same both ways: its element [i, j] weighs what
    /// is i rows and j columns away.
    /// </summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.25 * CircularFit2d.Value(Mirrored(x), Even(kernel), Mirrored(measured));

    /// <summary>That of the circular convolution of images of twice the size, which keeps mirrored images (Ng, Chan and Tang 1999).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2, Source = "Ng, Chan and Tang 1999")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured) => Corner(CircularFit2d.Prox(Mirrored(x), step, Even(kernel), Mirrored(measured)), x.Dim(-2), x.Dim(-1));

    /// <summary>The residual, convolved with the kernel.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) => Corner(CircularFit2d.Gradient(Mirrored(x), Even(kernel), Mirrored(measured)), x.Dim(-2), x.Dim(-1));

    [TensorFunction]
    private static Tensor Mirrored(Tensor x) => Transpose(ReflectedFit.Mirrored(Transpose(ReflectedFit.Mirrored(x))));

    [TensorFunction]
    private static Tensor Even(Tensor kernel) => Transpose(ReflectedFit.Even(Transpose(ReflectedFit.Even(kernel))));

    [TensorFunction]
    private static Tensor Corner(Tensor x, int rows, int columns) => Slice(Slice(x, dim: -2, start: 0, end: rows), dim: -1, start: 0, end: columns);
}
