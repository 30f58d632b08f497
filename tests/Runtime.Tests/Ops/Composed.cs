using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Functions that are made of others, several to a method.</summary>
[Network]
public partial class ComposedFunctions
{
    [return: Shape("4 b n")]
    public virtual Tensor Trigonometry([Shape("b n")] Tensor x) => Stack([Tan(0.4 * x), Atan(x), Asin(0.2 * x), Acos(0.2 * x)]);

    [return: Shape("")]
    public virtual Tensor TrigonometryLoss([Shape("b n")] Tensor x, [Shape("4 b n")] Tensor t) => Sum(Trigonometry(x) * t);

    [Gradient(of: nameof(TrigonometryLoss), wrt: "x")]
    public virtual partial Tensor TrigonometryGradient(Tensor x, Tensor t);

    [return: Shape("5 b n")]
    public virtual Tensor Hyperbolic([Shape("b n")] Tensor x) => Stack([Sinh(x), Cosh(x), Expm1(x), Exp2(x), Sinc(x)]);

    [return: Shape("")]
    public virtual Tensor HyperbolicLoss([Shape("b n")] Tensor x, [Shape("5 b n")] Tensor t) => Sum(Hyperbolic(x) * t);

    [Gradient(of: nameof(HyperbolicLoss), wrt: "x")]
    public virtual partial Tensor HyperbolicGradient(Tensor x, Tensor t);

    [return: Shape("3 b n")]
    public virtual Tensor Angles([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Stack([Atan2(x, y), Hypot(x, y), Lerp(x, y, 0.3)]);

    [return: Shape("")]
    public virtual Tensor AnglesLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("3 b n")] Tensor t) => Sum(Angles(x, y) * t);

    [Gradient(of: nameof(AnglesLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) AnglesGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("5 b n")]
    public virtual Tensor Rounding([Shape("b n")] Tensor x) => Stack([Ceil(x), Trunc(x), Round(2 * x), Frac(x), Remainder(x, 0.7)]);

    [return: Shape("")]
    public virtual Tensor RoundingLoss([Shape("b n")] Tensor x, [Shape("5 b n")] Tensor t) => Sum(Rounding(x) * t);

    [Gradient(of: nameof(RoundingLoss), wrt: "x")]
    public virtual partial Tensor RoundingGradient(Tensor x, Tensor t);

    [return: Shape("5 b n")]
    public virtual Tensor Units([Shape("b n")] Tensor x) => Stack([LeakyRelu(x, 0.1), Elu(x), Celu(x, 0.5), Selu(x), Softsign(x)]);

    [return: Shape("")]
    public virtual Tensor UnitsLoss([Shape("b n")] Tensor x, [Shape("5 b n")] Tensor t) => Sum(Units(x) * t);

    [Gradient(of: nameof(UnitsLoss), wrt: "x")]
    public virtual partial Tensor UnitsGradient(Tensor x, Tensor t);

    [return: Shape("6 b n")]
    public virtual Tensor HardUnits([Shape("b n")] Tensor x) => Stack([Hardtanh(x, -0.7, 0.9), Relu6(4 * x), Hardsigmoid(x), Hardswish(x), LogSigmoid(x), Mish(x)]);

    [return: Shape("")]
    public virtual Tensor HardUnitsLoss([Shape("b n")] Tensor x, [Shape("6 b n")] Tensor t) => Sum(HardUnits(x) * t);

    [Gradient(of: nameof(HardUnitsLoss), wrt: "x")]
    public virtual partial Tensor HardUnitsGradient(Tensor x, Tensor t);

    [return: Shape("b c n")]
    public virtual Tensor ChannelUnits([Shape("b c n")] Tensor x, [Shape("c")] Tensor slope) => PRelu(x, slope);

    [return: Shape("")]
    public virtual Tensor ChannelUnitsLoss([Shape("b c n")] Tensor x, [Shape("c")] Tensor slope, [Shape("b c n")] Tensor t) => Sum(ChannelUnits(x, slope) * t);

    [Gradient(of: nameof(ChannelUnitsLoss), wrt: "x, slope")]
    public virtual partial (Tensor X, Tensor Slope) ChannelUnitsGradient(Tensor x, Tensor slope, Tensor t);

    [return: Shape("b n")]
    public virtual Tensor Kinds([Shape("b n")] Tensor x) => Where(IsNan(x), 1.0, 0.0) + Where(IsInf(x), 2.0, 0.0) + Where(IsFinite(x), 4.0, 0.0);
}

/// <summary>Logarithms of positive numbers.</summary>
[Network, Positive]
public partial class ComposedLogarithms
{
    [return: Shape("3 b n")]
    public virtual Tensor Logarithms([Shape("b n")] Tensor x) => Stack([Log1p(x), Log2(x), Log10(x)]);

    [return: Shape("")]
    public virtual Tensor LogarithmsLoss([Shape("b n")] Tensor x, [Shape("3 b n")] Tensor t) => Sum(Logarithms(x) * t);

    [Gradient(of: nameof(LogarithmsLoss), wrt: "x")]
    public virtual partial Tensor LogarithmsGradient(Tensor x, Tensor t);
}

/// <summary>Norms, products and positions.</summary>
[Network]
public partial class ComposedReductions
{
    [return: Shape("5 a b")]
    public virtual Tensor Norms([Shape("a b c")] Tensor x) => Stack([Norm(x, 2, -1), Norm(x, 1, -1), Norm(x, 3, -1), Norm(x, double.PositiveInfinity, -1), StandardDeviation(x, -1, correction: 0)]);

    [return: Shape("")]
    public virtual Tensor NormsLoss([Shape("a b c")] Tensor x, [Shape("5 a b")] Tensor t) => Sum(Norms(x) * t);

    [Gradient(of: nameof(NormsLoss), wrt: "x")]
    public virtual partial Tensor NormsGradient(Tensor x, Tensor t);

    [return: Shape("a c")]
    public virtual Tensor Factors([Shape("a b c")] Tensor x) => Prod(x, 1);

    [return: Shape("")]
    public virtual Tensor FactorsLoss([Shape("a b c")] Tensor x, [Shape("a c")] Tensor t) => Sum(Factors(x) * t);

    [Gradient(of: nameof(FactorsLoss), wrt: "x")]
    public virtual partial Tensor FactorsGradient(Tensor x, Tensor t);

    [return: Shape("")]
    public virtual Tensor Factor([Shape("a 3")] Tensor x) => Prod(x) + Norm(x);

    [return: Shape("")]
    public virtual Tensor FactorLoss([Shape("a 3")] Tensor x, [Shape("")] Tensor t) => Sum(Factor(x) * t);

    [Gradient(of: nameof(FactorLoss), wrt: "x")]
    public virtual partial Tensor FactorGradient(Tensor x, Tensor t);

    [return: Shape("a c", DType.Int64)]
    public virtual Tensor Smallest([Shape("a b c")] Tensor x) => ArgMin(x, 1);

    [return: Shape("a c", DType.Bool)]
    [return: Shape("a b 1", DType.Bool)]
    public virtual (Tensor Some, Tensor Every) Truths([Shape("a b c")] Tensor x) => (Any(x > 1, 1), All(x > -1, -1, keepDim: true));
}

/// <summary>Equations of indices.</summary>
[Network]
public partial class Equations
{
    [return: Shape("b n m")]
    public virtual Tensor Batched([Shape("b k n")] Tensor x, [Shape("b m k")] Tensor y) => Einsum("bkn,bmk->bnm", x, y);

    [return: Shape("")]
    public virtual Tensor BatchedLoss([Shape("b k n")] Tensor x, [Shape("b m k")] Tensor y, [Shape("b n m")] Tensor t) => Sum(Batched(x, y) * t);

    [Gradient(of: nameof(BatchedLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BatchedGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("n c")]
    public virtual Tensor Chained([Shape("a n")] Tensor x, [Shape("a b")] Tensor y, [Shape("c b")] Tensor z) => Einsum("an,ab,cb->nc", x, y, z);

    [return: Shape("")]
    public virtual Tensor ChainedLoss([Shape("a n")] Tensor x, [Shape("a b")] Tensor y, [Shape("c b")] Tensor z, [Shape("n c")] Tensor t) => Sum(Chained(x, y, z) * t);

    [Gradient(of: nameof(ChainedLoss), wrt: "x, y, z")]
    public virtual partial (Tensor X, Tensor Y, Tensor Z) ChainedGradient(Tensor x, Tensor y, Tensor z, Tensor t);

    [return: Shape("n")]
    public virtual Tensor Diagonal([Shape("n n")] Tensor x, [Shape("n")] Tensor y) => Einsum("ii,i->i", x, y) + Einsum("ij->i", x) + Einsum("i,i", y, y);

    [return: Shape("")]
    public virtual Tensor DiagonalLoss([Shape("n n")] Tensor x, [Shape("n")] Tensor y, [Shape("n")] Tensor t) => Sum(Diagonal(x, y) * t);

    [Gradient(of: nameof(DiagonalLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) DiagonalGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("n m")]
    public virtual Tensor Outer([Shape("n")] Tensor x, [Shape("m k")] Tensor y) => Einsum("i,jk->ij", x, y);

    [return: Shape("")]
    public virtual Tensor OuterLoss([Shape("n")] Tensor x, [Shape("m k")] Tensor y, [Shape("n m")] Tensor t) => Sum(Outer(x, y) * t);

    [Gradient(of: nameof(OuterLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) OuterGradient(Tensor x, Tensor y, Tensor t);
}

/// <summary>Losses.</summary>
[Network]
public partial class ComposedLosses
{
    [return: Shape("")]
    public virtual Tensor Absolute([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => L1Loss(x, y);

    [return: Shape("")]
    public virtual Tensor AbsoluteLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("")] Tensor t) => Sum(Absolute(x, y) * t);

    [Gradient(of: nameof(AbsoluteLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) AbsoluteGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("")]
    public virtual Tensor Robust([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => HuberLoss(x, y, 0.7);

    [return: Shape("")]
    public virtual Tensor RobustLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("")] Tensor t) => Sum(Robust(x, y) * t);

    [Gradient(of: nameof(RobustLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) RobustGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("")]
    public virtual Tensor Binary([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => BinaryCrossEntropyWithLogits(x, Sigmoid(y));

    [return: Shape("")]
    public virtual Tensor BinaryLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("")] Tensor t) => Sum(Binary(x, y) * t);

    [Gradient(of: nameof(BinaryLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) BinaryGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("")]
    public virtual Tensor Divergence([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => KlDivergence(LogSoftmax(x), Softmax(y));

    [return: Shape("")]
    public virtual Tensor DivergenceLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, [Shape("")] Tensor t) => Sum(Divergence(x, y) * t);

    [Gradient(of: nameof(DivergenceLoss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) DivergenceGradient(Tensor x, Tensor y, Tensor t);

    [return: Shape("")]
    public virtual Tensor Likelihood([Shape("b n")] Tensor x, [Shape("b", DType.Int64), Below("n")] Tensor target) => NllLoss(LogSoftmax(x), target);

    [Gradient(of: nameof(Likelihood), wrt: "x")]
    public virtual partial Tensor LikelihoodGradient(Tensor x, Tensor target);
}

/// <summary>Normalisation and attention.</summary>
[Network]
public partial class Normalisations
{
    [return: Shape("b 3 l")]
    public virtual Tensor OfBatch([Shape("b 3 l")] Tensor x, [Shape("3")] Tensor weight, [Shape("3")] Tensor bias) => BatchNorm(x, weight: weight, bias: bias);

    [return: Shape("")]
    public virtual Tensor OfBatchLoss([Shape("b 3 l")] Tensor x, [Shape("3")] Tensor weight, [Shape("3")] Tensor bias, [Shape("b 3 l")] Tensor t) => Sum(OfBatch(x, weight, bias) * t);

    [Gradient(of: nameof(OfBatchLoss), wrt: "x, weight, bias")]
    public virtual partial (Tensor X, Tensor Weight, Tensor Bias) OfBatchGradient(Tensor x, Tensor weight, Tensor bias, Tensor t);

    [return: Shape("b 3 h w")]
    public virtual Tensor OfBatchByMoments([Shape("b 3 h w")] Tensor x, [Shape("3")] Tensor mean, [Shape("3")] Tensor spread, [Shape("3")] Tensor weight, [Shape("3")] Tensor bias) => BatchNorm(x, mean, Square(spread), weight, bias);

    [return: Shape("")]
    public virtual Tensor OfBatchByMomentsLoss([Shape("b 3 h w")] Tensor x, [Shape("3")] Tensor mean, [Shape("3")] Tensor spread, [Shape("3")] Tensor weight, [Shape("3")] Tensor bias, [Shape("b 3 h w")] Tensor t) => Sum(OfBatchByMoments(x, mean, spread, weight, bias) * t);

    [Gradient(of: nameof(OfBatchByMomentsLoss), wrt: "x, mean, spread, weight, bias")]
    public virtual partial (Tensor X, Tensor Mean, Tensor Spread, Tensor Weight, Tensor Bias) OfBatchByMomentsGradient(Tensor x, Tensor mean, Tensor spread, Tensor weight, Tensor bias, Tensor t);

    [return: Shape("b 4 l")]
    public virtual Tensor OfGroups([Shape("b 4 l")] Tensor x, [Shape("4")] Tensor weight, [Shape("4")] Tensor bias) => GroupNorm(x, 2, weight, bias);

    [return: Shape("")]
    public virtual Tensor OfGroupsLoss([Shape("b 4 l")] Tensor x, [Shape("4")] Tensor weight, [Shape("4")] Tensor bias, [Shape("b 4 l")] Tensor t) => Sum(OfGroups(x, weight, bias) * t);

    [Gradient(of: nameof(OfGroupsLoss), wrt: "x, weight, bias")]
    public virtual partial (Tensor X, Tensor Weight, Tensor Bias) OfGroupsGradient(Tensor x, Tensor weight, Tensor bias, Tensor t);

    [return: Shape("b c l")]
    public virtual Tensor OfInstances([Shape("b c l")] Tensor x) => InstanceNorm(x);

    [return: Shape("")]
    public virtual Tensor OfInstancesLoss([Shape("b c l")] Tensor x, [Shape("b c l")] Tensor t) => Sum(OfInstances(x) * t);

    [Gradient(of: nameof(OfInstancesLoss), wrt: "x")]
    public virtual partial Tensor OfInstancesGradient(Tensor x, Tensor t);

    [return: Shape("b n")]
    public virtual Tensor OfLayers([Shape("b n")] Tensor x, [Shape("n")] Tensor weight, [Shape("n")] Tensor bias) => LayerNorm(x, weight, bias) + RmsNorm(x, weight);

    [return: Shape("")]
    public virtual Tensor OfLayersLoss([Shape("b n")] Tensor x, [Shape("n")] Tensor weight, [Shape("n")] Tensor bias, [Shape("b n")] Tensor t) => Sum(OfLayers(x, weight, bias) * t);

    [Gradient(of: nameof(OfLayersLoss), wrt: "x, weight, bias")]
    public virtual partial (Tensor X, Tensor Weight, Tensor Bias) OfLayersGradient(Tensor x, Tensor weight, Tensor bias, Tensor t);

    [return: Shape("b l e")]
    public virtual Tensor Attention([Shape("b l d")] Tensor q, [Shape("b s d")] Tensor k, [Shape("b s e")] Tensor v) => ScaledDotProductAttention(q, k, v);

    [return: Shape("")]
    public virtual Tensor AttentionLoss([Shape("b l d")] Tensor q, [Shape("b s d")] Tensor k, [Shape("b s e")] Tensor v, [Shape("b l e")] Tensor t) => Sum(Attention(q, k, v) * t);

    [Gradient(of: nameof(AttentionLoss), wrt: "q, k, v")]
    public virtual partial (Tensor Q, Tensor K, Tensor V) AttentionGradient(Tensor q, Tensor k, Tensor v, Tensor t);

    [return: Shape("2 l l")]
    public virtual Tensor CausalAttention([Shape("2 l d")] Tensor q, [Shape("l l")] Tensor mask) => ScaledDotProductAttention(q, q, MatMul(q, Transpose(q)), mask, isCausal: true);

    [return: Shape("")]
    public virtual Tensor CausalAttentionLoss([Shape("2 l d")] Tensor q, [Shape("l l")] Tensor mask, [Shape("2 l l")] Tensor t) => Sum(CausalAttention(q, mask) * t);

    [Gradient(of: nameof(CausalAttentionLoss), wrt: "q, mask")]
    public virtual partial (Tensor Q, Tensor Mask) CausalAttentionGradient(Tensor q, Tensor mask, Tensor t);
}

/// <summary>Layers of the library as children: convolutions and norms.</summary>
[Network]
public partial class ConvolutionLayers
{
    readonly Conv2d first = new(2, 4, 3, padding: 1);
    readonly BatchNorm2d batch = new(4);
    readonly Conv2d second = new(4, 4, 3, stride: 2, padding: 1, groups: 4);
    readonly GroupNorm group = new(2, 4);
    readonly Conv1d last = new(4, 3, 1);

    [return: Shape("b 3 _")]
    public virtual Tensor Forward([Shape("b 2 h w")] Tensor x)
    {
        x = Relu(batch.Forward(first.Forward(x)));
        x = group.Forward(second.Forward(x));
        return last.Forward(Reshape(x, x.Dim(0), 4, x.Dim(2) * x.Dim(3)));
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 2 h w")] Tensor x)
    {
        var (y, mean, variance) = batch.Train(first.Forward(x));
        return Sum(Square(Forward(x))) + Sum(Square(y) * y) + Sum(mean) + Sum(variance);
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}

/// <summary>Layers of the library as children: attention and recurrent cells.</summary>
[Network]
public partial class SequenceLayers(int width = 4)
{
    readonly MultiHeadAttention attention = new(6, 2, isCausal: true);
    readonly GruCell gru = new(6, width);
    readonly LstmCell lstm = new(width, 5);

    [return: Shape("b 5")]
    public virtual Tensor Forward([Shape("b 6 6")] Tensor x)
    {
        var y = attention.Forward(x, x, x);
        var h = Zeros(x.Dim(0), width);
        var s = Zeros(x.Dim(0), 5);
        var c = s;
        for (var t = 0; t < 6; t++)
        {
            h = gru.Forward(y[.., t], h);
            (s, c) = lstm.Forward(h, s, c);
        }
        return s;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 6 6")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
