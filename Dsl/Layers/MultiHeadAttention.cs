using static Proxima.Ops;

namespace Proxima;

/// <summary>Attention of several heads side by side, between learned affine maps (Vaswani et al. 2017).</summary>
/// <param name="width">The size of the last dimension.</param>
/// <param name="heads">The number of heads, which divides it.</param>
/// <param name="isCausal">Whether position i sees the positions 0 to i only.</param>
[Network]
public partial class MultiHeadAttention(int width, int heads, bool isCausal = false)
{
    readonly Linear query = new(width, width);
    readonly Linear key = new(width, width);
    readonly Linear value = new(width, width);
    readonly Linear output = new(width, width);

    /// <summary>For each query the values, weighted by how well their keys fit.</summary>
    [return: Shape("b l width")]
    public virtual Tensor Forward([Shape("b l width")] Tensor q, [Shape("b s width")] Tensor k, [Shape("b s width")] Tensor v)
    {
        var seen = ScaledDotProductAttention(Split(query.Forward(q)), Split(key.Forward(k)), Split(value.Forward(v)), isCausal: isCausal);
        return output.Forward(Reshape(Transpose(seen, 1, 2), q.Dim(0), q.Dim(1), width));
    }

    private Tensor Split(Tensor x) => Transpose(Reshape(x, x.Dim(0), x.Dim(1), heads, width / heads), 1, 2);
}
