using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Operations that no other network calls by their names.</summary>
[Network]
public partial class FurtherOperations(int n)
{
    [return: Shape("b"), Shape("b")]
    public virtual (Tensor Sign, Tensor Size) Determinants([Shape("b 3 3")] Tensor x) => Slogdet(-1 * (MatMul(x, Transpose(x)) + 2 * Eye(3)));

    [return: Shape("")]
    public virtual Tensor DeterminantsLoss([Shape("b 3 3")] Tensor x, [Shape("b")] Tensor w)
    {
        var (sign, size) = Determinants(x);
        return Sum(sign * size * w);
    }

    [Gradient(of: nameof(DeterminantsLoss), wrt: "x")]
    public virtual partial Tensor DeterminantsGradient(Tensor x, Tensor w);

    [return: Shape("n c")]
    public virtual Tensor Lowered([Shape("n c")] Tensor x, [Shape("k c")] Tensor src, [Shape("k c", DType.Int64), Below("n")] Tensor index) => ScatterMin(x, 0, index, src);

    [return: Shape("b n 2")]
    public virtual Tensor Conjugated([Shape("b n 2")] Tensor x) => ComplexMul(x, ComplexConj(x + 1));

    [return: Shape("b 2 l/2"), Shape("b 2 3")]
    public virtual (Tensor Largest, Tensor Parts) Pooled([Shape("b 2 l")] Tensor x) => (MaxPool1d(x, 2), AdaptiveAvgPool1d(x, 3));

    [return: Shape("b n")]
    public virtual Tensor Masked([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("n b")] Tensor z) =>
        Softmax(ApplyMask(x, LogicalOr(LogicalAnd(GreaterEqual(x, y), LessEqual(y, x)), LogicalAnd(Less(x, y), LogicalNot(Greater(x, y + 1))))), -1) * ReshapeAs(z, x);
}
