using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Sparse coding as a problem that is declared: the code of each row over a dictionary, by an algorithm that is derived.</summary>
/// <remarks>Chen, Donoho and Saunders, "Atomic decomposition by basis pursuit" (SIAM J. Sci. Comput. 1998), in its form with noise.</remarks>
/// <param name="atoms">The number of atoms.</param>
/// <param name="size">The length of a row.</param>
[Network]
public partial class SparseCoding(int atoms, int size)
{
    /// <summary>The dictionary: one atom per row.</summary>
    [Buffer("atoms size")] public partial Tensor Dictionary { get; }

    /// <summary>Half the squared distance of what the code stands for from what is coded.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("b atoms")] Tensor x, [Shape("b size")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Dictionary) - y));

    /// <summary>The prior: few atoms.</summary>
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b atoms")] Tensor x, [Shape("")] Tensor weight) => weight * Sum(Abs(x));

    /// <summary>What is minimised.</summary>
    [return: Shape("")]
    public virtual Tensor Objective([Shape("b atoms")] Tensor x, [Shape("b size")] Tensor y, [Shape("")] Tensor weight) => Fit(x, y) + Prior(x, weight);

    /// <summary>The code after as many iterations as the networks of this family have layers.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16)]
    public virtual partial Tensor EncodeBriefly(Tensor x, Tensor y, Tensor weight);

    /// <summary>The code after 300 iterations.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 300)]
    public virtual partial Tensor Encode(Tensor x, Tensor y, Tensor weight);

    /// <summary>The same after so many that it counts as the minimum.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 5000)]
    public virtual partial Tensor Minimum(Tensor x, Tensor y, Tensor weight);
}

/// <summary>Sparse codes against those of a long solve.</summary>
internal static class SparseCodes
{
    /// <summary>Codes rows from zero and claims the objective against that of a long solve.</summary>
    /// <param name="dictionary">The atoms.</param>
    /// <param name="y">What is coded.</param>
    /// <param name="weight">The weight of the prior.</param>
    /// <returns>The least objective.</returns>
    internal static double Compare(Context context, Tensor dictionary, Tensor y, float weight)
    {
        var (model, exact) = (new SparseCoding.Cpu(dictionary.Dim(0), dictionary.Dim(1)), new SparseCoding(dictionary.Dim(0), dictionary.Dim(1)));
        model.Dictionary.CopyFrom(dictionary);
        exact.To(DType.Float64);
        exact.Dictionary.CopyFrom(dictionary.To(DType.Float64));
        Tensor start = Tensor.Zeros(y.Dim(0), dictionary.Dim(0)), factor = Tensor.Scalar(weight);
        double Objective(Tensor x) => (double)exact.Objective(x.To(DType.Float64), y.To(DType.Float64), factor.To(DType.Float64));
        var least = Objective(model.Minimum(start, y, factor));
        var (zero, brief, reached) = (Objective(start), Objective(model.EncodeBriefly(start, y, factor)), Objective(model.Encode(start, y, factor)));
        context.Say(FormattableString.Invariant($"sparse coding of {y.Dim(0)} rows, objective: {zero:0.000} at zero, {brief:0.000} after 16 iterations, {reached:0.000} after 300, {least:0.000} after a long solve"));
        context.Claim(Claim.AtMost("objective after 300 iterations, above that of a long solve, relative", reached / least - 1, 1e-4, brief / least - 1));
        return least;
    }
}
