using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Functions of one operand, smooth everywhere.</summary>
[Network]
public partial class SmoothFunctions
{
    [return: Shape("b n")]
    public virtual Tensor Exponential([Shape("b n")] Tensor x) => Exp(x);

    [return: Shape("")]
    public virtual Tensor ExponentialLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Exponential(x) * w);

    [Gradient(of: nameof(ExponentialLoss), wrt: "x")]
    public virtual partial Tensor ExponentialGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor HyperbolicTangent([Shape("b n")] Tensor x) => Tanh(x);

    [return: Shape("")]
    public virtual Tensor HyperbolicTangentLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(HyperbolicTangent(x) * w);

    [Gradient(of: nameof(HyperbolicTangentLoss), wrt: "x")]
    public virtual partial Tensor HyperbolicTangentGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Logistic([Shape("b n")] Tensor x) => Sigmoid(x);

    [return: Shape("")]
    public virtual Tensor LogisticLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Logistic(x) * w);

    [Gradient(of: nameof(LogisticLoss), wrt: "x")]
    public virtual partial Tensor LogisticGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor GaussianUnit([Shape("b n")] Tensor x) => Gelu(x);

    [return: Shape("")]
    public virtual Tensor GaussianUnitLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(GaussianUnit(x) * w);

    [Gradient(of: nameof(GaussianUnitLoss), wrt: "x")]
    public virtual partial Tensor GaussianUnitGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor SigmoidUnit([Shape("b n")] Tensor x) => Silu(x);

    [return: Shape("")]
    public virtual Tensor SigmoidUnitLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(SigmoidUnit(x) * w);

    [Gradient(of: nameof(SigmoidUnitLoss), wrt: "x")]
    public virtual partial Tensor SigmoidUnitGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor SoftRamp([Shape("b n")] Tensor x) => Softplus(x);

    [return: Shape("")]
    public virtual Tensor SoftRampLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(SoftRamp(x) * w);

    [Gradient(of: nameof(SoftRampLoss), wrt: "x")]
    public virtual partial Tensor SoftRampGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor ErrorFunction([Shape("b n")] Tensor x) => Erf(x);

    [return: Shape("")]
    public virtual Tensor ErrorFunctionLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(ErrorFunction(x) * w);

    [Gradient(of: nameof(ErrorFunctionLoss), wrt: "x")]
    public virtual partial Tensor ErrorFunctionGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Squared([Shape("b n")] Tensor x) => Square(x);

    [return: Shape("")]
    public virtual Tensor SquaredLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Squared(x) * w);

    [Gradient(of: nameof(SquaredLoss), wrt: "x")]
    public virtual partial Tensor SquaredGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Cubed([Shape("b n")] Tensor x) => Pow(x, 3);

    [return: Shape("")]
    public virtual Tensor CubedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Cubed(x) * w);

    [Gradient(of: nameof(CubedLoss), wrt: "x")]
    public virtual partial Tensor CubedGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Sine([Shape("b n")] Tensor x) => Sin(x);

    [return: Shape("")]
    public virtual Tensor SineLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Sine(x) * w);

    [Gradient(of: nameof(SineLoss), wrt: "x")]
    public virtual partial Tensor SineGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Cosine([Shape("b n")] Tensor x) => Cos(x);

    [return: Shape("")]
    public virtual Tensor CosineLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Cosine(x) * w);

    [Gradient(of: nameof(CosineLoss), wrt: "x")]
    public virtual partial Tensor CosineGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Opposite([Shape("b n")] Tensor x) => -x;

    [return: Shape("")]
    public virtual Tensor OppositeLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Opposite(x) * w);

    [Gradient(of: nameof(OppositeLoss), wrt: "x")]
    public virtual partial Tensor OppositeGradient(Tensor x, Tensor w);
}

/// <summary>Functions of one operand with kinks or steps.</summary>
[Network]
public partial class KinkedFunctions
{
    [return: Shape("b n")]
    public virtual Tensor Magnitude([Shape("b n")] Tensor x) => Abs(x);

    [return: Shape("")]
    public virtual Tensor MagnitudeLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Magnitude(x) * w);

    [Gradient(of: nameof(MagnitudeLoss), wrt: "x")]
    public virtual partial Tensor MagnitudeGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor SignOf([Shape("b n")] Tensor x) => Sign(x);

    [return: Shape("")]
    public virtual Tensor SignOfLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(SignOf(x) * w);

    [Gradient(of: nameof(SignOfLoss), wrt: "x")]
    public virtual partial Tensor SignOfGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Ramp([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("")]
    public virtual Tensor RampLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Ramp(x) * w);

    [Gradient(of: nameof(RampLoss), wrt: "x")]
    public virtual partial Tensor RampGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Limited([Shape("b n")] Tensor x) => Clamp(x, -0.5, 0.75);

    [return: Shape("")]
    public virtual Tensor LimitedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Limited(x) * w);

    [Gradient(of: nameof(LimitedLoss), wrt: "x")]
    public virtual partial Tensor LimitedGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Above([Shape("b n")] Tensor x) => Clamp(x, min: 0.25);

    [return: Shape("")]
    public virtual Tensor AboveLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Above(x) * w);

    [Gradient(of: nameof(AboveLoss), wrt: "x")]
    public virtual partial Tensor AboveGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Whole([Shape("b n")] Tensor x) => Floor(x * 3);

    [return: Shape("")]
    public virtual Tensor WholeLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Whole(x) * w);

    [Gradient(of: nameof(WholeLoss), wrt: "x")]
    public virtual partial Tensor WholeGradient(Tensor x, Tensor w);
}

/// <summary>Functions of one positive operand.</summary>
[Network]
[Positive]
public partial class PositiveFunctions
{
    [return: Shape("b n")]
    public virtual Tensor Logarithm([Shape("b n")] Tensor x) => Log(x);

    [return: Shape("")]
    public virtual Tensor LogarithmLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Logarithm(x) * w);

    [Gradient(of: nameof(LogarithmLoss), wrt: "x")]
    public virtual partial Tensor LogarithmGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Root([Shape("b n")] Tensor x) => Sqrt(x);

    [return: Shape("")]
    public virtual Tensor RootLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Root(x) * w);

    [Gradient(of: nameof(RootLoss), wrt: "x")]
    public virtual partial Tensor RootGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor InverseRoot([Shape("b n")] Tensor x) => Rsqrt(x);

    [return: Shape("")]
    public virtual Tensor InverseRootLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(InverseRoot(x) * w);

    [Gradient(of: nameof(InverseRootLoss), wrt: "x")]
    public virtual partial Tensor InverseRootGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Inverse([Shape("b n")] Tensor x) => Reciprocal(x);

    [return: Shape("")]
    public virtual Tensor InverseLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Inverse(x) * w);

    [Gradient(of: nameof(InverseLoss), wrt: "x")]
    public virtual partial Tensor InverseGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Fractional([Shape("b n")] Tensor x) => Pow(x, 2.5);

    [return: Shape("")]
    public virtual Tensor FractionalLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Fractional(x) * w);

    [Gradient(of: nameof(FractionalLoss), wrt: "x")]
    public virtual partial Tensor FractionalGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Power([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Pow(x, y);

    [return: Shape("")]
    public virtual Tensor PowerLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Power(x, y) * w);

    [Gradient(of: nameof(PowerLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) PowerGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor PowerOfNumber([Shape("b n")] Tensor x) => Pow(1.5, x);

    [return: Shape("")]
    public virtual Tensor PowerOfNumberLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(PowerOfNumber(x) * w);

    [Gradient(of: nameof(PowerOfNumberLoss), wrt: "x")]
    public virtual partial Tensor PowerOfNumberGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Quotient([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => x / y;

    [return: Shape("")]
    public virtual Tensor QuotientLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Quotient(x, y) * w);

    [Gradient(of: nameof(QuotientLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) QuotientGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor NumberOverTensor([Shape("b n")] Tensor x) => 2 / x;

    [return: Shape("")]
    public virtual Tensor NumberOverTensorLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(NumberOverTensor(x) * w);

    [Gradient(of: nameof(NumberOverTensorLoss), wrt: "x")]
    public virtual partial Tensor NumberOverTensorGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor TensorOverNumber([Shape("b n")] Tensor x) => x / 3;

    [return: Shape("")]
    public virtual Tensor TensorOverNumberLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(TensorOverNumber(x) * w);

    [Gradient(of: nameof(TensorOverNumberLoss), wrt: "x")]
    public virtual partial Tensor TensorOverNumberGradient(Tensor x, Tensor w);
}

/// <summary>Functions of two operands, of equal shapes and broadcast.</summary>
[Network]
public partial class BinaryFunctions
{
    [return: Shape("b n")]
    public virtual Tensor Plus([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => x + y;

    [return: Shape("")]
    public virtual Tensor PlusLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Plus(x, y) * w);

    [Gradient(of: nameof(PlusLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) PlusGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Minus([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => x - y;

    [return: Shape("")]
    public virtual Tensor MinusLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Minus(x, y) * w);

    [Gradient(of: nameof(MinusLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) MinusGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Times([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => x * y;

    [return: Shape("")]
    public virtual Tensor TimesLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Times(x, y) * w);

    [Gradient(of: nameof(TimesLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) TimesGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Reversed([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => y - x;

    [return: Shape("")]
    public virtual Tensor ReversedLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Reversed(x, y) * w);

    [Gradient(of: nameof(ReversedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ReversedGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Column([Shape("b n")] Tensor x, [Shape("b 1")] Tensor y) => x * y;

    [return: Shape("")]
    public virtual Tensor ColumnLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor y, [Shape("b n")] Tensor w) => Sum(Column(x, y) * w);

    [Gradient(of: nameof(ColumnLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ColumnGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Outer([Shape("b 1")] Tensor x, [Shape("1 n")] Tensor y) => x - y;

    [return: Shape("")]
    public virtual Tensor OuterLoss([Shape("b 1")] Tensor x, [Shape("1 n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Outer(x, y) * w);

    [Gradient(of: nameof(OuterLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) OuterGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Scalar([Shape("b n")] Tensor x, [Shape("")] Tensor y) => x * y + y;

    [return: Shape("")]
    public virtual Tensor ScalarLoss([Shape("b n")] Tensor x, [Shape("")] Tensor y, [Shape("b n")] Tensor w) => Sum(Scalar(x, y) * w);

    [Gradient(of: nameof(ScalarLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ScalarGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Least([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => Minimum(x, y);

    [return: Shape("")]
    public virtual Tensor LeastLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Least(x, y) * w);

    [Gradient(of: nameof(LeastLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) LeastGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Largest([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Maximum(x, y);

    [return: Shape("")]
    public virtual Tensor LargestLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Largest(x, y) * w);

    [Gradient(of: nameof(LargestLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) LargestGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Shrink([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => SoftThreshold(x, Abs(y));

    [return: Shape("")]
    public virtual Tensor ShrinkLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Shrink(x, y) * w);

    [Gradient(of: nameof(ShrinkLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) ShrinkGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor ShrinkByNumber([Shape("b n")] Tensor x) => SoftThreshold(x, 0.3);

    [return: Shape("")]
    public virtual Tensor ShrinkByNumberLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(ShrinkByNumber(x) * w);

    [Gradient(of: nameof(ShrinkByNumberLoss), wrt: "x")]
    public virtual partial Tensor ShrinkByNumberGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor NumbersLeft([Shape("b n")] Tensor x) => 2 * x + 1 - x * 0.25;

    [return: Shape("")]
    public virtual Tensor NumbersLeftLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(NumbersLeft(x) * w);

    [Gradient(of: nameof(NumbersLeftLoss), wrt: "x")]
    public virtual partial Tensor NumbersLeftGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Deep([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => ((x * y - x) * (x + y) + Tanh(x * y)) * (x - y) + x;

    [return: Shape("")]
    public virtual Tensor DeepLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Deep(x, y) * w);

    [Gradient(of: nameof(DeepLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) DeepGradient(Tensor x, Tensor y, Tensor w);
}

/// <summary>The six comparisons and the logic of their results, seen through Where.</summary>
[Network]
public partial class Comparisons
{
    [return: Shape("b n")]
    public virtual Tensor WhereLess([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(x < y, x, y * 2);

    [return: Shape("")]
    public virtual Tensor WhereLessLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(WhereLess(x, y) * w);

    [Gradient(of: nameof(WhereLessLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) WhereLessGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor WhereLessEqual([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => Where(x <= y, x * y, y);

    [return: Shape("")]
    public virtual Tensor WhereLessEqualLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor y, [Shape("b n")] Tensor w) => Sum(WhereLessEqual(x, y) * w);

    [Gradient(of: nameof(WhereLessEqualLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) WhereLessEqualGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor WhereGreater([Shape("b n")] Tensor x) => Where(x > 0, x, 0.1 * x);

    [return: Shape("")]
    public virtual Tensor WhereGreaterLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(WhereGreater(x) * w);

    [Gradient(of: nameof(WhereGreaterLoss), wrt: "x")]
    public virtual partial Tensor WhereGreaterGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor WhereGreaterEqual([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(x >= y, x, 1);

    [return: Shape("")]
    public virtual Tensor WhereGreaterEqualLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(WhereGreaterEqual(x, y) * w);

    [Gradient(of: nameof(WhereGreaterEqualLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) WhereGreaterEqualGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor WhereEqual([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(Equal(Sign(x), Sign(y)), x, -y);

    [return: Shape("")]
    public virtual Tensor WhereEqualLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(WhereEqual(x, y) * w);

    [Gradient(of: nameof(WhereEqualLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) WhereEqualGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor WhereNotEqual([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(NotEqual(Sign(x), 1), x, -y);

    [return: Shape("")]
    public virtual Tensor WhereNotEqualLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(WhereNotEqual(x, y) * w);

    [Gradient(of: nameof(WhereNotEqualLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) WhereNotEqualGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor And([Shape("b n")] Tensor x) => Where((x > -1) & (x < 1), x * x, 2);

    [return: Shape("")]
    public virtual Tensor AndLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(And(x) * w);

    [Gradient(of: nameof(AndLoss), wrt: "x")]
    public virtual partial Tensor AndGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Or([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where((x < -0.5) | (x > y), x, y);

    [return: Shape("")]
    public virtual Tensor OrLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Or(x, y) * w);

    [Gradient(of: nameof(OrLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) OrGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n")]
    public virtual Tensor Not([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(!(x < y), x, y);

    [return: Shape("")]
    public virtual Tensor NotLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Not(x, y) * w);

    [Gradient(of: nameof(NotLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) NotGradient(Tensor x, Tensor y, Tensor w);

    [return: Shape("b n", DType.Bool)]
    public virtual Tensor Mask([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => (x < y) | !(x > 0.5);
}
