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
}
