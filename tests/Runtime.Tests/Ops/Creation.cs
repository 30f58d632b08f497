using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Tensors made from sizes and numbers, alone and in expressions.</summary>
[Network]
public partial class Creations(int n, int classes = 5)
{
    [return: Shape("n 3")]
    public virtual Tensor OnlyZeros() => Zeros(n, 3);

    [return: Shape("2 n")]
    public virtual Tensor OnlyOnes() => Ones(2, n);

    [return: Shape("n n", DType.Float64)]
    public virtual Tensor Filled() => Full([n, n], 1.0 / 3, DType.Float64);

    [return: Shape("n", DType.Int64)]
    public virtual Tensor Positions() => Arange(n);

    [return: Shape("n")]
    public virtual Tensor Steps() => Arange(1, 2 * n + 1, 2, DType.Float32) / 7;

    [return: Shape("n", DType.Int64)]
    public virtual Tensor Descending() => Arange(3 * n, 0, -3);

    [return: Shape("n n")]
    public virtual Tensor Identity() => Eye(n);

    [return: Shape("b classes", DType.Int64)]
    public virtual Tensor Indicators([Shape("b", DType.Int64), Below("classes")] Tensor k) => OneHot(k, classes);

    [return: Shape("b classes")]
    public virtual Tensor Chosen([Shape("b", DType.Int64), Below("classes")] Tensor k, [Shape("classes")] Tensor x) => OneHot(k, classes, DType.Float32) * x;

    [return: Shape("n n")]
    public virtual Tensor Triangle([Shape("n n")] Tensor x) => Where(Reshape(Arange(n), n, 1) >= Arange(n), x, 0);

    [return: Shape("n n")]
    public virtual Tensor Ridge([Shape("n n")] Tensor x) => x + 0.5 * Eye(n) - Ones(n, n) / 4 + Arange(n, DType.Float32);

    [return: Shape("")]
    public virtual Tensor RidgeLoss([Shape("n n")] Tensor x) => Sum(Square(Ridge(x)));

    [Gradient(of: nameof(RidgeLoss), wrt: "x")]
    public virtual partial Tensor RidgeGradient(Tensor x);
}
