using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>The catalogue of proximal functions: elements and vectors, with gradients by all that they depend on. Those of matrices are a decomposition and products.</summary>
[Network]
public partial class ProximalOperators(int n)
{
    [Parameter("n", Init = 0.6)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Separable([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return Absolute.Prox(x, step) + HalfSquare.Prox(x, step) + ElasticNet.Prox(x, step, Scale, 0.5f) + Pinball.Prox(x, step, -0.2f, Scale) + Huber.Prox(x, step, Scale)
            + BerHu.Prox(x, step, Scale) + Hinge.Prox(x, step) + SquaredHinge.Prox(x, step) + Insensitive.Prox(x, step, Scale) + SquaredInsensitive.Prox(x, step, Scale)
            + PositivePart.Prox(x, step) + CubedAbsolute.Prox(x, step) + NegativeLog.Prox(x, step) + Poisson.Prox(x, step, Square(Scale))
            + Box.Project(x, -0.5f, Scale) + NonnegativeOrthant.Project(x);
    }

    [return: Shape("b n")]
    public virtual Tensor Smooth([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return Entropy.Prox(x, step) + RelativeEntropy.Prox(x, step, Abs(Scale) + 0.1) + Exponential.Prox(x, step) + Logistic.Prox(x, step);
    }

    [return: Shape("b n")]
    public virtual Tensor SmoothToo([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return LogCosh.Prox(x, step) + SmoothAbsolute.Prox(x, step, Abs(Scale) + 0.2) + Fair.Prox(x, step, Abs(Scale) + 0.2) + ThreeHalvesPower.Prox(x, step) + FourthPower.Prox(x, step)
            + InverseBarrier.Prox(x, step);
    }

    [return: Shape("b n")]
    public virtual Tensor Nonconvex([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return Cardinality.Prox(x, step) + Mcp.Prox(x, step, Scale, 1.1f) + Scad.Prox(x, step, Scale, 2.2f) + LogPenalty.Prox(x, step, Scale);
    }

    [return: Shape("b n")]
    public virtual Tensor NonconvexToo([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => CappedAbsolute.Prox(x, Abs(w) + 0.3, Abs(Scale) + 0.1) + SquareRoot.Prox(x, Abs(w) + 0.3);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor InOrder([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => SortedL1Norm.Prox(x, Abs(w) + 0.3, Flip(CumSum(Square(Scale), dim: 0), 0)) + MonotoneCone.Project(x);

    [return: Shape("b n")]
    public virtual Tensor Around([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Slab.Project(x, Scale, -Abs(w), Abs(w)) + Sphere.Project(x, Abs(w) + 0.3);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor OfVectors([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return L2Norm.Prox(x, step) + LInfNorm.Prox(x, step) + Halfspace.Project(x, Scale, w) + SecondOrderCone.Project(x);
    }

    [return: Shape("b n")]
    public virtual Tensor Penalties([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return Geman.Prox(x, step, Abs(Scale) + 0.1) + TwoThirdsPower.Prox(x, step) + ExponentialPenalty.Prox(x, step, Abs(Scale) + 0.1);
    }

    [return: Shape("b n")]
    public virtual Tensor Measured([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return TruncatedSquare.Prox(x, step, Abs(Scale)) + Amplitude.Prox(x, step, Abs(Scale)) + Intensity.Prox(x, step, Square(Scale)) + FourThirdsPower.Prox(x, step) + BinaryEntropy.Prox(x, step)
            + Binary.Project(x, -0.5f, 1f);
    }

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Largest([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) =>
        SumOfLargest.Prox(x, Abs(w) + 0.3, 1f) + SumOfLargestMagnitudes.Prox(x, Abs(w) + 0.3, 1f) + L1MinusL2.Prox(x, Abs(w) + 0.3, 0.5f) + L0Ball.Project(x, 1f);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Shared([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => CappedSimplex.Project(x, 0.5f, 0.75f) + SquaredKSupportNorm.Prox(x, Abs(w) + 0.3, 1f);

    [return: Shape("b n+2")]
    public virtual Tensor Cones([Shape("b n+2")] Tensor x, [Shape("b 1")] Tensor w) => RotatedSecondOrderCone.Project(x) + QuadraticOverLinear.Prox(x, Abs(w) + 0.3);

    [return: Shape("b n")]
    [Require("1 <= n"), Reassociated]
    public virtual Tensor Deblurred([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => CircularFit.Prox(x, Abs(w), Scale, Scale);

    [return: Shape("b n 3")]
    public virtual Tensor Triples([Shape("b n 3")] Tensor x) => ExponentialCone.Project(x) + PowerCone.Project(x, 0.3f);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Pieces([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => TotalVariation.Prox(x, Abs(w));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor PieceLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(Pieces(x, w) * x) + Sum(Shared(x, w)) + Sum(Largest(x, w) * x);

    [Gradient(of: nameof(PieceLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) PieceGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Separable(x, w) * w);

    [Gradient(of: nameof(Loss), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) LossGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor SmoothLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Smooth(x, w) * w);

    [Gradient(of: nameof(SmoothLoss), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) SmoothGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor SmoothLossToo([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(SmoothToo(x, w) * w);

    [Gradient(of: nameof(SmoothLossToo), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) SmoothGradientToo(Tensor x, Tensor w);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor OrderLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(InOrder(x, w) * x);

    [Gradient(of: nameof(OrderLoss), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) OrderGradient(Tensor x, Tensor w);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor VectorLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(OfVectors(x, w) * x);

    [Gradient(of: nameof(VectorLoss), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) VectorGradient(Tensor x, Tensor w);
}

/// <summary>Further sets, epigraphs, divergences and perspectives.</summary>
[Network]
public partial class ProximalSets(int n)
{
    [Parameter("n", Init = 0.6)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Simplices([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) =>
        SolidSimplex.Project(x, Abs(w) + 0.3) + SparseSimplex.Project(x, 2f, Abs(w) + 0.3) + BoxSection.Project(x, -Abs(w) - 0.1, Abs(Scale), Scale, 0.1f * w) + L1Sphere.Project(x, Abs(w) + 0.3);

    [return: Shape("b n+2")]
    public virtual Tensor Epigraphs([Shape("b n+2")] Tensor x) => L1Epigraph.Project(x) + LInfEpigraph.Project(x) + LargestElementEpigraph.Project(x) + PowerEpigraph.Project(x, 1.5f);

    [return: Shape("b n 2")]
    public virtual Tensor Pairs([Shape("b n 2")] Tensor x, [Shape("b n 1")] Tensor w) => PositivePartEpigraph.Project(x) + ExponentialEpigraph.Project(x) + Jeffreys.Prox(x, Abs(w) + 0.3);

    [return: Shape("b n 2")]
    public virtual Tensor Divergences([Shape("b n 2")] Tensor x, [Shape("b n 1")] Tensor w) => KullbackLeibler.Prox(x, Abs(w) + 0.3) + Hellinger.Prox(x, Abs(w) + 0.3) + ChiSquare.Prox(x, Abs(w) + 0.3);

    [return: Shape("b n+1")]
    public virtual Tensor Perspectives([Shape("b n+1")] Tensor x, [Shape("b 1")] Tensor w) => PerspectiveOfHuber.Prox(x, Abs(w) + 0.3, 0.5f) + PerspectiveOfInsensitive.Prox(x, Abs(w) + 0.3, 0.5f);

    [return: Shape("b n")]
    public virtual Tensor Activations([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return TanhPenalty.Prox(x, step) + SigmoidPenalty.Prox(x, step) + AtanPenalty.Prox(x, step) + SoftsignPenalty.Prox(x, step) + IsruPenalty.Prox(x, step) + EluPenalty.Prox(x, step)
            + LeakyPenalty.Prox(x, step, 0.25f);
    }

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Reflected([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => ReflectedFit.Prox(x, Abs(w), Scale, Scale);

    [return: Shape("b 3 n")]
    [Require("1 <= n")]
    public virtual Tensor Images([Shape("b 3 n")] Tensor x, [Shape("b 1 1")] Tensor w) => TotalVariation2d.Near(x, Abs(w), 6) + TotalVariationOfLines.Near(x, Abs(w), 6);

    [return: Shape("b 3 n")]
    [Require("1 <= n")]
    public virtual Tensor Structured([Shape("b 3 n")] Tensor x, [Shape("b 1 1")] Tensor w) => Toeplitz.Project(x) + Hankel.Project(x) + L21Ball.Project(x, Abs(w) + 0.3);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor SimplexLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(Simplices(x, w) * x);

    [Gradient(of: nameof(SimplexLoss), wrt: "x, w, Scale")]
    [Require("1 <= n")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) SimplexGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor EpigraphLoss([Shape("b n+2")] Tensor x) => Sum(Epigraphs(x) * x);

    [Gradient(of: nameof(EpigraphLoss), wrt: "x")]
    public virtual partial Tensor EpigraphGradient(Tensor x);

    [return: Shape("")]
    public virtual Tensor PairLoss([Shape("b n 2")] Tensor x, [Shape("b n 1")] Tensor w) => Sum((Pairs(x, w) + Divergences(x, w)) * x);

    [Gradient(of: nameof(PairLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) PairGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor ActivationLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Activations(x, w) * w);

    [Gradient(of: nameof(ActivationLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) ActivationGradient(Tensor x, Tensor w);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor ImageLoss([Shape("b 3 n")] Tensor x, [Shape("b 1 1")] Tensor w) => Sum((Images(x, w) + Structured(x, w)) * x);

    [Gradient(of: nameof(ImageLoss), wrt: "x, w")]
    [Require("1 <= n")]
    public virtual partial (Tensor X, Tensor W) ImageGradient(Tensor x, Tensor w);
}

/// <summary>Powers, probabilities, polyhedra, volumes; with derivatives one of each kind of search.</summary>
[Network]
public partial class ProximalFurther(int n)
{
    [Parameter("n", Init = 0.6)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Powers([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        Tensor step = Abs(w) + 0.3, size = Abs(Scale) + 0.3;
        return AbsolutePower.Prox(x, step, size + 1) + LogPower.Prox(x, step, size, -1f) + LogBarrier.Prox(x, step, size) + CauchyPenalty.Prox(x, step, size + 2);
    }

    [Vjp(of: nameof(Powers), wrt: "x, w, Scale")]
    public virtual partial (Tensor Value, Tensor X, Tensor W, Tensor Scale) PowersVjp(Tensor x, Tensor w, [Takes("b n")] Tensor cotangent);

    [return: Shape("b n")]
    public virtual Tensor Others([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        var step = Abs(w) + 0.3;
        return InversePower.Prox(x, step, 2.5f) + NegativePower.Prox(x, step, 0.5f) + IsrluPenalty.Prox(x, step) + AsinhPenalty.Prox(x, step) + LogarithmPenalty.Prox(x, step)
            + GemanMcClurePenalty.Prox(x, step);
    }

    [return: Shape("b n")]
    public virtual Tensor Within([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) =>
        PoissonBall.Project(x, Square(Scale), Abs(w) + 0.3) + Polyhedron.Project(x, Stack([Scale, 0.5 * Flip(Scale, 0) - 0.2], dim: 0), Abs(w) + 0.1);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Probabilities([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => SmoothMaximum.Prox(x, Abs(w) + 0.3) + SimplexBarrier.Prox(x, Abs(w) + 0.3, 1.5f);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor ProbabilityLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(SmoothMaximum.Prox(x, Abs(w) + 0.3) * x);

    [Gradient(of: nameof(ProbabilityLoss), wrt: "x, w")]
    [Require("1 <= n")]
    public virtual partial (Tensor X, Tensor W) ProbabilityGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor WithinLoss([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(Polyhedron.Project(x, Stack([Scale, 0.5 * Flip(Scale, 0) - 0.2], dim: 0), Abs(w) + 0.1) * x);

    [Gradient(of: nameof(WithinLoss), wrt: "x, w, Scale")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) WithinGradient(Tensor x, Tensor w);

    [return: Shape("b n")]
    [Require("1 <= n")]
    public virtual Tensor Vectors([Shape("b n")] Tensor x, [Shape("b 1")] Tensor w) => SoftmaxPenalty.Prox(x, Abs(w) + 0.3) + NegativeL2Norm.Prox(x, Abs(w) + 0.3) + SparsityEnvelope.Prox(x, 0.4f, 1f);

    [return: Shape("b n+1")]
    public virtual Tensor Graphs([Shape("b n+1")] Tensor x, [Shape("b 1")] Tensor w) =>
        LinearGraph.Project(x, Unsqueeze(Scale, 0)) + PerspectiveOfRoot.Prox(x, Abs(w) + 0.3) + BoxDistanceEpigraph.Project(x, -0.5f, 0.3f) + BallDistanceEpigraph.Project(x, 0.5f);

    [return: Shape("")]
    public virtual Tensor RootLoss([Shape("b n+1")] Tensor x, [Shape("b 1")] Tensor w) => Sum(PerspectiveOfRoot.Prox(x, Abs(w) + 0.3) * x);

    [Gradient(of: nameof(RootLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) RootGradient(Tensor x, Tensor w);

    [return: Shape("b n 2")]
    public virtual Tensor Pairs([Shape("b n 2")] Tensor x) => PinballEpigraph.Project(x, -0.25f, 0.75f) + SquaredHingeEpigraph.Project(x);

    [return: Shape("b 2 3 n")]
    [Require("1 <= n")]
    public virtual Tensor Volumes([Shape("b 2 3 n")] Tensor x, [Shape("b 1 1 1")] Tensor w) => TotalVariation3d.Near(x, Abs(w), 4);

    [return: Shape("b 2 2 2 n")]
    [Require("1 <= n")]
    public virtual Tensor Blocks([Shape("b 2 2 2 n")] Tensor x, [Shape("b 1 1 1 1")] Tensor w) => TotalVariation4d.Near(x, Abs(w), 3) + TotalVariationOfLines4d.Near(x, Abs(w), 2);
}

/// <summary>Barriers beside penalties, distances, samples, and operators in other geometries.</summary>
[Network]
public partial class ProximalBarriers(int n)
{
    [Parameter("n", Init = 0.6)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Sums([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        Tensor step = Abs(w) + 0.3, size = Abs(Scale) + 0.3;
        return BernoulliLoss.Prox(x, step, Sigmoid(Scale)) + BurgCauchy.Prox(x, step, size, size + 1) + EntropyLogSum.Prox(x, step, size, size + 1) + EntropyCardinality.Prox(x, step, -0.3f);
    }

    [Vjp(of: nameof(Sums), wrt: "x, w, Scale")]
    public virtual partial (Tensor Value, Tensor X, Tensor W, Tensor Scale) SumsVjp(Tensor x, Tensor w, [Takes("b n")] Tensor cotangent);

    [return: Shape("b n")]
    public virtual Tensor OtherSums([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        Tensor step = Abs(w) + 0.3, size = Abs(Scale) + 0.3;
        return BurgLogSum.Prox(x, step, size, size + 1) + EntropyCauchy.Prox(x, step, size, size + 1);
    }

    [return: Shape("b n")]
    public virtual Tensor Geometries([Shape("b n")] Tensor x, [Shape("b n")] Tensor w)
    {
        Tensor step = Abs(w) + 0.3, positive = Abs(x) + 0.1, share = Sigmoid(x);
        return EntropyGeometry.OfAbsolute(positive, step, Scale) + EntropyGeometry.OfEntropy(positive, step, Scale) + EntropyGeometry.OfPower(positive, step, 2.5f) + BurgGeometry.OfHalfSquare(positive, step)
            + BurgGeometry.OfAbsolute(positive, 0.1f * step / positive, Scale) + LogisticGeometry.OfEntropy(share, step, Scale) + LogisticGeometry.MirrorStep(share, w) + ExponentialGeometry.MirrorStep(x, -step)
            + ExponentialGeometry.OfExponential(x, step);
    }

    [Vjp(of: nameof(Geometries), wrt: "x, w, Scale")]
    public virtual partial (Tensor Value, Tensor X, Tensor W, Tensor Scale) GeometriesVjp(Tensor x, Tensor w, [Takes("b n")] Tensor cotangent);

    [return: Shape("b n+1")]
    public virtual Tensor Distances([Shape("b n+1")] Tensor x, [Shape("b 1")] Tensor w)
    {
        var rest = x[.., 1..];
        return DistanceEpigraph.Project(x, L2Ball.Project(rest, 0.5f), Abs(w) + 0.3) + SquaredDistanceEpigraph.Project(x, NonnegativeOrthant.Project(rest), Abs(w) + 0.3);
    }

    [return: Shape("")]
    public virtual Tensor DistanceLoss([Shape("b n+1")] Tensor x, [Shape("b 1")] Tensor w) => Sum(Distances(x, w) * x);

    [Gradient(of: nameof(DistanceLoss), wrt: "x, w")]
    public virtual partial (Tensor X, Tensor W) DistanceGradient(Tensor x, Tensor w);

    [return: Shape("b 2*n")]
    public virtual Tensor Atoms([Shape("b 2*n")] Tensor x, [Shape("b 1")] Tensor w) => ConicCardinality.Prox(x, 0.01f + 0 * w, Abs(w) + 0.3);

    [return: Shape("b 3*n")]
    [Require("1 <= n"), Reassociated]
    public virtual Tensor Sampled([Shape("b 3*n")] Tensor x, [Shape("b 1")] Tensor w) => DownsampledFit.Prox(x, Abs(w), Concat([Scale, Scale - 1, 0.5 * Scale], dim: 0), Scale);

    [return: Shape("b 4 2*n")]
    [Require("1 <= n"), Reassociated]
    public virtual Tensor SampledImages([Shape("b 4 2*n")] Tensor x, [Shape("4 2*n")] Tensor kernel, [Shape("b 2 n")] Tensor y) => DownsampledFit2d.Prox(x, 0.4f, kernel, y);

    [return: Shape("b n 3")]
    public virtual Tensor Rows([Shape("b n 3")] Tensor x) => L20Ball.Project(x, 2f);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor SampledLoss([Shape("b 3*n")] Tensor x, [Shape("b 1")] Tensor w) => Sum(Sampled(x, w) * x);

    [Gradient(of: nameof(SampledLoss), wrt: "x, w, Scale"), Reassociated]
    [Require("1 <= n")]
    public virtual partial (Tensor X, Tensor W, Tensor Scale) SampledGradient(Tensor x, Tensor w);
}

/// <summary>The functions of matrices: of singular values, and of eigenvalues of matrices whose eigenvalues are apart.</summary>
[Network]
public partial class ProximalMatrices
{
    [return: Shape("b 4 3")]
    public virtual Tensor Norms([Shape("b 4 3")] Tensor x) => NuclearNorm.Prox(x, 0.4f) + SpectralNorm.Prox(x, 0.4f) + Rank.Prox(x, 0.4f);

    [return: Shape("b 4 3")]
    public virtual Tensor Balls([Shape("b 4 3")] Tensor x) => SpectralBall.Project(x, 0.8f) + NuclearBall.Project(x, 0.8f);

    [return: Shape("b 4 3")]
    [Reassociated]
    public virtual Tensor Deblurred([Shape("b 4 3")] Tensor x, [Shape("4 3")] Tensor kernel) => CircularFit2d.Prox(x, 0.4f, kernel, kernel);

    [return: Shape("b 4 3")]
    public virtual Tensor Ranks([Shape("b 4 3")] Tensor x) => RankBall.Project(x, 2f) + Stiefel.Project(x);

    [return: Shape("b 3 3")]
    public virtual Tensor Cones([Shape("b 3 3")] Tensor x) => PositiveSemidefinite.Project(x) + Spectrahedron.Project(x, 1.5f);

    [return: Shape("b 3 3")]
    public virtual Tensor Structures([Shape("b 3 3")] Tensor x, [Shape("3 3")] Tensor form) =>
        Circulant.Project(x) + SymmetricMatrices.Project(x) + TransportPolytope.Project(x, Ones(3, 1), Ones(1, 3)) + QuadraticForm.Prox(x, 0.4f, MatMul(form, Transpose(form)));

    [return: Shape("b 4 3")]
    public virtual Tensor Weighted([Shape("b 4 3")] Tensor x, [Shape("3")] Tensor weights, [Shape("4 3")] Tensor kernel) =>
        WeightedNuclearNorm.Prox(x, 0.4f, CumSum(Square(weights), dim: 0)) + ReflectedFit2d.Prox(x, 0.4f, kernel, kernel);

    [return: Shape("b 3 3")]
    public virtual Tensor Barriers([Shape("b 3 3")] Tensor x) => NegativeLogDet.Prox(x, 0.4f) + SpectralEntropy.Prox(x, 0.4f);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 4 3")] Tensor x, [Shape("b 4 3")] Tensor w) => Sum((NuclearNorm.Prox(x, 0.4f) + SpectralBall.Project(x, 0.8f)) * w);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor ConeLoss([Shape("b 3 3")] Tensor x, [Shape("b 3 3")] Tensor w) => Sum((NegativeLogDet.Prox(x, 0.4f) + PositiveSemidefinite.Project(x)) * w);

    [Gradient(of: nameof(ConeLoss), wrt: "x")]
    public virtual partial Tensor ConeGradient(Tensor x, Tensor w);
}

/// <summary>Operators of perspectives, of functions of distances and of images.</summary>
[Network]
public partial class ComposedOperators(int n)
{
    [Parameter("n", Init = 0.5)] public partial Tensor Scales { get; }

    [return: Shape("")]
    public virtual Tensor Perspective([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Huber.Value(x[.., 1..] / x[.., ..1], 0.5f));

    [return: Shape("")]
    public virtual Tensor Within([Shape("b n")] Tensor x) => Sum(Box.Value(x, -0.5f, 0.5f));

    [return: Shape("")]
    public virtual Tensor Robust([Shape("")] Tensor d) => Huber.Value(d, 0.25f) + 0.5 * Square(d);

    [return: Shape("")]
    public virtual Tensor Sizes([Shape("b n")] Tensor x) => Sum(Abs(x - 0.25f));

    [return: Shape("b n")]
    public virtual Tensor Scaled([Shape("b n")] Tensor x) => x * (Abs(Scales) + 0.5);

    [Prox(of: nameof(Perspective))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    [Prox(of: nameof(Within), FunctionOfDistance = nameof(Robust))]
    public virtual partial Tensor Near(Tensor x, float step);

    [Prox(of: nameof(Sizes), Image = nameof(Scaled))]
    public virtual partial Tensor Rest(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n+1")] Tensor z) => Sum(Square(Near(x, 0.5f))) + Sum(Square(Rest(x, 0.5f))) + Sum(Square(Shrink(z, 0.5f)));

    [Gradient(of: nameof(Loss), wrt: "x, z, Scales")]
    public virtual partial (Tensor X, Tensor Z, Tensor Scales) LossGradient(Tensor x, Tensor z);
}

/// <summary>Derived operators and algorithms, few iterations of each.</summary>
[Network]
public partial class Unrolled(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("", Init = 0.1)] public partial Tensor Sparsity { get; }

    [Parameter("3", Init = 0.2)] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Abs(Sparsity) * Sum(Abs(x)) + Sum(Square(x)) / 8;

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3)]
    public virtual partial Tensor Fast(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3, Learn = nameof(Steps))]
    public virtual partial Tensor Learned(Tensor x, Tensor y);

    [return: Shape("")]
    private Tensor SizeOf([Shape("b n")] Tensor x, int k) => Exp(Steps[k]) * Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(SizeOf), Iterations = 3, Counter = "k", Learn = nameof(Steps), Selection = 0.5)]
    public virtual partial Tensor Selecting(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3, Step = 0.25, Backtracking = true)]
    public virtual partial Tensor Trying(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Bounds([Shape("b n")] Tensor x) => Sum(Box.Value(x, -0.5f, 0.5f));

    [Unroll(Algorithm.Hqs, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor Penalized(Tensor x, Tensor y);

    [Unroll(Algorithm.Admm, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor Alternating(Tensor x, Tensor y);

    [Unroll(Algorithm.DouglasRachford, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor Reflecting(Tensor x, Tensor y);

    [Unroll(Algorithm.DavisYin, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Bounds), Iterations = 3)]
    public virtual partial Tensor Bounded(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Size([Shape("b n")] Tensor x) => Abs(Sparsity) * Sum(Abs(x));

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 2)]
    public virtual partial Tensor Dual(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Size), Other = nameof(Bounds), Iterations = 3)]
    public virtual partial Tensor BoundedDual(Tensor x, Tensor y);

    [Unroll(Algorithm.LinearizedAdmm, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 2)]
    public virtual partial Tensor Linearized(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Learned(x, y)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}

/// <summary>Problems with a function of which a child declares the operator; all of it is learned.</summary>
[Network]
public partial class DeclaredOperators(int m, int n)
{
    readonly PluggedDenoiser prior = new(n, 5);

    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.4 * Sum(prior.Prior(x));

    [return: Shape("")]
    public virtual Tensor Denoised([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Fit(x, y) + 0.3 * Sum(RegularizationByDenoising.Value(x, prior.Clean(x)));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor Plugged(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Denoised), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor ByDenoising(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Plugged(x, y)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}

/// <summary>Algorithms over sets and over blocks, few iterations of each, and searches.</summary>
[Network]
public partial class UnrolledFurther(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("", Init = 0.7)] public partial Tensor Radius { get; }

    [Parameter("", Init = 0.1)] public partial Tensor Sparsity { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Size([Shape("b n")] Tensor x) => Abs(Sparsity) * Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor Bounds([Shape("b n")] Tensor x) => Sum(Box.Value(x, -0.5f, 0.5f));

    [return: Shape("")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, Abs(Radius)));

    [return: Shape("")]
    public virtual Tensor Corners([Shape("b n")] Tensor x) => Sum(L1Ball.Value(x, Abs(Radius)));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Shares([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, Abs(Radius)));

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Bounds), Iterations = 2)]
    public virtual partial Tensor InBox(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Round), Iterations = 2)]
    public virtual partial Tensor InBall(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Corners), Iterations = 1)]
    [Require("1 <= n")]
    public virtual partial Tensor InCorners(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Shares), Iterations = 1)]
    [Require("1 <= n")]
    public virtual partial Tensor InSimplex(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Distance([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => 0.5 * Sum(Square(x - w));

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(Bounds), Other = $"{nameof(Round)}, {nameof(Size)}", Iterations = 2)]
    public virtual partial Tensor InBoth(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor BothLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(InBoth(x, w) * x);

    [Gradient(of: nameof(BothLoss), wrt: "x, w, Radius, Sparsity")]
    public virtual partial (Tensor X, Tensor W, Tensor Radius, Tensor Sparsity) BothGradient(Tensor x, Tensor w);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Shares), Iterations = 2)]
    [Require("1 <= n")]
    public virtual partial Tensor Mirrored(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Positive), Iterations = 2, Step = 0.01)]
    public virtual partial Tensor Multiplied(Tensor x, Tensor y);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 2)]
    public virtual partial Tensor Twice(Tensor x, Tensor y);

    [Unroll(Algorithm.ProximalPoint, smooth: nameof(Fit), Iterations = 2, Step = 0.1)]
    public virtual partial Tensor Points(Tensor x, Tensor y);

    [Unroll(Algorithm.Amp, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 2)]
    [Require("1 <= m")]
    public virtual partial Tensor Passed(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Product([Shape("b n")] Tensor u, [Shape("n m")] Tensor v, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(u, v) - y));

    [return: Shape("")]
    public virtual Tensor OfLeft([Shape("b n")] Tensor u) => Abs(Sparsity) * Sum(Abs(u));

    [return: Shape("")]
    public virtual Tensor OfRight([Shape("n m")] Tensor v) => Sum(L2Ball.Value(v, Abs(Radius)));

    [return: Shape("")]
    public virtual Tensor SquareOfLeft([Shape("b n")] Tensor u) => 0.5 * Sum(Square(u));

    [Unroll(Algorithm.Palm, smooth: nameof(Product), proximable: nameof(OfLeft), wrt: "u, v", Other = nameof(OfRight), Iterations = 2, Step = 0.005)]
    public virtual partial (Tensor U, Tensor V) Factors(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.IPalm, smooth: nameof(Product), proximable: nameof(OfLeft), wrt: "u, v", Other = nameof(OfRight), Iterations = 2)]
    public virtual partial (Tensor U, Tensor V) InertialFactors(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.BlockCoordinateDescent, smooth: nameof(Product), proximable: nameof(SquareOfLeft), wrt: "u, v", Iterations = 2, Step = 0.1)]
    public virtual partial (Tensor U, Tensor V) Alternating(Tensor u, Tensor v, Tensor y);

    [return: Shape("")]
    public virtual Tensor Game([Shape("b n")] Tensor u, [Shape("b m")] Tensor v) => Sum(MatMul(u, A) * v);

    [return: Shape("")]
    public virtual Tensor OfSecond([Shape("b m")] Tensor v) => Sum(Box.Value(v, -0.5f, 0.5f));

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), proximable: nameof(OfLeft), wrt: "u, v", Other = nameof(OfSecond), Iterations = 2)]
    public virtual partial (Tensor U, Tensor V) Saddle(Tensor u, Tensor v);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 3, Tolerance = 1e-7)]
    public virtual partial Tensor Search(Tensor x, Tensor y);

    [Unroll(Algorithm.DouglasRachford, smooth: nameof(Fit), proximable: nameof(Size), Iterations = 3, Tolerance = 1e-7, Step = 0.1)]
    public virtual partial Tensor SplitSearch(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(InBall(x, y)));

    [Gradient(of: nameof(Loss), wrt: "x, y, Radius")]
    public virtual partial (Tensor X, Tensor Y, Tensor Radius) LossGradient(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor FactorLoss([Shape("b n")] Tensor u, [Shape("n m")] Tensor v, [Shape("b m")] Tensor y)
    {
        var (left, right) = Factors(u, v, y);
        return Sum(Square(left)) + Sum(Square(right));
    }

    [Gradient(of: nameof(FactorLoss), wrt: "u, v, y")]
    public virtual partial (Tensor U, Tensor V, Tensor Y) FactorGradient(Tensor u, Tensor v, Tensor y);
}
