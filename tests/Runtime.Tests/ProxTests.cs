using System.Reflection;
using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Functions whose proximal operators follow by rule, alone and composed.</summary>
[Network]
public partial class ProxPrograms
{
    [Parameter("6", Init = Init.Normal)] public partial Tensor W { get; }

    [Parameter("6", Init = Init.Normal)] public partial Tensor C { get; }

    [Parameter("", Init = 0.75)] public partial Tensor Radius { get; }

    [Parameter("2", Init = Init.Normal)] public partial Tensor Groups { get; }

    [Parameter("6 6", Init = Init.Orthogonal)] public partial Tensor Q { get; }

    [Parameter("6 3", Init = Init.Orthogonal)] public partial Tensor Narrow { get; }

    [Parameter("6 4", Init = Init.Normal)] public partial Tensor A { get; }

    private Tensor Weights() => Abs(W) + 0.25;

    private Tensor Half(Tensor x) => 0.5 * Sum(x);

    [return: Shape("")] public virtual Tensor L1([Shape("b 6")] Tensor x) => 0.75 * Sum(Abs(x));
    [Prox(of: nameof(L1))] public virtual partial Tensor L1Prox(Tensor x, float step);

    [return: Shape("")] public virtual Tensor ByNorm([Shape("b 6")] Tensor x) => Norm(x, 1) / 2 + 3;
    [Prox(of: nameof(ByNorm))] public virtual partial Tensor ByNormProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor Weighted([Shape("b 6")] Tensor x) => Sum((Abs(W) + 0.25) * Abs(x));
    [Prox(of: nameof(Weighted))] public virtual partial Tensor WeightedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor WeightsGiven([Shape("b 6")] Tensor x, [Shape("6")] Tensor w) => Sum(Exp(w) * Abs(x)) + Sum(Abs(w));
    [Prox(of: nameof(WeightsGiven))] public virtual partial Tensor WeightsGivenProx(Tensor x, Tensor w, float step);

    [return: Shape("")] public virtual Tensor Moved([Shape("b 6")] Tensor x) => Sum(Abs(2 * x + 1));
    [Prox(of: nameof(Moved))] public virtual partial Tensor MovedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Scaled([Shape("b 6")] Tensor x) => Sum(Abs(C - W * x)) / 4;
    [Prox(of: nameof(Scaled))] public virtual partial Tensor ScaledProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Tilted([Shape("b 6")] Tensor x) => Sum(Abs(x)) + Sum(C * x) - Sum(MatMul(x, A)) / 8;
    [Prox(of: nameof(Tilted))] public virtual partial Tensor TiltedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Ridge([Shape("b 6")] Tensor x) => Sum(Abs(x)) + 0.5 * Sum(Square(x - C));
    [Prox(of: nameof(Ridge))] public virtual partial Tensor RidgeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor WeightedRidge([Shape("b 6")] Tensor x) => Sum(Abs(x - 1)) + Sum(Square(W) * Square(x - C)) + Sum(Square(x[.., 1..3]));
    [Prox(of: nameof(WeightedRidge))] public virtual partial Tensor WeightedRidgeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor OnlySquares([Shape("b 6")] Tensor x) => Sum(Square(3 * x - C)) + Sum(x);
    [Prox(of: nameof(OnlySquares))] public virtual partial Tensor OnlySquaresProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Elastic([Shape("b 6")] Tensor x) => Sum(ElasticNet.Value(x, 0.5f, 0.25f));
    [Prox(of: nameof(Elastic))] public virtual partial Tensor ElasticProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor ElasticByHand([Shape("b 6")] Tensor x) => Sum(0.5 * Abs(x) + 0.125 * Square(x));
    [Prox(of: nameof(ElasticByHand))] public virtual partial Tensor ElasticByHandProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Robust([Shape("b 6")] Tensor x) => Sum(Huber.Value(x - C, Radius));
    [Prox(of: nameof(Robust))] public virtual partial Tensor RobustProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RobustByHand([Shape("b 6")] Tensor x) => Sum(Where(Abs(x) <= 0.5, 0.5 * Square(x), 0.5 * (Abs(x) - 0.25)));
    [Prox(of: nameof(RobustByHand))] public virtual partial Tensor RobustByHandProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RobustOne([Shape("b 6")] Tensor x) => Sum(Huber.Value(x, 1f));
    [Prox(of: nameof(RobustOne))] public virtual partial Tensor RobustOneProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Quantile([Shape("b 6")] Tensor x) => Sum(Pinball.Value(x[.., ..3] - 1, -0.25f, 0.75f)) + Sum(BerHu.Value(x[.., 3..], 0.5f));
    [Prox(of: nameof(Quantile))] public virtual partial Tensor QuantileProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Margin([Shape("b 6")] Tensor x) => Sum(Relu(1 - W * x));
    [Prox(of: nameof(Margin))] public virtual partial Tensor MarginProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Counts([Shape("b 6")] Tensor x) => Sum(x - Square(C) * Log(x));
    [Prox(of: nameof(Counts))] public virtual partial Tensor CountsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor CountsOfCatalogue([Shape("b 6")] Tensor x) => Sum(Poisson.Value(2 * x, Square(C)));
    [Prox(of: nameof(CountsOfCatalogue))] public virtual partial Tensor CountsOfCatalogueProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Barrier([Shape("b 6")] Tensor x) => -Sum(Log(3 - x));
    [Prox(of: nameof(Barrier))] public virtual partial Tensor BarrierProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Nonnegative([Shape("b 6")] Tensor x) => Sum(Abs(x)) + Sum(NonnegativeOrthant.Value(x));
    [Prox(of: nameof(Nonnegative))] public virtual partial Tensor NonnegativeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Boxed([Shape("b 6")] Tensor x) => Sum(Box.Value(x, -0.5f, Radius)) + Sum(Huber.Value(x, 0.25f)) + Sum(Square(x)) / 2;
    [Prox(of: nameof(Boxed))] public virtual partial Tensor BoxedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor SparseGroup([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(Weights() * Abs(x)) / 2;
    [Prox(of: nameof(SparseGroup))] public virtual partial Tensor SparseGroupProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor NonnegativeGroup([Shape("b 6")] Tensor x) => Sum(Norm(x, 2, dim: 1)) + Sum(NonnegativeOrthant.Value(x)) + Sum(Abs(x)) / 2;
    [Prox(of: nameof(NonnegativeGroup))] public virtual partial Tensor NonnegativeGroupProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Grouped([Shape("b 6")] Tensor x) => Sum((Abs(Groups) + 0.1) * L2Norm.Value(Reshape(x - C, x.Dim(0), 2, 3)));
    [Prox(of: nameof(Grouped))] public virtual partial Tensor GroupedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor GroupedRidge([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(2 * x)) + 0.5 * Sum(Square(x - C));
    [Prox(of: nameof(GroupedRidge))] public virtual partial Tensor GroupedRidgeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Columns([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(Transpose(x)));
    [Prox(of: nameof(Columns))] public virtual partial Tensor ColumnsProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor Rows([Shape("b 6")] Tensor x) => Sum(Abs(x), dim: 1) + Norm(x, 2, dim: 1);
    [Prox(of: nameof(Rows))] public virtual partial Tensor RowsProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor LargestSize([Shape("b 6")] Tensor x) => Sum(Max(Abs(x - C), dim: 1));
    [Prox(of: nameof(LargestSize))] public virtual partial Tensor LargestSizeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Largest([Shape("b 6")] Tensor x) => Sum(LargestElement.Value(3 * x));
    [Prox(of: nameof(Largest))] public virtual partial Tensor LargestProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Probabilities([Shape("b 6")] Tensor x) => Sum(Simplex.Value(x, 1f)) + Sum(C * x);
    [Prox(of: nameof(Probabilities))] public virtual partial Tensor ProbabilitiesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor ShiftedSimplex([Shape("b 6")] Tensor x) => Sum(Simplex.Value(x + C, Radius));
    [Prox(of: nameof(ShiftedSimplex))] public virtual partial Tensor ShiftedSimplexProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Ball([Shape("b 6")] Tensor x) => Sum(L1Ball.Value(2 * x, Radius));
    [Prox(of: nameof(Ball))] public virtual partial Tensor BallProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RoundBall([Shape("b 6")] Tensor x, [Shape("b")] Tensor radius) => Sum(L2Ball.Value(x - C, Unsqueeze(Abs(radius) + 0.25, -1)));
    [Prox(of: nameof(RoundBall))] public virtual partial Tensor RoundBallProx(Tensor x, Tensor radius, float step);

    [return: Shape("")] public virtual Tensor OneSide([Shape("b 6")] Tensor x) => Sum(Halfspace.Value(x, W, 0.25f)) + Sum(Square(x));
    [Prox(of: nameof(OneSide))] public virtual partial Tensor OneSideProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Plane([Shape("b 6")] Tensor x) => Sum(Hyperplane.Value(x, W, Radius));
    [Prox(of: nameof(Plane))] public virtual partial Tensor PlaneProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Equations([Shape("b 6")] Tensor x, [Shape("b 4")] Tensor y) => Sum(AffineSet.Value(x, Transpose(A), y));
    [Prox(of: nameof(Equations))] public virtual partial Tensor EquationsProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor Cone([Shape("b 6")] Tensor x) => Sum(SecondOrderCone.Value(x)) + Sum(Square(x - C));
    [Prox(of: nameof(Cone))] public virtual partial Tensor ConeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Rotated([Shape("b 6")] Tensor x) => Sum(Abs(MatMul(x, Q)));
    [Prox(of: nameof(Rotated), Tight = "Q")] public virtual partial Tensor RotatedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RotatedBack([Shape("b 6")] Tensor x) => Sum(Weights() * Abs(3 * MatMul(x, Transpose(Q)) - C)) + Sum(Square(x));
    [Prox(of: nameof(RotatedBack), Tight = "Q")] public virtual partial Tensor RotatedBackProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Frame([Shape("b 6")] Tensor x) => Sum(Abs(MatMul(2 * x, Narrow) - 0.5));
    [Prox(of: nameof(Frame), Tight = "Narrow")] public virtual partial Tensor FrameProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FrameGroup([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(MatMul(x, Narrow))) + 0.5 * Sum(Square(x - C));
    [Prox(of: nameof(FrameGroup), Tight = "Narrow")] public virtual partial Tensor FrameGroupProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Totals([Shape("b 6")] Tensor x) => Sum(Abs(Sum(x, dim: 1) - 1)) + Sum(Square(W) * Square(x));
    [Prox(of: nameof(Totals))] public virtual partial Tensor TotalsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Means([Shape("b 6")] Tensor x) => Sum(Huber.Value(Mean(W * x, dim: 1), 0.25f));
    [Prox(of: nameof(Means))] public virtual partial Tensor MeansProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Blocks([Shape("b 6")] Tensor x) => Sum(Abs(x[.., ..2])) + Sum(L2Norm.Value(2 * x[.., 2..] - 1));
    [Prox(of: nameof(Blocks))] public virtual partial Tensor BlocksProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BlocksOf([Shape("b 6")] Tensor x) => Sum(Abs(x[.., ..2] + 1)) + Sum(Max(x[.., 3..], dim: -1)) + Half(Square(x - C)) + Half(C * x);
    [Prox(of: nameof(BlocksOf))] public virtual partial Tensor BlocksOfProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Fit([Shape("b 6")] Tensor x, [Shape("b 4")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));
    [Prox(of: nameof(Fit))] public virtual partial Tensor FitProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor FitRidge([Shape("b 6")] Tensor x, [Shape("b 4")] Tensor y) => Sum(Square(y - 2 * MatMul(x, A))) / 3 + Sum(Square(x - C)) + Sum(C * x);
    [Prox(of: nameof(FitRidge))] public virtual partial Tensor FitRidgeProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor FitVector([Shape("6")] Tensor x, [Shape("4")] Tensor y) => 0.5 * Sum(Square(MatMul(Transpose(A), x) - y));
    [Prox(of: nameof(FitVector))] public virtual partial Tensor FitVectorProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor LowRank([Shape("b 4 3")] Tensor x) => Sum(NuclearNorm.Value(2 * x)) + Sum(Square(x));
    [Prox(of: nameof(LowRank))] public virtual partial Tensor LowRankProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor LowRankWide([Shape("b 3 4")] Tensor x) => Sum(NuclearNorm.Value(Transpose(x)));
    [Prox(of: nameof(LowRankWide))] public virtual partial Tensor LowRankWideProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Sparse([Shape("b 6")] Tensor x) => 0.25 * Sum(Cardinality.Value(x - C)) + Sum(Square(x)) / 2;
    [Prox(of: nameof(Sparse))] public virtual partial Tensor SparseProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Concave([Shape("b 6")] Tensor x) => Sum(Mcp.Value(x[.., ..3], 0.5f, 2f)) + Sum(Scad.Value(2 * x[.., 3..], Radius, 12f));
    [Prox(of: nameof(Concave))] public virtual partial Tensor ConcaveProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FitHalved([Shape("b 6")] Tensor x, [Shape("b 4")] Tensor y) => 3 * Sum(0.5 * Square(x - C)) + 0.5 * Sum(Square(y - MatMul(x, A)));
    [Prox(of: nameof(FitHalved))] public virtual partial Tensor FitHalvedProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor SquaredTotals([Shape("b 6")] Tensor x) => 0.5 * Sum(Square(Sum(x, dim: 1) - 1)) + Sum(Square(W) * Square(x - C));
    [Prox(of: nameof(SquaredTotals))] public virtual partial Tensor SquaredTotalsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Flattened([Shape("3 2")] Tensor x, [Shape("4")] Tensor y) => AffineSet.Value(Reshape(x, 6), Transpose(A), y);
    [Prox(of: nameof(Flattened))] public virtual partial Tensor FlattenedProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor Difference([Shape("2 6")] Tensor x) => L2Norm.Value(x[0] - x[1]);
    [Prox(of: nameof(Difference))] public virtual partial Tensor DifferenceProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Pairs([Shape("b 6")] Tensor x)
    {
        var pairs = Reshape(x, x.Dim(0), 3, 2);
        return Sum(Abs(2 * pairs[.., .., 0] - pairs[.., .., 1] + 1)) + 0.5 * Sum(Square(x - C));
    }
    [Prox(of: nameof(Pairs))] public virtual partial Tensor PairsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Alternate([Shape("b 6")] Tensor x) => Sum(Abs(Slice(x, 1, 0, 6, 2))) + Sum(L2Norm.Value(Slice(x, 1, 1, 6, 2)));
    [Prox(of: nameof(Alternate))] public virtual partial Tensor AlternateProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor LastFirst([Shape("b 6")] Tensor x) => Sum(SecondOrderCone.Value(Concat([x[.., 5..], x[.., ..5]], dim: 1)));
    [Prox(of: nameof(LastFirst))] public virtual partial Tensor LastFirstProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor NormInCone([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(SecondOrderCone.Value(x));
    [Prox(of: nameof(NormInCone))] public virtual partial Tensor NormInConeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BallInOrder([Shape("b 6")] Tensor x) => Sum(MonotoneCone.Value(x - C)) + Sum(L2Ball.Value(x - C, Radius));
    [Prox(of: nameof(BallInOrder))] public virtual partial Tensor BallInOrderProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BallOfNorms([Shape("b 6")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(L2Ball.Value(x, Radius)) + Sum(NonnegativeOrthant.Value(x)) + Sum(Abs(x)) / 4;
    [Prox(of: nameof(BallOfNorms))] public virtual partial Tensor BallOfNormsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Fused([Shape("b 6")] Tensor x) => Sum(TotalVariation.Value(x)) + Sum(Abs(x)) / 4 + 0.5 * Sum(Square(x - C));
    [Prox(of: nameof(Fused))] public virtual partial Tensor FusedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FusedOfColumns([Shape("b 6")] Tensor x) => Sum(Exp(W) * TotalVariation.Value(Transpose(x)));
    [Prox(of: nameof(FusedOfColumns))] public virtual partial Tensor FusedOfColumnsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor OrderedWithin([Shape("b 6")] Tensor x) => Sum(MonotoneCone.Value(x)) + Sum(Huber.Value(x, 0.5f)) + Sum(Box.Value(x, -1f, 0.5f));
    [Prox(of: nameof(OrderedWithin))] public virtual partial Tensor OrderedWithinProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor LargestThree([Shape("b 6")] Tensor x) => Sum(SumOfLargest.Value(x[.., ..4], 2f)) + Sum(SumOfLargestMagnitudes.Value(x[.., 4..], 1f));
    [Prox(of: nameof(LargestThree))] public virtual partial Tensor LargestThreeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FewLarge([Shape("b 6")] Tensor x) => Sum(SquaredKSupportNorm.Value(x - C, 2f)) + Sum(C * x);
    [Prox(of: nameof(FewLarge))] public virtual partial Tensor FewLargeProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Shares([Shape("b 6")] Tensor x) => Sum(CappedSimplex.Value(2 * x, 1.5f, 0.5f)) + Sum(Square(x - C));
    [Prox(of: nameof(Shares))] public virtual partial Tensor SharesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Cones([Shape("b 6")] Tensor x) => Sum(RotatedSecondOrderCone.Value(x[.., ..3])) + Sum(ExponentialCone.Value(x[.., 3..])) + Sum(C * x);
    [Prox(of: nameof(Cones))] public virtual partial Tensor ConesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Perspective([Shape("b 6")] Tensor x) => Sum(QuadraticOverLinear.Value(x)) + Sum(Square(x)) / 4;
    [Prox(of: nameof(Perspective))] public virtual partial Tensor PerspectiveProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Penalties([Shape("b 6")] Tensor x) => Sum(Geman.Value(x[.., ..2], 0.5f)) + Sum(TwoThirdsPower.Value(2 * x[.., 2..4])) + Sum(ExponentialPenalty.Value(x[.., 4..], Radius));
    [Prox(of: nameof(Penalties))] public virtual partial Tensor PenaltiesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Sizes([Shape("b 6")] Tensor x, [Shape("b 6")] Tensor y) => Sum(Amplitude.Value(x[.., ..2], Abs(y[.., ..2]))) + Sum(Intensity.Value(x[.., 2..4], Square(y[.., 2..4]))) + Sum(TruncatedSquare.Value(x[.., 4..] - y[.., 4..], 0.5f));
    [Prox(of: nameof(Sizes))] public virtual partial Tensor SizesProx(Tensor x, Tensor y, float step);

    [return: Shape("")] public virtual Tensor Chances([Shape("b 6")] Tensor x) => Sum(BinaryEntropy.Value(x)) + Sum(C * x);
    [Prox(of: nameof(Chances))] public virtual partial Tensor ChancesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor NearlySparse([Shape("b 6")] Tensor x) => Sum(L1MinusL2.Value(x, 0.5f)) + Sum(L2Norm.Value(x));
    [Prox(of: nameof(NearlySparse))] public virtual partial Tensor NearlySparseProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor Blurred([Shape("b 6")] Tensor x, [Shape("b 6")] Tensor y) => CircularFit.Value(x, W, y) + 0.5 * Sum(Square(x), dim: 1);
    [Prox(of: nameof(Blurred))] public virtual partial Tensor BlurredProx(Tensor x, Tensor y, Tensor step);

    [return: Shape("")] public virtual Tensor BlurredImages([Shape("b 2 3")] Tensor x, [Shape("2 3")] Tensor kernel, [Shape("b 2 3")] Tensor y) => 3 * Sum(CircularFit2d.Value(x - 1, kernel, y));
    [Prox(of: nameof(BlurredImages))] public virtual partial Tensor BlurredImagesProx(Tensor x, Tensor kernel, Tensor y, float step);

    [return: Shape("")] public virtual Tensor LengthCubed([Shape("b 6")] Tensor x) => Sum(CubedAbsolute.Value(L2Norm.Value(2 * x - C))) + Sum(C * x);
    [Prox(of: nameof(LengthCubed))] public virtual partial Tensor LengthCubedProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RobustLength([Shape("b 6")] Tensor x) => Sum(Exp(Groups[0]) * Huber.Value(Norm(x, 2, dim: 1), Radius)) + Sum(Abs(x)) / 4;
    [Prox(of: nameof(RobustLength))] public virtual partial Tensor RobustLengthProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor LengthOfPairs([Shape("b 6")] Tensor x) => Sum(Amplitude.Value(L2Norm.Value(Reshape(x, x.Dim(0), 3, 2)), 0.75f), dim: 1);
    [Prox(of: nameof(LengthOfPairs))] public virtual partial Tensor LengthOfPairsProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor Schatten([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(ThreeHalvesPower.Value(s)) + 0.5 * Sum(Square(x));
    }
    [Prox(of: nameof(Schatten))] public virtual partial Tensor SchattenProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor KyFan([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(SumOfLargestMagnitudes.Value(s, 2f));
    }
    [Prox(of: nameof(KyFan))] public virtual partial Tensor KyFanProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FewSingularValues([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(LogPenalty.Value(s, 0.5f)) / 2;
    }
    [Prox(of: nameof(FewSingularValues))] public virtual partial Tensor FewSingularValuesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor MarginOfEigenvalues([Shape("b 3 3")] Tensor x)
    {
        var (values, _) = Eigh(x);
        return Sum(Hinge.Value(values)) + Sum(Square(x)) / 4;
    }
    [Prox(of: nameof(MarginOfEigenvalues))] public virtual partial Tensor MarginOfEigenvaluesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Rising([Shape("b 4 3")] Tensor x) => Sum(WeightedNuclearNorm.Value(2 * x, CumSum(Square(C[..3]), dim: 0)));
    [Prox(of: nameof(Rising))] public virtual partial Tensor RisingProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor LeastOfTwo([Shape("b 6")] Tensor x) => Sum(Minimum(0.5 * Square(x - C), Abs(x - C) / 2 + 0.25));
    [Prox(of: nameof(LeastOfTwo))] public virtual partial Tensor LeastOfTwoProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor LeastOfLength([Shape("b 6")] Tensor x) => 2 * Minimum(L2Norm.Value(x - C), Radius);
    [Prox(of: nameof(LeastOfLength))] public virtual partial Tensor LeastOfLengthProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor FusedByHand([Shape("b 6")] Tensor x) => Sum(Abs(x[.., 1..] - x[.., ..^1])) / 2 + Sum(Abs(x)) / 4;
    [Prox(of: nameof(FusedByHand))] public virtual partial Tensor FusedByHandProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BudgetOf([Shape("b 6")] Tensor x) => Sum(BoxSection.Value(x - C, -0.5f, 1f, W, 0.25f)) + Sum(C * x);
    [Prox(of: nameof(BudgetOf))] public virtual partial Tensor BudgetOfProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Epigraphs([Shape("b 6")] Tensor x) => Sum(L1Epigraph.Value(x[.., ..4])) + Sum(ExponentialEpigraph.Value(x[.., 4..])) + Sum(Square(x - C));
    [Prox(of: nameof(Epigraphs))] public virtual partial Tensor EpigraphsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Divergences([Shape("b 6")] Tensor x) => Sum(KullbackLeibler.Value(Reshape(x, x.Dim(0), 3, 2))) + 0.5 * Sum(Square(x - C));
    [Prox(of: nameof(Divergences))] public virtual partial Tensor DivergencesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor RobustPerspective([Shape("b 6")] Tensor x) => Sum(PerspectiveOfHuber.Value(x, 0.5f)) + Sum(x);
    [Prox(of: nameof(RobustPerspective))] public virtual partial Tensor RobustPerspectiveProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor ToeplitzWithin([Shape("b 4 3")] Tensor x) => Sum(Toeplitz.Value(x)) + Sum(Abs(x)) / 4 + Sum(Box.Value(x, -1f, 0.5f));
    [Prox(of: nameof(ToeplitzWithin))] public virtual partial Tensor ToeplitzWithinProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Form([Shape("b 6")] Tensor x) => Sum(QuadraticForm.Value(x - C, MatMul(Narrow, Transpose(Narrow)))) + 0.5 * Sum(Square(x));
    [Prox(of: nameof(Form))] public virtual partial Tensor FormProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor PowersOfRatios([Shape("b 6")] Tensor x) => Sum(PowerDivergence.Value(Reshape(x, x.Dim(0), 3, 2), 1.5f)) + Sum(C * x);
    [Prox(of: nameof(PowersOfRatios))] public virtual partial Tensor PowersOfRatiosProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor PowersOfPairs([Shape("b 2")] Tensor x) => 3 * PowerDivergence.Value(x - 1, -2f) + 0.5 * Sum(Square(x), dim: 1);
    [Prox(of: nameof(PowersOfPairs))] public virtual partial Tensor PowersOfPairsProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor Powers([Shape("b 6")] Tensor x) => Sum(AbsolutePower.Value(x[.., ..2] - C[..2], 1.5f)) + Sum(InversePower.Value(x[.., 2..4], 2f)) + Sum(NegativePower.Value(2 * x[.., 4..], 0.5f)) + Sum(C * x);
    [Prox(of: nameof(Powers))] public virtual partial Tensor PowersProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor PowersByHand([Shape("b 6")] Tensor x) => Sum(Where(x > 0, Square(C) * Pow(Where(x > 0, x, 1), -1) - Log(Where(x > 0, x, 1)), double.PositiveInfinity));
    [Prox(of: nameof(PowersByHand))] public virtual partial Tensor PowersByHandProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BarrierOfBall([Shape("b 6")] Tensor x) => Sum(LogBarrier.Value(L2Norm.Value(x - C), Radius + 1)) + Sum(Square(x)) / 4;
    [Prox(of: nameof(BarrierOfBall))] public virtual partial Tensor BarrierOfBallProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor BarrierOfSlab([Shape("b 6")] Tensor x) => Sum(LogBarrier.Value(Sum(W * x, dim: 1) - 0.25, 2f));
    [Prox(of: nameof(BarrierOfSlab))] public virtual partial Tensor BarrierOfSlabProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor HeavyTails([Shape("b 6")] Tensor x) => Sum(CauchyPenalty.Value(2 * x - C, Radius)) + Sum(Square(x)) / 8;
    [Prox(of: nameof(HeavyTails))] public virtual partial Tensor HeavyTailsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Smoothest([Shape("b 6")] Tensor x) => Sum(SmoothMaximum.Value(3 * x - C)) + Sum(C * x);
    [Prox(of: nameof(Smoothest))] public virtual partial Tensor SmoothestProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor SmoothestByHand([Shape("b 6")] Tensor x) => 2 * LogSumExp(x, dim: -1) + 0.5 * Sum(Square(x), dim: 1);
    [Prox(of: nameof(SmoothestByHand))] public virtual partial Tensor SmoothestByHandProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor Mixtures([Shape("b 6")] Tensor x) => Sum(SimplexEntropy.Value(x)) + Sum(C * x);
    [Prox(of: nameof(Mixtures))] public virtual partial Tensor MixturesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Interior([Shape("b 6")] Tensor x) => Sum(SimplexBarrier.Value(x, Radius)) + Sum(Square(x - C));
    [Prox(of: nameof(Interior))] public virtual partial Tensor InteriorProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Inequalities([Shape("b 6")] Tensor x) => Sum(Polyhedron.Value(x - C, Transpose(A), Ones(4))) + Sum(Square(x)) / 2;
    [Prox(of: nameof(Inequalities))] public virtual partial Tensor InequalitiesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor CountsWithin([Shape("b 6")] Tensor x) => Sum(PoissonBall.Value(2 * x, Square(C), Radius));
    [Prox(of: nameof(CountsWithin))] public virtual partial Tensor CountsWithinProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor Responses([Shape("b 6")] Tensor x) => Sum(LinearGraph.Value(x, A[..2]));
    [Prox(of: nameof(Responses))] public virtual partial Tensor ResponsesProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor GeometricMeans([Shape("b 6")] Tensor x) => 0.5 * Sum(PerspectiveOfRoot.Value(MatMul(x, Q))) + Sum(Square(x - C)) / 4;
    [Prox(of: nameof(GeometricMeans), Tight = "Q")] public virtual partial Tensor GeometricMeansProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor FurtherEpigraphs([Shape("b 6")] Tensor x) => Sum(PinballEpigraph.Value(x[.., ..2], -0.5f, 1f)) + Sum(SquaredHingeEpigraph.Value(x[.., 2..4])) + Sum(BoxDistanceEpigraph.Value(x[.., 4..] - 1, -0.5f, 0.25f));
    [Prox(of: nameof(FurtherEpigraphs))] public virtual partial Tensor FurtherEpigraphsProx(Tensor x, float step);

    [return: Shape("")] public virtual Tensor LowRankEnvelope([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(SparsityEnvelope.Value(s, 1f)) / 4;
    }
    [Prox(of: nameof(LowRankEnvelope))] public virtual partial Tensor LowRankEnvelopeProx(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor Away([Shape("b 6")] Tensor x) => NegativeL2Norm.Value(x - C) + Sum(Square(x), dim: 1);
    [Prox(of: nameof(Away))] public virtual partial Tensor AwayProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor Volumes([Shape("b 2 2 2")] Tensor x) => Sum(TotalVariationOfLines3d.Value(x)) / 4 + Sum(Abs(x)) / 8;
    [Prox(of: nameof(Volumes))] public virtual partial Tensor VolumesProx(Tensor x, float step);

    // Infimal convolutions, and what they are known to be.

    [return: Shape("")] public virtual Tensor HalfSquares([Shape("b 6")] Tensor x) => 0.5 * Sum(Square(x));
    [return: Shape("")] public virtual Tensor Magnitudes([Shape("b 6")] Tensor x) => 0.75 * Sum(Abs(x));
    [Prox(of: nameof(HalfSquares), InfimalConvolution = nameof(Magnitudes))] public virtual partial Tensor HuberByConvolution(Tensor x, float step);
    [Prox(of: nameof(Magnitudes), InfimalConvolution = nameof(HalfSquares))] public virtual partial Tensor HuberTheOtherWay(Tensor x, float step);
    [Prox(of: nameof(HalfSquares), InfimalConvolution = nameof(Magnitudes), Conjugate = true)] public virtual partial Tensor HuberConjugate(Tensor x, float step);

    [return: Shape("b")] public virtual Tensor Lengths([Shape("b 6")] Tensor x) => L2Norm.Value(x);
    [return: Shape("b")] public virtual Tensor Round([Shape("b 6")] Tensor x) => L2Ball.Value(x, Radius);
    [return: Shape("b")] public virtual Tensor Rounder([Shape("b 6")] Tensor x) => L2Ball.Value(x, 2 * Radius);
    [Prox(of: nameof(Round), InfimalConvolution = nameof(Lengths))] public virtual partial Tensor FromRound(Tensor x, Tensor step);
    [Prox(of: nameof(Round), Distance = true)] public virtual partial Tensor FromRoundByDistance(Tensor x, Tensor step);
    [Prox(of: nameof(Round), InfimalConvolution = nameof(Rounder))] public virtual partial Tensor SumOfRounds(Tensor x, Tensor step);

    // Averages, and what they are made of.

    [return: Shape("")] public virtual Tensor Overlapping([Shape("b 6")] Tensor x) => Sum(Abs(x)) + 2 * Sum(L2Norm.Value(x[.., ..4])) + Sum(L2Norm.Value(x[.., 2..] - 1)) + 0.5 * Sum(Square(x));
    [Prox(of: nameof(Overlapping), Average = true)] public virtual partial Tensor Overlapped(Tensor x, float step);

    // Distances, and what they are known to be.

    [return: Shape("b")] public virtual Tensor InBall([Shape("b 6")] Tensor x) => L2Ball.Value(x - C, Radius);
    [Prox(of: nameof(InBall), Distance = true)] public virtual partial Tensor FromBall(Tensor x, Tensor step);

    [return: Shape("b")] public virtual Tensor InInterval([Shape("b 1")] Tensor x) => Sum(Box.Value(x, -0.75f, 0.75f), dim: 1);
    [Prox(of: nameof(InInterval), Distance = true)] public virtual partial Tensor FromInterval(Tensor x, Tensor step);
    [Prox(of: nameof(InInterval), Distance = true, Conjugate = true)] public virtual partial Tensor FromIntervalConjugate(Tensor x, Tensor step);
    [Prox(of: nameof(InInterval), Distance = true, Envelope = 0.5)] public virtual partial Tensor FromIntervalEnvelope(Tensor x, Tensor step);

    // Conjugates and envelopes, and what they are known to be.

    [Prox(of: nameof(L1), Conjugate = true)] public virtual partial Tensor L1Conjugate(Tensor x, float step);
    [return: Shape("")] public virtual Tensor SmallBox([Shape("b 6")] Tensor x) => Sum(Box.Value(x, -0.75f, 0.75f));
    [Prox(of: nameof(SmallBox))] public virtual partial Tensor SmallBoxProx(Tensor x, float step);
    [Prox(of: nameof(SmallBox), Conjugate = true)] public virtual partial Tensor SmallBoxConjugate(Tensor x, float step);

    [Prox(of: nameof(L1), Envelope = 0.5)] public virtual partial Tensor L1Envelope(Tensor x, float step);
    [return: Shape("")] public virtual Tensor L1Smooth([Shape("b 6")] Tensor x) => Sum(Huber.Value(x, 0.375f)) / 0.5;
    [Prox(of: nameof(L1Smooth))] public virtual partial Tensor L1SmoothProx(Tensor x, float step);
    [Prox(of: nameof(L1Smooth), Conjugate = true)] public virtual partial Tensor L1SmoothConjugate(Tensor x, float step);
    [Prox(of: nameof(L1), Conjugate = true, Envelope = 0.5)] public virtual partial Tensor L1EnvelopeConjugate(Tensor x, float step);

    [Prox(of: nameof(Rows), Conjugate = true)] public virtual partial Tensor RowsConjugate(Tensor x, Tensor step);

    // A method like any other: in a body, in a derivative.

    [return: Shape("b 6")]
    public virtual Tensor Twice([Shape("b 6")] Tensor x, [Shape("")] Tensor step) => RidgeProx(ByNormProx(x, step), 0.5f) + FrameProx(x, 0.25f);

    [return: Shape("")] public virtual Tensor Loss([Shape("b 6")] Tensor x, [Shape("")] Tensor step) => Sum(C * Twice(x, Square(step)));

    [Gradient(of: nameof(Loss), wrt: "x, step, C, Narrow")]
    public virtual partial (Tensor X, Tensor Step, Tensor C, Tensor Narrow) LossGradient(Tensor x, Tensor step);
}

/// <summary>Derived operators against what defines them: nothing else may be known of the function but its values.</summary>
[Collection("WorkerPool")]
public sealed class ProxTests
{
    // What is within the rounding of a set counts as within it, and lies a little beyond.
    private static readonly HashSet<string> s_tolerant = ["ProbabilitiesProx", "ShiftedSimplexProx", "BallProx", "RoundBallProx", "OneSideProx", "PlaneProx", "EquationsProx", "ConeProx", "FlattenedProx", "LastFirstProx", "NormInConeProx", "BallInOrderProx", "BallOfNormsProx", "OrderedWithinProx", "SharesProx", "ConesProx", "BudgetOfProx", "EpigraphsProx", "ToeplitzWithinProx", "MixturesProx", "InteriorProx", "InequalitiesProx", "CountsWithinProx", "ResponsesProx", "FurtherEpigraphsProx"];
    private static readonly HashSet<string> s_nonconvex = ["SparseProx", "ConcaveProx", "PenaltiesProx", "SizesProx", "NearlySparseProx", "LengthOfPairsProx", "FewSingularValuesProx", "RisingProx", "LeastOfTwoProx", "LeastOfLengthProx", "HeavyTailsProx", "LowRankEnvelopeProx", "AwayProx"];

    private static ProxPrograms Double()
    {
        var programs = new ProxPrograms();
        programs.To(DType.Float64);
        // Orthonormal in single precision is not what the operators are promised here.
        foreach (var matrix in new[] { programs.Q, programs.Narrow }) matrix.CopyFrom(Qr(matrix).Q);
        return programs;
    }

    public static TheoryData<string> Programs => [.. Methods.Where(m => m.Name.EndsWith("Prox", StringComparison.Ordinal)).Select(m => m.Name)];

    private static IEnumerable<MethodInfo> Methods => typeof(ProxPrograms).GetMethods().Where(m => m.GetCustomAttribute<ProxAttribute>() is not null && m.ReturnType == typeof(Tensor));

    private static Tensor Random(int stream, DType dtype, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(37, (ulong)stream).FillNormal(x);
        return (1.5 * x).To(dtype);
    }

    /// <summary>The arguments of a program: x, what else it takes, and the step.</summary>
    private static object[] Arguments(MethodInfo method, DType dtype, float step)
    {
        var source = typeof(ProxPrograms).GetMethod(method.GetCustomAttribute<ProxAttribute>()!.Of, [.. method.GetParameters().SkipLast(1).Select(_ => typeof(Tensor))])!;
        var stream = 1;
        var tensors = source.GetParameters().Select(p => (object)Random(stream++, dtype, [.. p.GetCustomAttribute<ShapeAttribute>()!.Shape.Split(' ').Select(s => s == "b" ? 5 : int.Parse(s))])).ToArray();
        var perSample = source.ReturnParameter.GetCustomAttribute<ShapeAttribute>()!.Shape == "b";
        object last = method.GetParameters()[^1].ParameterType == typeof(float) ? (object)step
            : perSample ? step * Ones(5).To(dtype) : Tensor.Full([], step, dtype);
        return [.. tensors, last];
    }

    private static double Total(ProxPrograms programs, MethodInfo method, object[] arguments, Tensor at)
    {
        var source = typeof(ProxPrograms).GetMethod(method.GetCustomAttribute<ProxAttribute>()!.Of, [.. arguments.SkipLast(1).Select(_ => typeof(Tensor))])!;
        var value = (Tensor)source.Invoke(programs, [at, .. arguments[1..^1]])!;
        return value.ToArray<double>().Sum();
    }

    private static double Dot(Tensor x, Tensor y) => Sum(x * y).ToArray<double>()[0];

    /// <summary>R(y) is at least R(p) + ⟨x - p, y - p⟩ / step, for any y; of a function that is not convex, the objective at y is at least that at p.</summary>
    [Theory]
    [MemberData(nameof(Programs))]
    public void ThePointMinimises(string name)
    {
        var programs = Double();
        var method = Methods.Single(m => m.Name == name);
        foreach (var step in new[] { 0.25f, 2f })
        {
            var arguments = Arguments(method, DType.Float64, step);
            var x = (Tensor)arguments[0];
            var p = (Tensor)method.Invoke(programs, arguments)!;
            Assert.Equal(x.Shape.ToArray(), p.Shape.ToArray());
            var value = Total(programs, method, arguments, p);
            Assert.True(double.IsFinite(value), $"R(p) is {value}");
            var compared = 0;
            for (var i = 0; i < 400; i++)
            {
                var direction = Random(100 + i, DType.Float64, x.Shape.ToArray());
                // Points of a set are found among operators of other points.
                var y = i % 4 == 0 ? direction : i % 4 == 1 ? p + Math.Pow(10, -(i % 7)) * direction
                    : (Tensor)method.Invoke(programs, [i % 4 == 2 ? direction : x + 0.1 * direction, .. arguments[1..]])!;
                var other = Total(programs, method, arguments, y);
                if (!double.IsFinite(other)) continue;
                compared++;
                var bound = s_nonconvex.Contains(name) ? value + (Dot(x - p, x - p) - Dot(x - y, x - y)) / (2 * step) : value + Dot(x - p, y - p) / step;
                Assert.True(other >= bound - (s_tolerant.Contains(name) ? 1e-3 : 1e-9) * (1 + Math.Abs(bound)), $"step {step}, {i}: {other:R} is below {bound:R}");
            }
            Assert.True(compared >= 150);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void TheCpuComputesIt(string name)
    {
        var method = Methods.Single(m => m.Name == name);
        var cpu = new ProxPrograms.Cpu();
        var arguments = Arguments(method, DType.Float32, 0.5f);
        var expected = ((Tensor)method.Invoke(Double(), Arguments(method, DType.Float64, 0.5f))!).ToArray<double>();
        var actual = ((Tensor)method.Invoke(cpu, arguments)!).ToArray<float>();
        var (single, jumps) = (((Tensor)method.Invoke(new ProxPrograms(), arguments)!).ToArray<float>(), s_nonconvex.Contains(name));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5 * (1 + Math.Abs(expected[i])) + 4 * Math.Abs(expected[i] - single[i]) || jumps && single[i] == actual[i], $"[{i}]: {actual[i]} instead of {expected[i]}");
    }

    [Fact]
    public void ConjugatesAndEnvelopesAreWhatTheyAreKnownToBe()
    {
        var programs = Double();
        var x = Random(1, DType.Float64, 5, 6);
        foreach (var step in new[] { 0.25f, 2f })
        {
            Near(programs.SmallBoxProx(x, step), programs.L1Conjugate(x, step));
            Near(programs.L1Prox(x, step), programs.SmallBoxConjugate(x, step));
            Near(programs.L1SmoothProx(x, step), programs.L1Envelope(x, step));
            Near(programs.L1SmoothConjugate(x, step), programs.L1EnvelopeConjugate(x, step));
            var steps = Tensor.From([0.25, 0.5, 1, 2, 4], 5);
            var wide = Reshape(steps, 5, 1);
            Near(x - wide * programs.RowsProx(x / wide, 1 / steps), programs.RowsConjugate(x, steps));
        }

        static void Near(Tensor expected, Tensor actual) => Assert.True(Max(Abs(expected - actual)).ToArray<double>()[0] < 1e-12);
    }

    [Fact]
    public void DistancesAreWhatTheyAreKnownToBe()
    {
        var programs = Double();
        Tensor x = Random(1, DType.Float64, 5, 6), steps = Tensor.From([0.1, 0.5, 1, 2, 4], 5), wide = Reshape(steps, 5, 1);
        // The norm of what is left of the ball.
        var offset = x - programs.C;
        var norm = Norm(offset, 2, dim: -1, keepDim: true);
        Near(programs.C + offset * (1 - Minimum(wide, Relu(norm - 0.75)) / norm), programs.FromBall(x, steps));
        var one = x[.., ..1];
        Near(Insensitive.Prox(one, wide, 0.75), programs.FromInterval(one, steps));
        Near(one - wide * Insensitive.Prox(one / wide, 1 / wide, 0.75), programs.FromIntervalConjugate(one, steps));
        Near(one + wide / (wide + 0.5) * (Insensitive.Prox(one, wide + 0.5, 0.75) - one), programs.FromIntervalEnvelope(one, steps));

        static void Near(Tensor expected, Tensor actual) => Assert.True(Max(Abs(expected - actual)).ToArray<double>()[0] < 1e-12);
    }

    [Fact]
    public void InfimalConvolutionsAreWhatTheyAreKnownToBe()
    {
        var programs = Double();
        Tensor x = Random(1, DType.Float64, 5, 6), steps = Tensor.From([0.1, 0.5, 1, 2, 4], 5);
        foreach (var step in new[] { 0.25f, 2f })
        {
            Near(Huber.Prox(x, step, 0.75), programs.HuberByConvolution(x, step));
            Near(Huber.Prox(x, step, 0.75), programs.HuberTheOtherWay(x, step));
            Near(Box.Project(x / (1 + step), -0.75, 0.75), programs.HuberConjugate(x, step));
        }
        Near(programs.FromRoundByDistance(x, steps), programs.FromRound(x, steps));
        Near(L2Ball.Project(x, 2.25), programs.SumOfRounds(x, steps));

        static void Near(Tensor expected, Tensor actual) => Assert.True(Max(Abs(expected - actual)).ToArray<double>()[0] < 1e-12);
    }

    /// <summary>The mean of the operators; and with functions of slopes of at most L the operator of a function within step n Σ L² / 2 below the sum.</summary>
    [Fact]
    public void AveragesAreTheMeansOfTheirOperators()
    {
        var programs = Double();
        var x = Random(1, DType.Float64, 5, 6);
        foreach (var step in new[] { 0.01f, 0.5f })
        {
            // With the square each is taken at x / (1 + step), with its step over (1 + step).
            Tensor length = Tensor.Full([], 3 * (double)step / (1 + (double)step), DType.Float64), at = x / (1 + (double)step);
            var first = Absolute.Prox(at, length);
            var second = Concat([L2Norm.Prox(at[.., ..4], 2 * length), at[.., 4..]], dim: 1);
            var third = Concat([at[.., ..2], 1 + L2Norm.Prox(at[.., 2..] - 1, length)], dim: 1);
            var mean = (first + second + third) / 3;
            var average = programs.Overlapped(x, step);
            Assert.True(Max(Abs(mean - average)).ToArray<double>()[0] < 1e-12);
            // The sum of each sample at the average's point is as near to the least as the bound says: Σ L² is 6 + 4 + 1.
            double Objective(Tensor p) => step * programs.Overlapping(p).ToArray<double>()[0] + Dot(p - x, p - x) / 2;
            var reached = Objective(average);
            for (var i = 0; i < 200; i++) Assert.True(reached <= Objective(average + Math.Pow(10, -(i % 5)) * Random(200 + i, DType.Float64, 5, 6)) + 5 * step * (3 * (double)step * 11 / 2));
        }
    }

    [Fact]
    public void NegativeStepsAreNotTakenInSilence()
    {
        var programs = new ProxPrograms.Cpu();
        Assert.All(programs.L1Prox(Random(1, DType.Float32, 5, 6), -1f).ToArray<float>(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void GradientsAreDifferences()
    {
        var programs = Double();
        Tensor x = Random(1, DType.Float64, 5, 6), step = Tensor.Full([], 0.75, DType.Float64);
        var (gx, gs, gc, gn) = programs.LossGradient(x, step);
        const double Small = 1e-6;
        var dx = Random(2, DType.Float64, 5, 6);
        Assert.Equal((Loss(x + Small * dx, step) - Loss(x - Small * dx, step)) / (2 * Small), Dot(gx, dx), 1e-6);
        Assert.Equal((Loss(x, step + Small) - Loss(x, step - Small)) / (2 * Small), gs.ToArray<double>()[0], 1e-6);
        foreach (var (parameter, gradient) in new[] { (programs.C, gc), (programs.Narrow, gn) })
        {
            var before = parameter.ToArray<double>();
            var direction = Random(3, DType.Float64, parameter.Shape.ToArray());
            var d = direction.ToArray<double>();
            double At(double by)
            {
                for (var i = 0; i < before.Length; i++) parameter.AsSpan<double>()[i] = before[i] + by * d[i];
                return Loss(x, step);
            }
            var slope = (At(Small) - At(-Small)) / (2 * Small);
            At(0);
            Assert.Equal(slope, Dot(gradient, direction), 1e-6);
        }

        double Loss(Tensor at, Tensor by) => programs.Loss(at, by).ToArray<double>()[0];
    }
}
