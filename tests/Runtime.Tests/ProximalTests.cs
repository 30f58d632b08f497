using System.Reflection;
using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Every entry of the catalogue of proximal functions, in Float64 on the reference, against what defines a proximal operator.</summary>
public sealed class ProximalTests
{
    /// <summary>An entry with the numbers at which it is tested.</summary>
    /// <param name="Shape">One sample of x.</param>
    /// <param name="Feasible">Of a set: from any points to points of the set, by another way than the projection. Of a function that is finite on a surface only: from any points to those of it.</param>
    /// <param name="Slack">By how much a search may be better: a value that takes small for zero leaves room.</param>
    /// <param name="Parameters">What the members of the class take besides their tensors.</param>
    private sealed record Entry(
        Type Type, int[] Shape, Func<Tensor, Tensor> Value, Func<Tensor, Tensor, Tensor> Prox, Func<Tensor, Tensor>? Feasible = null, bool IsSymmetric = false, double Slack = 1e-9, params Tensor[] Parameters)
    {
        /// <summary>Another member of the class, where it has one.</summary>
        public Func<Tensor, Tensor>? Member(string name) =>
            Type.GetMethod(name, BindingFlags.Public | BindingFlags.Static) is { } method ? x => (Tensor)method.Invoke(null, [x, .. Parameters])! : null;

        /// <summary>The point of a set where a linear function is least.</summary>
        public Tensor Least(Tensor slope) => Member("LinearMinimizer")!(slope);

        public ProxRuleAttribute Rule { get; } = RuleOf(Type)!;

        public int Count => Shape.Aggregate(1, (a, b) => a * b);

        /// <summary>One value for each sample.</summary>
        public double[] Values(Tensor x)
        {
            var value = Value(x);
            return (value.Rank == 1 ? value : Sum(value, [.. Enumerable.Range(1, value.Rank - 1)])).ToArray<double>();
        }

        public Tensor At(Tensor x, double step) => Prox(x, Tensor.Full([], step, x.DType));
    }

    private static ProxRuleAttribute? RuleOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.GetCustomAttribute<ProxRuleAttribute>()).FirstOrDefault(rule => rule is not null);

    private static readonly Tensor s_normal = Tensor.From([0.5, -1.0, 2.0], 3);
    private static readonly Tensor s_matrix = Tensor.From([1.0, 0, 2, 0, 1, -1], 2, 3);
    private static readonly Tensor s_right = Tensor.From([0.5, -0.25], 2);

    private static readonly Tensor s_kernel = Tensor.From([0.5, 0.25, 1, -0.5], 2, 2);
    private static readonly Tensor s_image = Tensor.From([1.0, -0.5, 0.25, 2], 2, 2);

    private static Tensor Double(double value) => Tensor.Full([], value, DType.Float64);

    private static readonly Tensor s_prior = Double(0.75);
    private static readonly Tensor s_weights = Tensor.From([1.25, 0.75, 0.25], 3);
    private static readonly Tensor s_upper = Tensor.From([1.0, 0.5, 0.75], 3);
    private static readonly Tensor s_rising = Tensor.From([0.5, 1.25], 2);
    private static readonly Tensor s_form = Tensor.From([2.0, 0.5, 0, 0.5, 1, -0.25, 0, -0.25, 0.5], 3, 3);
    private static readonly Tensor s_rows = Tensor.From([1.0, 0.75], 2, 1);
    private static readonly Tensor s_columns = Tensor.From([0.5, 0.25, 1], 1, 3);
    // The last row follows from the others.
    private static readonly Tensor s_sides = Tensor.From([1.0, 0.5, 0, -0.5, 1, 1, 0, -1, 2, 0.5, 1.5, 1], 4, 3);
    private static readonly Tensor s_bounds = Tensor.From([0.5, 1, 0.75, 1.5], 4);
    private static readonly Tensor s_counts = Tensor.From([1.0, 0, 2], 3);
    private static readonly Tensor s_point = Tensor.From([0.5, -1.0], 2);
    private static readonly Tensor s_filter = Tensor.From([0.5, 1.0, -0.25, 0.75], 4);
    private static readonly Tensor s_sampled = Tensor.From([1.0, -0.5], 2);
    private static readonly Tensor s_sampledImage = Tensor.From([1.0, -0.5], 1, 2);

    private static readonly Entry[] s_entries =
    [
        new(typeof(Absolute), [1], Absolute.Value, Absolute.Prox),
        new(typeof(HalfSquare), [1], HalfSquare.Value, HalfSquare.Prox),
        new(typeof(ElasticNet), [1], x => ElasticNet.Value(x, 0.5, 1.5), (x, step) => ElasticNet.Prox(x, step, 0.5, 1.5), Parameters: [0.5, 1.5]),
        new(typeof(Pinball), [1], x => Pinball.Value(x, -0.25, 0.75), (x, step) => Pinball.Prox(x, step, -0.25, 0.75), Parameters: [-0.25, 0.75]),
        new(typeof(Huber), [1], x => Huber.Value(x, 0.75), (x, step) => Huber.Prox(x, step, 0.75), Parameters: [0.75]),
        new(typeof(BerHu), [1], x => BerHu.Value(x, 0.75), (x, step) => BerHu.Prox(x, step, 0.75), Parameters: [0.75]),
        new(typeof(Hinge), [1], Hinge.Value, Hinge.Prox),
        new(typeof(SquaredHinge), [1], SquaredHinge.Value, SquaredHinge.Prox),
        new(typeof(Insensitive), [1], x => Insensitive.Value(x, 0.375), (x, step) => Insensitive.Prox(x, step, 0.375), Parameters: [0.375]),
        new(typeof(SquaredInsensitive), [1], x => SquaredInsensitive.Value(x, 0.375), (x, step) => SquaredInsensitive.Prox(x, step, 0.375), Parameters: [0.375]),
        new(typeof(PositivePart), [1], PositivePart.Value, PositivePart.Prox),
        new(typeof(CubedAbsolute), [1], CubedAbsolute.Value, CubedAbsolute.Prox),
        new(typeof(NegativeLog), [1], NegativeLog.Value, NegativeLog.Prox),
        new(typeof(Poisson), [1], x => Poisson.Value(x, 2), (x, step) => Poisson.Prox(x, step, 2), Parameters: [2]),
        new(typeof(Cardinality), [1], Cardinality.Value, Cardinality.Prox),
        new(typeof(Mcp), [1], x => Mcp.Value(x, 0.75, 1.25), (x, step) => Mcp.Prox(x, step, 0.75, 1.25)),
        new(typeof(Scad), [1], x => Scad.Value(x, 0.5, 2.25), (x, step) => Scad.Prox(x, step, 0.5, 2.25)),
        new(typeof(LogPenalty), [1], x => LogPenalty.Value(x, 0.25), (x, step) => LogPenalty.Prox(x, step, 0.25)),
        new(typeof(CappedAbsolute), [1], x => CappedAbsolute.Value(x, 0.75), (x, step) => CappedAbsolute.Prox(x, step, 0.75)),
        new(typeof(SquareRoot), [1], SquareRoot.Value, SquareRoot.Prox),
        new(typeof(TwoThirdsPower), [1], TwoThirdsPower.Value, TwoThirdsPower.Prox),
        new(typeof(Geman), [1], x => Geman.Value(x, 0.5), (x, step) => Geman.Prox(x, step, 0.5)),
        new(typeof(ExponentialPenalty), [1], x => ExponentialPenalty.Value(x, 0.75), (x, step) => ExponentialPenalty.Prox(x, step, 0.75)),
        new(typeof(TruncatedSquare), [1], x => TruncatedSquare.Value(x, 0.75), (x, step) => TruncatedSquare.Prox(x, step, 0.75)),
        new(typeof(Amplitude), [1], x => Amplitude.Value(x, 0.75), (x, step) => Amplitude.Prox(x, step, 0.75)),
        new(typeof(Intensity), [1], x => Intensity.Value(x, 0.75), (x, step) => Intensity.Prox(x, step, 0.75), Parameters: [0.75]),
        new(typeof(FourThirdsPower), [1], FourThirdsPower.Value, FourThirdsPower.Prox),
        new(typeof(BinaryEntropy), [1], BinaryEntropy.Value, BinaryEntropy.Prox),
        new(typeof(Binary), [1], x => Binary.Value(x, -0.5, 1.25), (x, _) => Binary.Project(x, -0.5, 1.25), x => Where(x > 0, 0 * x - 0.5, 1.25)),
        new(typeof(Entropy), [1], Entropy.Value, Entropy.Prox),
        new(typeof(RelativeEntropy), [1], x => RelativeEntropy.Value(x, s_prior.To(x.DType)), (x, step) => RelativeEntropy.Prox(x, step, s_prior.To(x.DType)), Parameters: [s_prior]),
        new(typeof(Exponential), [1], Exponential.Value, Exponential.Prox),
        new(typeof(Logistic), [1], Logistic.Value, Logistic.Prox),
        new(typeof(LogCosh), [1], LogCosh.Value, LogCosh.Prox),
        new(typeof(SmoothAbsolute), [1], x => SmoothAbsolute.Value(x, 0.25), (x, step) => SmoothAbsolute.Prox(x, step, 0.25), Parameters: [0.25]),
        new(typeof(Fair), [1], x => Fair.Value(x, 1.5), (x, step) => Fair.Prox(x, step, 1.5), Parameters: [1.5]),
        new(typeof(ThreeHalvesPower), [1], ThreeHalvesPower.Value, ThreeHalvesPower.Prox),
        new(typeof(FourthPower), [1], FourthPower.Value, FourthPower.Prox),
        new(typeof(InverseBarrier), [1], InverseBarrier.Value, InverseBarrier.Prox),
        new(typeof(AbsolutePower), [1], x => AbsolutePower.Value(x, 1.75), (x, step) => AbsolutePower.Prox(x, step, 1.75), Parameters: [Double(1.75)]),
        new(typeof(InversePower), [1], x => InversePower.Value(x, 2.5), (x, step) => InversePower.Prox(x, step, 2.5), Parameters: [Double(2.5)]),
        new(typeof(NegativePower), [1], x => NegativePower.Value(x, 0.375), (x, step) => NegativePower.Prox(x, step, 0.375), Parameters: [Double(0.375)]),
        new(typeof(LogPower), [1], x => LogPower.Value(x, 0.75, -1), (x, step) => LogPower.Prox(x, step, 0.75, -1), Parameters: [0.75, -1]),
        new(typeof(LogBarrier), [1], x => LogBarrier.Value(x, 1.25), (x, step) => LogBarrier.Prox(x, step, 1.25), Parameters: [1.25]),
        new(typeof(BernoulliLoss), [1], x => BernoulliLoss.Value(x, 0.25), (x, step) => BernoulliLoss.Prox(x, step, 0.25), Parameters: [0.25]),
        new(typeof(BurgCauchy), [1], x => BurgCauchy.Value(x, 3, 0.25), (x, step) => BurgCauchy.Prox(x, step, 3, 0.25), Parameters: [3, 0.25]),
        new(typeof(BurgLogSum), [1], x => BurgLogSum.Value(x, 3, 0.25), (x, step) => BurgLogSum.Prox(x, step, 3, 0.25), Parameters: [3, 0.25]),
        new(typeof(EntropyCauchy), [1], x => EntropyCauchy.Value(x, 3, 0.25), (x, step) => EntropyCauchy.Prox(x, step, 3, 0.25), Parameters: [3, 0.25]),
        new(typeof(EntropyLogSum), [1], x => EntropyLogSum.Value(x, 1, 0.5), (x, step) => EntropyLogSum.Prox(x, step, 1, 0.5), Parameters: [1, 0.5]),
        new(typeof(EntropyCardinality), [1], x => EntropyCardinality.Value(x, 0.75), (x, step) => EntropyCardinality.Prox(x, step, 0.75)),
        new(typeof(CauchyPenalty), [1], x => CauchyPenalty.Value(x, 0.5), (x, step) => CauchyPenalty.Prox(x, step, 0.5), Parameters: [0.5]),
        new(typeof(Box), [1], x => Box.Value(x, -0.5, 1.25), (x, _) => Box.Project(x, -0.5, 1.25), x => Sigmoid(x) * 1.75 - 0.5, Parameters: [-0.5, 1.25]),
        new(typeof(NonnegativeOrthant), [1], NonnegativeOrthant.Value, (x, _) => NonnegativeOrthant.Project(x), Square),
        new(typeof(L2Norm), [3], L2Norm.Value, L2Norm.Prox),
        new(typeof(NegativeL2Norm), [3], NegativeL2Norm.Value, NegativeL2Norm.Prox),
        new(typeof(SmoothMaximum), [3], SmoothMaximum.Value, SmoothMaximum.Prox),
        new(typeof(SimplexEntropy), [3], SimplexEntropy.Value, SimplexEntropy.Prox, x => Softmax(x, -1)),
        new(typeof(SoftmaxPenalty), [3], SoftmaxPenalty.Value, SoftmaxPenalty.Prox, x => Softmax(x, -1)),
        new(typeof(SimplexBarrier), [3], x => SimplexBarrier.Value(x, 1.5), (x, step) => SimplexBarrier.Prox(x, step, 1.5), x => 1.5 * Softmax(x, -1), Parameters: [1.5]),
        new(typeof(PoissonBall), [3], x => PoissonBall.Value(x, s_counts, 0.5), (x, _) => PoissonBall.Project(x, s_counts, 0.5), x => s_counts + 0.25 * Sigmoid(x) * (0.25 + s_counts), Parameters: [s_counts, 0.5]),
        new(typeof(Polyhedron), [3], x => Polyhedron.Value(x, s_sides, s_bounds), (x, _) => Polyhedron.Project(x, s_sides, s_bounds),
            x => x / (1 + Max(Relu(MatMul(x, Transpose(s_sides)) / s_bounds), dim: -1, keepDim: true)), Parameters: [s_sides, s_bounds]),
        new(typeof(LinearGraph), [5], x => LinearGraph.Value(x, s_matrix), (x, _) => LinearGraph.Project(x, s_matrix), x => Concat([x[.., ..3], MatMul(x[.., ..3], Transpose(s_matrix))], dim: -1), Parameters: [s_matrix]),
        new(typeof(SparsityEnvelope), [3], x => SparsityEnvelope.Value(x, 2), (x, step) => SparsityEnvelope.Prox(x, step, 2), Parameters: [2]),
        new(typeof(LInfNorm), [3], LInfNorm.Value, LInfNorm.Prox),
        new(typeof(LargestElement), [3], LargestElement.Value, LargestElement.Prox),
        new(typeof(Simplex), [4], x => Simplex.Value(x, 1.5), (x, _) => Simplex.Project(x, 1.5), x => Softmax(x, -1) * 1.5, Parameters: [1.5]),
        new(typeof(L1Ball), [4], x => L1Ball.Value(x, 1.5), (x, _) => L1Ball.Project(x, 1.5), x => 1.5 * x / (1 + Sum(Abs(x), dim: -1, keepDim: true)), Parameters: [1.5]),
        new(typeof(L2Ball), [4], x => L2Ball.Value(x, 1.5), (x, _) => L2Ball.Project(x, 1.5), x => 1.5 * x / (1 + Norm(x, 2, dim: -1, keepDim: true)), Parameters: [1.5]),
        new(typeof(Halfspace), [3], x => Halfspace.Value(x, s_normal, 0.25), (x, _) => Halfspace.Project(x, s_normal, 0.25),
            x => x - Ones(3) * (Abs(Sum(s_normal * x, dim: -1, keepDim: true)) + Sum(s_normal * x, dim: -1, keepDim: true)) / 1.5),
        new(typeof(Hyperplane), [3], x => Hyperplane.Value(x, s_normal, 0.25), (x, _) => Hyperplane.Project(x, s_normal, 0.25),
            x => x - (Sum(s_normal * x, dim: -1, keepDim: true) - 0.25) / 1.5),
        new(typeof(Slab), [3], x => Slab.Value(x, s_normal, -0.25, 0.5), (x, _) => Slab.Project(x, s_normal, -0.25, 0.5),
            x => x - (Sum(s_normal * x, dim: -1, keepDim: true) - 0.75 * Sigmoid(Sum(x, dim: -1, keepDim: true)) + 0.25) / 1.5),
        new(typeof(Sphere), [3], x => Sphere.Value(x, 1.5), (x, _) => Sphere.Project(x, 1.5), x => 1.5 * Concat([Sin(x[.., ..1]), 0.6 * Cos(x[.., ..1]), -0.8 * Cos(x[.., ..1])], dim: -1)),
        new(typeof(MonotoneCone), [4], MonotoneCone.Value, (x, _) => MonotoneCone.Project(x), x => CumSum(Concat([x[.., ..1], Abs(x[.., 1..])], dim: -1), dim: -1)),
        new(typeof(SortedL1Norm), [3], x => SortedL1Norm.Value(x, s_weights), (x, step) => SortedL1Norm.Prox(x, step, s_weights)),
        new(typeof(SecondOrderCone), [3], SecondOrderCone.Value, (x, _) => SecondOrderCone.Project(x),
            x => Concat([Abs(x[.., ..1]) + Norm(x[.., 1..], 2, dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(AffineSet), [3], x => AffineSet.Value(x, s_matrix, s_right), (x, _) => AffineSet.Project(x, s_matrix, s_right),
            x => Concat([0.5 - 2 * x[.., 2..], x[.., 2..] - 0.25, x[.., 2..]], dim: -1)),
        new(typeof(SumOfLargest), [3], x => SumOfLargest.Value(x, 2), (x, step) => SumOfLargest.Prox(x, step, 2), Parameters: [2]),
        new(typeof(SumOfLargestMagnitudes), [3], x => SumOfLargestMagnitudes.Value(x, 2), (x, step) => SumOfLargestMagnitudes.Prox(x, step, 2), Parameters: [2]),
        new(typeof(CappedSimplex), [4], x => CappedSimplex.Value(x, 1.5, 0.75), (x, _) => CappedSimplex.Project(x, 1.5, 0.75), x => 0.375 + 0.25 * (Tanh(x) - Tanh(Roll(x, 1, 1))) / 2, Parameters: [1.5, 0.75]),
        new(typeof(SquaredKSupportNorm), [3], x => SquaredKSupportNorm.Value(x, 2), (x, step) => SquaredKSupportNorm.Prox(x, step, 2), Parameters: [2]),
        new(typeof(L1MinusL2), [3], x => L1MinusL2.Value(x, 0.75), (x, step) => L1MinusL2.Prox(x, step, 0.75)),
        new(typeof(ConicCardinality), [2], x => ConicCardinality.Value(x, 0.75), (x, step) => ConicCardinality.Prox(x, step, 0.75), Slack: 1e-4),
        new(typeof(L0Ball), [4], x => L0Ball.Value(x, 2), (x, _) => L0Ball.Project(x, 2), x => Concat([0 * x[.., ..1], x[.., 1..3], 0 * x[.., 3..]], dim: -1)),
        new(typeof(RotatedSecondOrderCone), [4], RotatedSecondOrderCone.Value, (x, _) => RotatedSecondOrderCone.Project(x),
            x => Concat([Exp(x[.., ..1]), Sum(Square(x[.., 2..]), dim: -1, keepDim: true) / Exp(x[.., ..1]) + Abs(x[.., 1..2]), x[.., 2..]], dim: -1)),
        new(typeof(QuadraticOverLinear), [3], QuadraticOverLinear.Value, QuadraticOverLinear.Prox),
        new(typeof(ExponentialCone), [3], ExponentialCone.Value, (x, _) => ExponentialCone.Project(x),
            x => Concat([x[.., ..1], Exp(x[.., 1..2]), Exp(x[.., 1..2]) * Exp(x[.., ..1] / Exp(x[.., 1..2])) + Abs(x[.., 2..])], dim: -1)),
        new(typeof(PowerCone), [3], x => PowerCone.Value(x, 0.3), (x, _) => PowerCone.Project(x, 0.3),
            x => Concat([Exp(x[.., ..1]), Exp(x[.., 1..2]), Tanh(x[.., 2..]) * Exp(0.3 * x[.., ..1] + 0.7 * x[.., 1..2])], dim: -1), Parameters: [0.3]),
        new(typeof(TotalVariation), [3], TotalVariation.Value, TotalVariation.Prox),
        new(typeof(CircularFit), [3], x => CircularFit.Value(x, s_normal, s_weights), (x, step) => CircularFit.Prox(x, step, s_normal, s_weights), Parameters: [s_normal, s_weights]),
        new(typeof(DownsampledFit), [4], x => DownsampledFit.Value(x, s_filter, s_sampled), (x, step) => DownsampledFit.Prox(x, step, s_filter, s_sampled), Parameters: [s_filter, s_sampled]),
        new(typeof(DownsampledFit2d), [2, 2], x => DownsampledFit2d.Value(x, s_kernel, s_sampledImage), (x, step) => DownsampledFit2d.Prox(x, step, s_kernel, s_sampledImage), Parameters: [s_kernel, s_sampledImage]),
        new(typeof(CircularFit2d), [2, 2], x => CircularFit2d.Value(x, s_kernel, s_image), (x, step) => CircularFit2d.Prox(x, step, s_kernel, s_image), Parameters: [s_kernel, s_image]),
        new(typeof(ReflectedFit), [3], x => ReflectedFit.Value(x, s_weights, s_normal), (x, step) => ReflectedFit.Prox(x, step, s_weights, s_normal), Parameters: [s_weights, s_normal]),
        new(typeof(ReflectedFit2d), [2, 1], x => ReflectedFit2d.Value(x, s_kernel[.., ..1], s_image[.., ..1]), (x, step) => ReflectedFit2d.Prox(x, step, s_kernel[.., ..1], s_image[.., ..1]), Parameters: [s_kernel[.., ..1], s_image[.., ..1]]),
        new(typeof(QuadraticForm), [3], x => QuadraticForm.Value(x, s_form.To(x.DType)), (x, step) => QuadraticForm.Prox(x, step, s_form.To(x.DType)), Parameters: [s_form]),
        new(typeof(TotalVariation2d), [2, 2], TotalVariation2d.Value, TotalVariation2d.Prox),
        new(typeof(TotalVariationOfLines), [2, 2], TotalVariationOfLines.Value, TotalVariationOfLines.Prox),
        new(typeof(TotalVariation3d), [2, 1, 2], TotalVariation3d.Value, TotalVariation3d.Prox),
        new(typeof(TotalVariationOfLines3d), [2, 2, 1], TotalVariationOfLines3d.Value, TotalVariationOfLines3d.Prox),
        new(typeof(TotalVariation4d), [2, 1, 1, 2], TotalVariation4d.Value, TotalVariation4d.Prox),
        new(typeof(TotalVariationOfLines4d), [2, 1, 2, 1], TotalVariationOfLines4d.Value, TotalVariationOfLines4d.Prox),
        new(typeof(SolidSimplex), [4], x => SolidSimplex.Value(x, 1.5), (x, _) => SolidSimplex.Project(x, 1.5), x => Softmax(x, -1) * Sigmoid(x[.., ..1]) * 1.5, Parameters: [1.5]),
        new(typeof(SparseSimplex), [4], x => SparseSimplex.Value(x, 2, 1.5), (x, _) => SparseSimplex.Project(x, 2, 1.5), x => Concat([0 * x[.., ..1], Softmax(x[.., 1..3], -1) * 1.5, 0 * x[.., 3..]], dim: -1)),
        new(typeof(BoxSection), [3], x => BoxSection.Value(x, -0.5, s_upper, s_normal, 0.25), (x, _) => BoxSection.Project(x, -0.5, s_upper, s_normal, 0.25),
            x => Concat([0.4 * Tanh(x[.., ..1]), 0.2 * Tanh(x[.., ..1]) - 0.25, 0 * x[.., ..1]], dim: -1)),
        new(typeof(L1Sphere), [3], x => L1Sphere.Value(x, 1.5), (x, _) => L1Sphere.Project(x, 1.5), x => 1.5 * x / Sum(Abs(x), dim: -1, keepDim: true)),
        new(typeof(L1Epigraph), [3], L1Epigraph.Value, (x, _) => L1Epigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Sum(Abs(x[.., 1..]), dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(LInfEpigraph), [3], LInfEpigraph.Value, (x, _) => LInfEpigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Max(Abs(x[.., 1..]), dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(LargestElementEpigraph), [3], LargestElementEpigraph.Value, (x, _) => LargestElementEpigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Max(x[.., 1..], dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(PositivePartEpigraph), [2], PositivePartEpigraph.Value, (x, _) => PositivePartEpigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Relu(x[.., 1..]), x[.., 1..]], dim: -1)),
        new(typeof(PowerEpigraph), [3], x => PowerEpigraph.Value(x, 1.5), (x, _) => PowerEpigraph.Project(x, 1.5),
            x => Concat([Abs(x[.., ..1]) + Pow(Norm(x[.., 1..], 2, dim: -1, keepDim: true), 1.5), x[.., 1..]], dim: -1)),
        new(typeof(ExponentialEpigraph), [2], ExponentialEpigraph.Value, (x, _) => ExponentialEpigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Exp(x[.., 1..]), x[.., 1..]], dim: -1)),
        new(typeof(PinballEpigraph), [2], x => PinballEpigraph.Value(x, -0.25, 0.75), (x, _) => PinballEpigraph.Project(x, -0.25, 0.75), x => Concat([Abs(x[.., ..1]) + Maximum(0.75 * x[.., 1..], -0.25 * x[.., 1..]), x[.., 1..]], dim: -1), Parameters: [-0.25, 0.75]),
        new(typeof(SquaredHingeEpigraph), [2], SquaredHingeEpigraph.Value, (x, _) => SquaredHingeEpigraph.Project(x), x => Concat([Abs(x[.., ..1]) + Square(Relu(1 - x[.., 1..])), x[.., 1..]], dim: -1)),
        new(typeof(BoxDistanceEpigraph), [3], x => BoxDistanceEpigraph.Value(x, -0.5, 0.75), (x, _) => BoxDistanceEpigraph.Project(x, -0.5, 0.75),
            x => Concat([Abs(x[.., ..1]) + Sum(Relu(x[.., 1..] - 0.75) + Relu(-0.5 - x[.., 1..]), dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(BallDistanceEpigraph), [3], x => BallDistanceEpigraph.Value(x, 0.75), (x, _) => BallDistanceEpigraph.Project(x, 0.75),
            x => Concat([Abs(x[.., ..1]) + Relu(Norm(x[.., 1..], 2, dim: -1, keepDim: true) - 0.75), x[.., 1..]], dim: -1)),
        new(typeof(DistanceEpigraph), [3], x => DistanceEpigraph.Value(x, s_point, 1.5), (x, _) => DistanceEpigraph.Project(x, s_point, 1.5),
            x => Concat([Abs(x[.., ..1]) + 1.5 * Norm(x[.., 1..] - s_point, 2, dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(SquaredDistanceEpigraph), [3], x => SquaredDistanceEpigraph.Value(x, s_point, 0.75), (x, _) => SquaredDistanceEpigraph.Project(x, s_point, 0.75),
            x => Concat([Abs(x[.., ..1]) + 0.75 * Sum(Square(x[.., 1..] - s_point), dim: -1, keepDim: true), x[.., 1..]], dim: -1)),
        new(typeof(PowerDivergence), [2], x => PowerDivergence.Value(x, 1.5), (x, step) => PowerDivergence.Prox(x, step, 1.5)),
        new(typeof(KullbackLeibler), [2], KullbackLeibler.Value, KullbackLeibler.Prox),
        new(typeof(Jeffreys), [2], Jeffreys.Value, Jeffreys.Prox),
        new(typeof(Hellinger), [2], Hellinger.Value, Hellinger.Prox),
        new(typeof(ChiSquare), [2], ChiSquare.Value, ChiSquare.Prox),
        new(typeof(PerspectiveOfHuber), [3], x => PerspectiveOfHuber.Value(x, 0.75), (x, step) => PerspectiveOfHuber.Prox(x, step, 0.75)),
        new(typeof(PerspectiveOfInsensitive), [2], x => PerspectiveOfInsensitive.Value(x, 0.75), (x, step) => PerspectiveOfInsensitive.Prox(x, step, 0.75)),
        new(typeof(PerspectiveOfRoot), [3], PerspectiveOfRoot.Value, PerspectiveOfRoot.Prox),
        new(typeof(TanhPenalty), [1], TanhPenalty.Value, TanhPenalty.Prox),
        new(typeof(SigmoidPenalty), [1], SigmoidPenalty.Value, SigmoidPenalty.Prox),
        new(typeof(AtanPenalty), [1], AtanPenalty.Value, AtanPenalty.Prox),
        new(typeof(SoftsignPenalty), [1], SoftsignPenalty.Value, SoftsignPenalty.Prox),
        new(typeof(IsruPenalty), [1], IsruPenalty.Value, IsruPenalty.Prox),
        new(typeof(EluPenalty), [1], EluPenalty.Value, EluPenalty.Prox),
        new(typeof(IsrluPenalty), [1], IsrluPenalty.Value, IsrluPenalty.Prox),
        new(typeof(AsinhPenalty), [1], AsinhPenalty.Value, AsinhPenalty.Prox),
        new(typeof(LogarithmPenalty), [1], LogarithmPenalty.Value, LogarithmPenalty.Prox),
        new(typeof(GemanMcClurePenalty), [1], GemanMcClurePenalty.Value, GemanMcClurePenalty.Prox),
        new(typeof(LeakyPenalty), [1], x => LeakyPenalty.Value(x, 0.25), (x, step) => LeakyPenalty.Prox(x, step, 0.25), Parameters: [0.25]),
        new(typeof(WeightedNuclearNorm), [2, 2], x => WeightedNuclearNorm.Value(x, s_rising), (x, step) => WeightedNuclearNorm.Prox(x, step, s_rising)),
        new(typeof(L21Ball), [2, 2], x => L21Ball.Value(x, 1.5), (x, _) => L21Ball.Project(x, 1.5), x => 1.5 * x / (1 + Sum(Norm(x, 2, dim: -1, keepDim: true), dim: 1, keepDim: true)), Parameters: [1.5]),
        new(typeof(L20Ball), [3, 2], x => L20Ball.Value(x, 2), (x, _) => L20Ball.Project(x, 2), x => Concat([x[.., ..2, ..], 0 * x[.., 2.., ..]], dim: 1)),
        new(typeof(Toeplitz), [2, 3], Toeplitz.Value, (x, _) => Toeplitz.Project(x), x => Stack([x[.., 0, ..], Concat([x[.., 1, ..1], x[.., 0, ..2]], dim: -1)], dim: 1)),
        new(typeof(Hankel), [2, 3], Hankel.Value, (x, _) => Hankel.Project(x), x => Stack([x[.., 0, ..], Concat([x[.., 0, 1..], x[.., 1, ..1]], dim: -1)], dim: 1)),
        new(typeof(Circulant), [3, 3], Circulant.Value, (x, _) => Circulant.Project(x), x => Stack([x[.., 0, ..], Roll(x[.., 0, ..], 1, 1), Roll(x[.., 0, ..], 2, 1)], dim: 1)),
        new(typeof(SymmetricMatrices), [2, 2], SymmetricMatrices.Value, (x, _) => SymmetricMatrices.Project(x), x => x + Transpose(x)),
        new(typeof(TransportPolytope), [2, 3], x => TransportPolytope.Value(x, s_rows, s_columns), (x, _) => TransportPolytope.Project(x, s_rows, s_columns),
            x => s_rows * s_columns / 1.75 + 0.1 * Reshape(Tanh(x[.., 0, 0]), x.Dim(0), 1, 1) * Tensor.From([1.0, 0, -1, -1, 0, 1], 2, 3)),
        new(typeof(RankBall), [2, 2], x => RankBall.Value(x, 1), (x, _) => RankBall.Project(x, 1), x => MatMul(x[.., .., ..1], x[.., ..1])),
        new(typeof(Stiefel), [2, 2], Stiefel.Value, (x, _) => Stiefel.Project(x), x => Qr(x).Q),
        new(typeof(NuclearNorm), [2, 2], NuclearNorm.Value, NuclearNorm.Prox),
        new(typeof(PositiveSemidefinite), [2, 2], PositiveSemidefinite.Value, (x, _) => PositiveSemidefinite.Project(x), x => MatMul(x, Transpose(x)), IsSymmetric: true),
        new(typeof(NegativeLogDet), [2, 2], NegativeLogDet.Value, NegativeLogDet.Prox, IsSymmetric: true),
        new(typeof(SpectralNorm), [2, 2], SpectralNorm.Value, SpectralNorm.Prox),
        new(typeof(Rank), [2, 2], Rank.Value, Rank.Prox, Slack: 1e-4),
        new(typeof(SpectralBall), [2, 2], x => SpectralBall.Value(x, 1.5), (x, _) => SpectralBall.Project(x, 1.5), x => 1.5 * x / (1 + Sqrt(Sum(Square(x), [1, 2], keepDim: true))), Parameters: [1.5]),
        new(typeof(NuclearBall), [2, 2], x => NuclearBall.Value(x, 1.5), (x, _) => NuclearBall.Project(x, 1.5), x => x / (1 + Sqrt(Sum(Square(x), [1, 2], keepDim: true))), Parameters: [1.5]),
        new(typeof(Spectrahedron), [2, 2], x => Spectrahedron.Value(x, 1.5), (x, _) => Spectrahedron.Project(x, 1.5),
            x => 1.5 * MatMul(x, Transpose(x)) / Sum(Square(x), [1, 2], keepDim: true), IsSymmetric: true),
        new(typeof(SpectralEntropy), [2, 2], SpectralEntropy.Value, SpectralEntropy.Prox, IsSymmetric: true),
    ];

    public static TheoryData<string> All => [.. s_entries.Select(e => e.Type.Name)];

    public static TheoryData<string> Sets => [.. s_entries.Where(e => e.Rule.IsSet).Select(e => e.Type.Name)];

    public static TheoryData<string> Functions => [.. s_entries.Where(e => !e.Rule.IsSet).Select(e => e.Type.Name)];

    public static TheoryData<string> Smooth => [.. s_entries.Where(e => e.Member("Gradient") is not null).Select(e => e.Type.Name)];

    public static TheoryData<string> Conjugates => [.. s_entries.Where(e => e.Member("Conjugate") is not null).Select(e => e.Type.Name)];

    public static TheoryData<string> Bounded => [.. s_entries.Where(e => e.Member("LinearMinimizer") is not null).Select(e => e.Type.Name)];

    public static TheoryData<string> Convex => [.. s_entries.Where(e => !e.Rule.IsNonconvex).Select(e => e.Type.Name)];

    private static Entry Find(string name) => s_entries.Single(e => e.Type.Name == name);

    private static Tensor Random(Entry entry, int stream, int count, double scale = 2)
    {
        var x = Tensor.Empty(DType.Float64, [count, .. entry.Shape]);
        new Philox(23, (ulong)stream).FillNormal(x);
        x = scale * x;
        return entry.IsSymmetric ? (x + Transpose(x)) / 2 : x;
    }

    private static double[] Inner(Tensor x, Tensor y) => Sum(x * y, [.. Enumerable.Range(1, x.Rank - 1)]).ToArray<double>();

    private static void Near(Tensor expected, Tensor actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        double[] a = expected.ToArray<double>(), b = actual.ToArray<double>();
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * (1 + Math.Abs(a[i])), $"{what}[{i}]: {b[i]:R} instead of {a[i]:R}");
    }

    [Fact]
    public void EveryEntryOfTheCatalogueIsHere() =>
        Assert.Equal(typeof(Absolute).Assembly.GetTypes().Where(t => RuleOf(t) is not null).Select(t => t.Name).Order(), s_entries.Select(e => e.Type.Name).Order());

    /// <summary>A search that knows only the value: a grid around the best point so far, finer each time.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void TheOperatorFindsWhatASearchFinds(string name)
    {
        var entry = Find(name);
        var free = entry.IsSymmetric ? 3 : entry.Count;
        var points = free switch { 1 => 401, 2 => 41, 3 => 13, _ => 9 };
        foreach (var step in new[] { 0.3, 1.0, 2.5 })
        {
            var x = Random(entry, 1, 6, 1.5);
            var found = entry.At(x, step);
            for (var sample = 0; sample < 6; sample++)
            {
                var target = x[sample];
                var centre = new double[free];
                var width = 8.0;
                var best = double.PositiveInfinity;
                for (var level = 0; level < 34; level++, width *= 0.6)
                {
                    var count = (int)Math.Pow(points, free);
                    var grid = new double[count * free];
                    for (var i = 0; i < count; i++)
                        for (int d = 0, rest = i; d < free; d++, rest /= points) grid[i * free + d] = centre[d] + width * (2.0 * (rest % points) / (points - 1) - 1);
                    var at = Candidates(entry, Tensor.From(grid, count, free));
                    var values = entry.Values(at);
                    var distances = Inner(at - target, at - target);
                    var winner = -1;
                    for (var i = 0; i < count; i++)
                    {
                        var objective = step * values[i] + distances[i] / 2;
                        if (objective < best) (best, winner) = (objective, i);
                    }
                    if (winner >= 0) centre = grid[(winner * free)..((winner + 1) * free)];
                }
                var own = found[sample..(sample + 1)];
                var reached = step * entry.Values(own)[0] + Inner(own - target, own - target)[0] / 2;
                Assert.True(reached <= best + entry.Slack * (1 + Math.Abs(best)), $"{name}, step {step}: the objective is {reached:R}, and a search finds {best:R}");
                // A function without jumps has one minimiser; near a jump two are equally good.
                if (!entry.Rule.IsNonconvex) Near(Candidates(entry, Tensor.From(centre, 1, free)), own, free > 3 ? 3e-3 : 2e-4, $"{name}, step {step}");
            }
        }
    }

    private static Tensor Candidates(Entry entry, Tensor free)
    {
        if (!entry.IsSymmetric) return (entry.Feasible ?? (x => x))(Reshape(free, [free.Dim(0), .. entry.Shape]));
        return Reshape(Stack([free[.., 0], free[.., 1], free[.., 1], free[.., 2]], dim: 1), free.Dim(0), 2, 2);
    }

    [Theory]
    [MemberData(nameof(Convex))]
    public void ConvexOperatorsAreFirmlyNonexpansive(string name)
    {
        var entry = Find(name);
        Tensor x = Random(entry, 2, 300), y = Random(entry, 3, 300);
        foreach (var step in new[] { 0.2, 1.0, 4.0 })
        {
            var difference = entry.At(x, step) - entry.At(y, step);
            double[] length = Inner(difference, difference), inner = Inner(difference, x - y);
            for (var i = 0; i < length.Length; i++) Assert.True(length[i] <= inner[i] + 1e-10 * (1 + inner[i]), $"{name}, step {step}: {length[i]:R} exceeds {inner[i]:R}");
        }
    }

    /// <summary>f(y) is at least f(p) + ⟨x - p, y - p⟩ / step: (x - p) / step is a subgradient at p.</summary>
    [Theory]
    [MemberData(nameof(Convex))]
    public void TheVariationalInequalityHolds(string name)
    {
        var entry = Find(name);
        var x = Random(entry, 4, 40);
        var y = entry.Feasible is { } feasible ? feasible(Random(entry, 5, 40)) : Random(entry, 5, 40);
        foreach (var step in new[] { 0.2, 1.0, 4.0 })
        {
            var p = entry.At(x, step);
            double[] at = entry.Values(y), here = entry.Values(p);
            for (var turn = 0; turn < 40; turn++)
            {
                var other = Roll(y, turn, 0);
                var slope = Inner(x - p, other - p);
                for (var i = 0; i < slope.Length; i++)
                {
                    var value = at[((i - turn) % 40 + 40) % 40];
                    Assert.True(double.IsNaN(value) || value >= here[i] + slope[i] / step - 1e-8, $"{name}, step {step}: {value:R} is below {here[i]:R} + {slope[i] / step:R}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void ProjectionsReachTheSetAndLeaveItsPointsAlone(string name)
    {
        var entry = Find(name);
        var x = Random(entry, 6, 200);
        var p = entry.At(x, 1);
        Assert.All(entry.Values(p), value => Assert.Equal(0, value));
        Assert.Contains(entry.Values(x), double.IsPositiveInfinity);
        Near(p, entry.At(p, 1), 1e-12, name);
        var inside = entry.Feasible!(x);
        Assert.All(entry.Values(inside), value => Assert.Equal(0, value));
        Near(inside, entry.At(inside, 1), 1e-12, name);
    }

    /// <summary>The slope of the value, and at the operator's point what is left of x.</summary>
    [Theory]
    [MemberData(nameof(Smooth))]
    public void GradientsAreThoseOfTheValue(string name)
    {
        var entry = Find(name);
        const double Step = 0.8, Small = 1e-6;
        // Points where the function is finite.
        var x = entry.At(Random(entry, 11, 60), Step);
        var (gradient, direction) = (entry.Member("Gradient")!(x), Random(entry, 12, 60, 0.1));
        double[] above = entry.Values(x + Small * direction), below = entry.Values(x - Small * direction), slope = Inner(gradient, direction);
        for (var i = 0; i < slope.Length; i++) Assert.Equal((above[i] - below[i]) / (2 * Small), slope[i], 1e-5 * (1 + Math.Abs(slope[i])));
        Near((Random(entry, 11, 60) - x) / Step, gradient, 1e-8, name);
    }

    /// <summary>f(x) + f*(y) is at least ⟨x, y⟩ for all, and equal to it where y is a subgradient at x.</summary>
    [Theory]
    [MemberData(nameof(Conjugates))]
    public void ConjugatesAreTheLeastThatTheFenchelInequalityAllows(string name)
    {
        var entry = Find(name);
        // Numbers that the operators of intervals compute with exactly: a subgradient at an end of its interval is not beyond it by rounding.
        const double Step = 0.5;
        double[] Conjugate(Tensor y)
        {
            var value = entry.Member("Conjugate")!(y);
            return (value.Rank == 1 ? value : Sum(value, [.. Enumerable.Range(1, value.Rank - 1)])).ToArray<double>();
        }
        var x = Floor(Random(entry, 13, 200) * 1024) / 1024;
        if (entry.IsSymmetric) x = (x + Transpose(x)) / 2;
        var p = entry.At(x, Step);
        var y = (x - p) / Step;
        double[] value = entry.Values(p), conjugate = Conjugate(y), inner = Inner(p, y);
        for (var i = 0; i < inner.Length; i++) Assert.Equal(inner[i], value[i] + conjugate[i], 1e-8 * (1 + Math.Abs(inner[i]) + Math.Abs(value[i])));
        // Everywhere else the sum is no less.
        double[] others = entry.Values(Roll(p, 1, 0)), everywhere = Conjugate(Random(entry, 14, 200)), products = Inner(Roll(p, 1, 0), y), free = Inner(p, Random(entry, 14, 200));
        for (var i = 0; i < products.Length; i++)
        {
            Assert.True(others[i] + conjugate[i] >= products[i] - 1e-8);
            Assert.True(double.IsNaN(everywhere[i]) || value[i] + everywhere[i] >= free[i] - 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void LinearMinimizersAreInTheSetAndNoPointOfItIsLower(string name)
    {
        var entry = Find(name);
        Tensor slope = Random(entry, 15, 100), least = entry.Least(slope), inside = entry.Feasible!(Random(entry, 16, 100));
        Assert.All(entry.Values(least), value => Assert.Equal(0, value));
        double[] lowest = Inner(slope, least), others = Inner(slope, inside);
        for (var i = 0; i < lowest.Length; i++) Assert.True(lowest[i] <= others[i] + 1e-12);
        Assert.All(entry.Least(0 * slope).ToArray<double>(), value => Assert.True(double.IsFinite(value)));
    }

    /// <summary>The mirror step is the least of its linear function and the divergence, against points around it.</summary>
    [Fact]
    public void MirrorStepsAreLeast()
    {
        var entry = Find("Simplex");
        Tensor start = entry.Feasible!(Random(entry, 17, 100)), slope = Random(entry, 18, 100), next = Simplex.MirrorStep(start, slope, 1.5);
        Assert.All(entry.Values(next), value => Assert.Equal(0, value));
        double[] Objective(Tensor p) => (Inner(slope, p).Zip(Sum(1.5 * (p * Log(p / start)), dim: -1).ToArray<double>(), (a, b) => a + b)).ToArray();
        var reached = Objective(next);
        for (var turn = 0; turn < 20; turn++)
        {
            var other = Objective(0.9 * next + 0.1 * Roll(start, turn, 0));
            for (var i = 0; i < reached.Length; i++) Assert.True(reached[i] <= other[i] + 1e-12);
        }
        // Of the orthant: log(p / x) = -slope.
        Near(-slope, Log(NonnegativeOrthant.MirrorStep(start, slope) / start), 1e-9);
    }

    /// <summary>The gradient of the Moreau envelope min_p f(p) + |p - x|²/(2 step) is (x - p) / step.</summary>
    [Theory]
    [MemberData(nameof(Convex))]
    public void TheEnvelopeHasTheGradientThatTheOperatorSays(string name)
    {
        var entry = Find(name);
        const double Step = 0.8, Small = 1e-5;
        var x = Random(entry, 7, 50);
        var direction = Random(entry, 8, 50, 1);
        double[] above = Envelope(x + Small * direction), below = Envelope(x - Small * direction), slope = Inner((x - entry.At(x, Step)) / Step, direction);
        for (var i = 0; i < slope.Length; i++) Assert.Equal((above[i] - below[i]) / (2 * Small), slope[i], 1e-5 * (1 + Math.Abs(slope[i])));

        double[] Envelope(Tensor at)
        {
            var p = entry.At(at, Step);
            return [.. entry.Values(p).Zip(Inner(at - p, at - p), (value, distance) => value + distance / (2 * Step))];
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void HomogeneousIsWhatItSays(string name)
    {
        var entry = Find(name);
        var x = entry.Feasible?.Invoke(Random(entry, 9, 50)) ?? Random(entry, 9, 50);
        double[] once = entry.Values(x), thrice = entry.Values(3 * x);
        var holds = once.Zip(thrice).All(v => 3 * v.First == v.Second || double.IsFinite(v.Second) && Math.Abs(3 * v.First - v.Second) <= 1e-9 * Math.Abs(v.Second));
        // Points of a set may well stay within it.
        if (entry.Rule.IsHomogeneous || !entry.Rule.IsSet) Assert.Equal(entry.Rule.IsHomogeneous, holds);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void SymmetricIsWhatItSays(string name)
    {
        var entry = Find(name);
        if (entry.Rule.Dims > 1) return;
        var x = entry.Feasible?.Invoke(Random(entry, 19, 50)) ?? Random(entry, 19, 50);
        var holds = Same(-x) && Same(Flip(x, -1)) && Same(Concat([-x[.., ..1], x[.., 1..]], dim: -1));
        if (entry.Rule.IsSymmetric || !entry.Rule.IsSet) Assert.Equal(entry.Rule.IsSymmetric, holds);

        bool Same(Tensor other) => entry.Values(x).Zip(entry.Values(other)).All(v => v.First.Equals(v.Second) || Math.Abs(v.First - v.Second) <= 1e-12 * Math.Abs(v.First));
    }

    /// <summary>Float32, steps and parameters for each sample, and points where everything is zero.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void SingleFollowsDouble(string name)
    {
        var entry = Find(name);
        var x = Random(entry, 10, 100);
        // Near a jump the two may differ by all of it.
        var tolerance = entry.Rule.IsNonconvex ? 0.02 : 0;
        double[] wide = entry.At(x, 0.7).ToArray<double>(), narrow = entry.At(x.To(DType.Float32), 0.7).To(DType.Float64).ToArray<double>();
        Assert.True(wide.Zip(narrow).Count(v => !(Math.Abs(v.First - v.Second) <= 2e-5 * (1 + Math.Abs(v.First)))) <= tolerance * wide.Length);
        Assert.All(entry.At(0 * x, 0.7).ToArray<double>(), value => Assert.True(double.IsFinite(value)));
        var steps = Reshape(Arange(1, 101).To(DType.Float64) / 50, [100, .. entry.Shape.Select(_ => 1)]);
        var each = entry.Prox(x, steps);
        for (var i = 0; i < 100; i += 33) Near(entry.At(x[i..(i + 1)], (i + 1) / 50.0), each[i..(i + 1)], 1e-12, name);
    }

    /// <summary>x = prox of step f at x + step times the prox of f*/step at x/step, with conjugates that are known otherwise.</summary>
    [Fact]
    public void MoreausIdentityHoldsWithKnownConjugates()
    {
        var x = Tensor.Empty(DType.Float64, 200, 3);
        new Philox(29, 1).FillNormal(x);
        x = 3 * x;
        foreach (var number in new[] { 0.4, 1.0, 3.0 })
        {
            var step = Tensor.Full([], number, DType.Float64);
            var inverse = x / step;
            void Holds(Tensor prox, Tensor conjugate) => Near(x, prox + step * conjugate, 1e-12);
            Holds(Absolute.Prox(x, step), Box.Project(inverse, -1, 1));
            Holds(Pinball.Prox(x, step, -0.25, 0.75), Box.Project(inverse, -0.25, 0.75));
            Holds(PositivePart.Prox(x, step), Box.Project(inverse, 0, 1));
            Holds(HalfSquare.Prox(x, step), HalfSquare.Prox(inverse, 1 / step));
            Holds(Huber.Prox(x, step, 0.75), Box.Project(inverse / (1 + 1 / step), -0.75, 0.75));
            Holds(Hinge.Prox(x, step), Box.Project(inverse - 1 / step, -1, 0));
            Holds(NegativeLog.Prox(x, step), -NegativeLog.Prox(-inverse, 1 / step));
            Holds(Exponential.Prox(x, step), Entropy.Prox(inverse + 1 / step, 1 / step));
            Holds(L2Norm.Prox(x, step), L2Ball.Project(inverse, 1));
            Holds(LInfNorm.Prox(x, step), L1Ball.Project(inverse, 1));
            Holds(LargestElement.Prox(x, step), Simplex.Project(inverse, 1));
            // Cones: the conjugate is the indicator of the polar cone.
            Holds(NonnegativeOrthant.Project(x), -NonnegativeOrthant.Project(-inverse));
            Holds(SecondOrderCone.Project(x), -SecondOrderCone.Project(-inverse));
            Holds(RotatedSecondOrderCone.Project(x), -RotatedSecondOrderCone.Project(-inverse));
            Holds(BinaryEntropy.Prox(x, step), Logistic.Prox(inverse, 1 / step));
            Holds(SumOfLargest.Prox(x, step, 2), CappedSimplex.Project(inverse, 2, 1));
        }
    }

    /// <summary>What is left of x, summed up, is within ± step, and at an end of it where the result jumps: no more and no less makes it the minimiser.</summary>
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.5)]
    [InlineData(40, 0.3)]
    [InlineData(200, 0.05)]
    [InlineData(200, 2)]
    [InlineData(200, 100)]
    [InlineData(20000, 3)]
    public void TotalVariationIsExactAtAnyLength(int n, double step)
    {
        var x = Tensor.Empty(DType.Float64, 4, n);
        new Philox(43, 1).FillNormal(x);
        // One of the samples has equal neighbours.
        x = Concat([x[..3], Floor(x[3..])], dim: 0);
        var p = TotalVariation.Prox(x, Tensor.Full([], step, DType.Float64));
        double[] sums = CumSum(x - p, dim: 1).ToArray<double>(), points = p.ToArray<double>();
        for (var row = 0; row < 4; row++)
        {
            for (var i = 0; i < n; i++)
            {
                var sum = sums[row * n + i];
                if (i == n - 1) Assert.Equal(0, sum, 1e-9);
                else if (Math.Abs(points[row * n + i + 1] - points[row * n + i]) <= 1e-10) Assert.True(Math.Abs(sum) <= step + 1e-9);
                else Assert.Equal(-step * Math.Sign(points[row * n + i + 1] - points[row * n + i]), sum, 1e-9);
            }
        }
    }

    /// <summary>Images against more iterations, and images of equal rows against the exact operator of one row.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public void TheTotalVariationsOfImagesAreAsNearAsTheirGapsSay(double step)
    {
        var x = Tensor.Empty(DType.Float64, 2, 10, 12);
        new Philox(47, 1).FillNormal(x);
        Holds(TotalVariation2d.Prox(x, step), TotalVariation2d.Near(x, step, 1500), p => TotalVariation2d.Gap(x, p, step));
        Holds(TotalVariationOfLines.Prox(x, step), TotalVariationOfLines.Near(x, step, 1500), p => TotalVariationOfLines.Gap(x, p, step));
        Tensor row = x[.., ..1, ..], rows = Concat([row, row, row], dim: 1), exact = TotalVariation.Prox(row, step);
        Near(Concat([exact, exact, exact], dim: 1), TotalVariationOfLines.Near(rows, step, 600), 1e-6);
        Near(Concat([exact, exact, exact], dim: 1), TotalVariation2d.Near(rows, step, 600), 1e-6);
        Tensor volume = Reshape(x[..1, ..8], 1, 4, 4, 6), slice = volume[.., ..1], slices = Concat([slice, slice], dim: 1);
        Holds(TotalVariation3d.Prox(volume, step), TotalVariation3d.Near(volume, step, 600), p => TotalVariation3d.Gap(volume, p, step));
        Holds(TotalVariationOfLines3d.Prox(volume, step), TotalVariationOfLines3d.Near(volume, step, 600), p => TotalVariationOfLines3d.Gap(volume, p, step));
        Tensor image = TotalVariation2d.Near(slice, step, 600), lines = TotalVariationOfLines.Near(slice, step, 600);
        Near(Concat([image, image], dim: 1), TotalVariation3d.Near(slices, step, 600), 1e-4);
        Near(Concat([lines, lines], dim: 1), TotalVariationOfLines3d.Near(slices, step, 600), 1e-4);
        Tensor block = Reshape(x[.., ..8], 1, 3, 4, 4, 4), moment = block[.., ..1], moments = Concat([moment, moment], dim: 1);
        Holds(TotalVariation4d.Prox(block, step), TotalVariation4d.Near(block, step, 600), p => TotalVariation4d.Gap(block, p, step));
        Holds(TotalVariationOfLines4d.Prox(block, step), TotalVariationOfLines4d.Near(block, step, 600), p => TotalVariationOfLines4d.Gap(block, p, step));
        Tensor still = TotalVariation3d.Near(moment, step, 600), stillLines = TotalVariationOfLines3d.Near(moment, step, 600);
        Near(Concat([still, still], dim: 1), TotalVariation4d.Near(moments, step, 600), 1e-4);
        Near(Concat([stillLines, stillLines], dim: 1), TotalVariationOfLines4d.Near(moments, step, 600), 1e-4);

        static void Holds(Tensor point, Tensor best, Func<Tensor, Tensor> gap)
        {
            double[] bound = gap(point).ToArray<double>(), distance = Inner(point - best, point - best);
            for (var i = 0; i < bound.Length; i++) Assert.InRange(distance[i], 0, bound[i] + 1e-9);
            Assert.All(bound, b => Assert.InRange(b, -1e-9, 0.02));
        }
    }

    /// <summary>The convolution written out: element [i, j] of the kernel weighs what is i rows and j columns away, in a mirror beyond the border.</summary>
    [Fact]
    public void ReflectedConvolutionsAreThoseOfMirrors()
    {
        const int Rows = 3, Columns = 4;
        Tensor x = Tensor.Empty(DType.Float64, 1, Rows, Columns), kernel = Tensor.Empty(DType.Float64, Rows, Columns);
        new Philox(53, 1).FillNormal(x);
        new Philox(53, 2).FillNormal(kernel);
        double[] image = x.ToArray<double>(), weights = kernel.ToArray<double>();
        var sum = 0.0;
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                var value = 0.0;
                for (var down = 1 - Rows; down < Rows; down++)
                    for (var across = 1 - Columns; across < Columns; across++)
                        value += weights[Math.Abs(down) * Columns + Math.Abs(across)] * image[At(i + down, Rows) * Columns + At(j + across, Columns)];
                sum += value * value / 2;
            }
        }
        Assert.Equal(sum, ReflectedFit2d.Value(x, kernel, 0 * kernel).ToArray<double>()[0], 1e-9);

        static int At(int place, int count) => place < 0 ? -1 - place : place >= count ? 2 * count - 1 - place : place;
    }

    [Fact]
    public void TransportPlansHaveTheirSums()
    {
        Tensor x = Tensor.Empty(DType.Float64, 4, 7, 9), rows = Full([7, 1], 9, DType.Float64), columns = Full([1, 9], 7, DType.Float64);
        new Philox(59, 1).FillNormal(x);
        x = 4 * x;
        var p = TransportPolytope.Project(x, rows, columns);
        Assert.All(TransportPolytope.Value(p, rows, columns).ToArray<double>(), value => Assert.Equal(0, value));
        Near(p, TransportPolytope.Project(p, rows, columns), 1e-9);
        var plan = TransportPolytope.MirrorStep(p + 0.1, x, rows, columns);
        Assert.All(TransportPolytope.Value(plan, rows, columns).ToArray<double>(), value => Assert.Equal(0, value));
        // No feasible point is on the other side of the plane through p: among them are the plans and the projections of the others.
        foreach (var other in new[] { plan, Roll(p, 1, 0), Roll(plan, 2, 0), 0 * p + 1 })
            Assert.All(Inner(x - p, other - p), slope => Assert.True(slope <= 1e-7));
    }

    /// <summary>Many inequalities, more than a corner needs: what the multipliers leave unproved is nothing.</summary>
    [Fact]
    public void ProjectionsOntoPolyhedraAreCertain()
    {
        Tensor x = Tensor.Empty(DType.Float64, 30, 8), rows = Tensor.Empty(DType.Float64, 24, 8), right = Arange(1, 25).To(DType.Float64) / 12;
        new Philox(61, 1).FillNormal(x);
        new Philox(61, 2).FillNormal(rows);
        x = 3 * x;
        Tensor multipliers = Polyhedron.Multipliers(x, rows, right), p = Polyhedron.Project(x, rows, right);
        Assert.All(Polyhedron.Value(p, rows, right).ToArray<double>(), value => Assert.Equal(0, value));
        Assert.All(multipliers.ToArray<double>(), value => Assert.True(value >= -1e-9));
        Assert.All(Polyhedron.Gap(x, multipliers, rows, right).ToArray<double>(), gap => Assert.Equal(0, gap, 1e-8));
        Assert.Contains(Sum(Where(multipliers > 1e-6, 1, 0), dim: -1).ToArray<long>(), count => count >= 4);
    }

    /// <summary>A parameter that is one number for all elements is as good as one for each.</summary>
    [Fact]
    public void NormalsMayBeOneNumber()
    {
        Tensor x = Random(Find("Halfspace"), 81, 50), all = Full([3], 0.5, DType.Float64);
        Near(Halfspace.Project(x, all, 0.25), Halfspace.Project(x, 0.5, 0.25), 1e-12);
        Near(Hyperplane.Project(x, all, 0.25), Hyperplane.Project(x, 0.5, 0.25), 1e-12);
        Near(Slab.Project(x, all, -0.25, 0.25), Slab.Project(x, 0.5, -0.25, 0.25), 1e-12);
    }

    /// <summary>Where a penalty bends a barrier so far that there are two minima, the lower one is taken.</summary>
    [Theory]
    [InlineData(3, 0.25)]
    [InlineData(8, 0.5)]
    [InlineData(0.5, 2)]
    public void BarriersBesidePenaltiesTakeTheLowerMinimum(double weight, double width)
    {
        var x = Tensor.Empty(DType.Float64, 80, 1);
        new Philox(79, 1).FillNormal(x);
        x = 3 * x + 1;
        var points = Exp(Reshape(Arange(0, 12001), 1, 12001).To(DType.Float64) / 400 - 26);
        foreach (var (value, prox) in new (Func<Tensor, Tensor, Tensor, Tensor>, Func<Tensor, Tensor, Tensor, Tensor, Tensor>)[]
            { (BurgCauchy.Value, BurgCauchy.Prox), (BurgLogSum.Value, BurgLogSum.Prox), (EntropyCauchy.Value, EntropyCauchy.Prox), (EntropyLogSum.Value, EntropyLogSum.Prox) })
        {
            foreach (var step in new[] { 0.05, 0.4, 3 })
            {
                double[] Objective(Tensor p, bool all)
                {
                    var objective = step * value(p, weight, width) + 0.5 * Square(p - x);
                    return (all ? Min(objective, dim: 1) : objective).ToArray<double>();
                }
                double[] own = Objective(prox(x, step, weight, width), false), best = Objective(points, true);
                for (var i = 0; i < own.Length; i++) Assert.True(own[i] <= best[i] + 1e-10 * (1 + Math.Abs(best[i])), $"{own[i]:R} instead of {best[i]:R}");
            }
        }
    }

    /// <summary>Epigraphs of distances from any convex sets, of which only the projections are known: no point of them is on the other side of the plane through the projection.</summary>
    [Fact]
    public void EpigraphsOfDistancesTakeAnySet()
    {
        var x = Tensor.Empty(DType.Float64, 100, 5);
        new Philox(67, 1).FillNormal(x);
        x = 2 * x;
        foreach (var nearest in new Func<Tensor, Tensor>[] { rest => Simplex.Project(rest, 1.5), SecondOrderCone.Project, rest => L1Ball.Project(rest, 0.75), rest => Halfspace.Project(rest, Ones(4), -1) })
        {
            Tensor rest = x[.., 1..], at = nearest(rest), distance = Norm(rest - at, 2, dim: -1, keepDim: true);
            foreach (var (p, others, value) in new (Tensor, Tensor, Func<Tensor, Tensor, Tensor>)[]
            {
                (DistanceEpigraph.Project(x, at, 0.75), Concat([0.75 * distance + Abs(x[.., ..1]) * Sigmoid(x[.., 1..2]), rest], dim: -1), (y, near) => DistanceEpigraph.Value(y, near, 0.75)),
                (SquaredDistanceEpigraph.Project(x, at, 0.75), Concat([0.75 * Square(distance) + Abs(x[.., ..1]) * Sigmoid(x[.., 1..2]), rest], dim: -1), (y, near) => SquaredDistanceEpigraph.Value(y, near, 0.75)),
            })
            {
                Assert.All(value(p, nearest(p[.., 1..])).ToArray<double>(), violation => Assert.Equal(0, violation));
                for (var turn = 0; turn < 100; turn += 3)
                    Assert.All(Inner(x - p, Roll(others, turn, 0) - p), slope => Assert.True(slope <= 1e-9));
            }
        }
    }

    /// <summary>Vectors of more than one element in each half, complex numbers among them, against all shares of a fine grid.</summary>
    [Fact]
    public void ConicCardinalityTakesVectors()
    {
        var x = Tensor.Empty(DType.Float64, 200, 6);
        new Philox(71, 1).FillNormal(x);
        Tensor p = ConicCardinality.Prox(x, 0.4, 0.75), first = x[.., ..3], second = x[.., 3..];
        double[] reached = (0.4 * ConicCardinality.Value(p, 0.75) + 0.5 * Sum(Square(p - x), dim: -1)).ToArray<double>(), none = (0.5 * Sum(Square(x), dim: -1)).ToArray<double>();
        for (var i = 0; i < none.Length; i++) Assert.True(reached[i] <= none[i] + 1e-12);
        for (var k = -300; k <= 300; k++)
        {
            var share = k / 400.0;
            var point = (first + share * second) / (1 + share * share);
            var other = (0.4 + 0.5 * Sum(Square(point - first) + Square(share * point - second), dim: -1)).ToArray<double>();
            for (var i = 0; i < other.Length; i++) Assert.True(reached[i] <= other[i] + 1e-12);
        }
    }

    /// <summary>Operators in other geometries, against a search that knows only the function and the divergence.</summary>
    [Fact]
    public void OperatorsInOtherGeometriesAreLeast()
    {
        var x = Tensor.Empty(DType.Float64, 40, 1);
        new Philox(73, 1).FillNormal(x);
        Tensor positive = Exp(x), share = Sigmoid(x), numbers = Reshape(Arange(1, 20001), 1, 20000).To(DType.Float64) / 2000, shares = numbers / 10.001;
        foreach (var step in new[] { 0.2, 0.7, 2.5 })
        {
            Holds(EntropyGeometry.MirrorStep(positive, step), positive, numbers, p => step * p, EntropyGeometry.Divergence);
            Holds(EntropyGeometry.OfAbsolute(positive, step, 0.8), positive, numbers, p => step * Abs(p - 0.8), EntropyGeometry.Divergence);
            Holds(EntropyGeometry.OfEntropy(positive, step, 0.3), positive, numbers, p => step * (Entropy.Value(p) - 0.3 * p), EntropyGeometry.Divergence);
            Holds(EntropyGeometry.OfPower(positive, step, 2.5), positive, numbers, p => step / 2.5 * Pow(p, 2.5), EntropyGeometry.Divergence);
            Holds(BurgGeometry.MirrorStep(positive, step), positive, numbers, p => step * p, BurgGeometry.Divergence);
            Holds(BurgGeometry.OfAbsolute(positive, step, 0.8), positive, numbers, p => step * Abs(p - 0.8), BurgGeometry.Divergence);
            Holds(BurgGeometry.OfHalfSquare(positive, step), positive, numbers, p => 0.5 * step * Square(p), BurgGeometry.Divergence);
            Holds(LogisticGeometry.MirrorStep(share, -step), share, shares, p => -step * p, LogisticGeometry.Divergence);
            Holds(LogisticGeometry.OfEntropy(share, step, 0.3), share, shares, p => step * (Entropy.Value(p) - 0.3 * p), LogisticGeometry.Divergence);
            Holds(ExponentialGeometry.MirrorStep(x, -step), x, numbers - 5, p => -step * p, ExponentialGeometry.Divergence);
            Holds(ExponentialGeometry.OfExponential(x, step), x, numbers - 5, p => step * Exp(p), ExponentialGeometry.Divergence);
        }
        // Where there is no minimum, and at the ends.
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], Stack([BurgGeometry.MirrorStep(Double(2), -0.5), ExponentialGeometry.MirrorStep(Double(0), 1)], dim: 0).ToArray<double>());
        Near(s_counts[..2], LogisticGeometry.MirrorStep(s_counts[..2], 3), 0);
        Near(s_counts[..2], LogisticGeometry.OfEntropy(s_counts[..2], 3, 0.5), 0);
        Near(0 * s_counts[1..2], EntropyGeometry.OfPower(s_counts[1..2], 3, 2.5) + EntropyGeometry.OfEntropy(s_counts[1..2], 3, 2.5), 0);

        static void Holds(Tensor p, Tensor start, Tensor points, Func<Tensor, Tensor> value, Func<Tensor, Tensor, Tensor> divergence)
        {
            Tensor grid = value(points) + divergence(points, start), least = TakeAlongAxis(points + 0 * grid, ArgMin(grid, dim: 1, keepDim: true), dim: 1);
            double[] best = Min(grid, dim: 1).ToArray<double>(), own = (value(p) + divergence(p, start)).ToArray<double>(), at = p.ToArray<double>(), found = least.ToArray<double>();
            for (var i = 0; i < own.Length; i++)
            {
                Assert.True(own[i] <= best[i] + 1e-12);
                if (found[i] < points.ToArray<double>()[^2] && found[i] > points.ToArray<double>()[1]) Assert.Equal(found[i], at[i], 1e-3);
            }
        }
    }

    /// <summary>The minimiser of the sum with a function that an entry says it follows is the one operator after the other.</summary>
    [Fact]
    public void OperatorsThatFollowOthersAreThoseOfSums()
    {
        var x = Tensor.Empty(DType.Float64, 200, 3);
        new Philox(31, 1).FillNormal(x);
        x = 2 * x;
        var y = Roll(x, 1, 0);
        // The subgradient inequality of the sum, at every other point.
        Holds(L2Norm.Prox(Absolute.Prox(x, 0.4), 0.8), at => 0.4 * Sum(Absolute.Value(at), dim: -1) + 0.8 * L2Norm.Value(at), y);
        Holds(L2Norm.Prox(NonnegativeOrthant.Project(x), 0.8), at => 0.8 * L2Norm.Value(at), Abs(y));
        Holds(L2Norm.Prox(SecondOrderCone.Project(x), 0.8), at => 0.8 * L2Norm.Value(at), SecondOrderCone.Project(y));
        Holds(L2Ball.Project(Absolute.Prox(x, 0.4), 0.9), at => 0.4 * Sum(Abs(at), dim: -1), L2Ball.Project(y, 0.9));
        Holds(Absolute.Prox(TotalVariation.Prox(x, 0.5), 0.4), at => 0.5 * TotalVariation.Value(at) + 0.4 * Sum(Abs(at), dim: -1), y);
        Holds(Box.Project(MonotoneCone.Project(x), -0.3, 0.8), at => 0 * Sum(at, dim: -1), Box.Project(MonotoneCone.Project(y), -0.3, 0.8));
        Holds(Box.Project(Huber.Prox(x, 0.6, 0.5), -0.2, 0.9), at => 0.6 * Sum(Huber.Value(at, 0.5), dim: -1), Box.Project(y, -0.2, 0.9));
        Holds(NonnegativeOrthant.Project(Absolute.Prox(x, 0.6)), at => 0.6 * Sum(Abs(at), dim: -1), Abs(y));

        void Holds(Tensor p, Func<Tensor, Tensor> value, Tensor points)
        {
            for (var turn = 0; turn < 200; turn += 7)
            {
                var other = Roll(points, turn, 0);
                double[] there = value(other).ToArray<double>(), here = value(p).ToArray<double>(), slope = Inner(x - p, other - p);
                for (var i = 0; i < slope.Length; i++) Assert.True(there[i] >= here[i] + slope[i] - 1e-10);
            }
        }
    }
}
