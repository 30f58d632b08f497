using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Perspectives t f(y / t) of vectors (t, y), functions of distances, images under linear maps.</summary>
[Network]
public partial class ComposedPrograms
{
    [Parameter("5", Init = Init.Normal)] public partial Tensor W { get; }

    [Parameter("6", Init = Init.Normal)] public partial Tensor C { get; }

    [Parameter("6 6", Init = Init.Orthogonal)] public partial Tensor Q { get; }

    // Perspectives with one scale for each sample: x is (t, y).

    [return: Shape("b")] public virtual Tensor OfSquares([Shape("b 6")] Tensor x) => Sum(0.5 * x[.., ..1] * Square(x[.., 1..] / x[.., ..1]), dim: 1);
    [Prox(of: nameof(OfSquares))] public virtual partial Tensor OfSquaresProx(Tensor x, Tensor step);

    [return: Shape("b")] public virtual Tensor OfHuber([Shape("b 6")] Tensor x) => Sum(x[.., ..1] * Huber.Value(x[.., 1..] / x[.., ..1], 0.5f), dim: 1);
    [return: Shape("b")] public virtual Tensor OfRadius([Shape("b 6")] Tensor x) => Squeeze(x[.., ..1], 1) * Huber.Value(Norm(x[.., 1..] / x[.., ..1], 2, dim: 1), 0.5f);
    [Prox(of: nameof(OfRadius))] public virtual partial Tensor OfRadiusProx(Tensor x, Tensor step);

    [Prox(of: nameof(OfHuber))] public virtual partial Tensor OfHuberProx(Tensor x, Tensor step);

    [return: Shape("")] public virtual Tensor OfExponential([Shape("b 6")] Tensor x) => Sum(Squeeze(x[.., ..1], 1) * Sum(Exp(x[.., 1..] / x[.., ..1]), dim: 1));
    [Prox(of: nameof(OfExponential))] public virtual partial Tensor OfExponentialProx(Tensor x, float step);

    /// <summary>Of a sum of functions: with weights, moved, and a linear one.</summary>
    [return: Shape("b")] public virtual Tensor OfSum([Shape("b 6")] Tensor x)
    {
        Tensor t = 2 * x[.., ..1], ratio = (x[.., 1..] - W) / t;
        return Sum((Abs(W) + 0.5) * t * Square(ratio - 1), dim: 1) + Sum(t * Abs(ratio), dim: 1) / 2 + Sum(t * W * ratio, dim: 1);
    }
    [Prox(of: nameof(OfSum))] public virtual partial Tensor OfSumProx(Tensor x, Tensor step);

    /// <summary>Of a function of vectors.</summary>
    [return: Shape("b")] public virtual Tensor OfMixtures([Shape("b 6")] Tensor x) => Squeeze(x[.., ..1], 1) * LogSumExp(x[.., 1..] / x[.., ..1], dim: 1);
    [Prox(of: nameof(OfMixtures))] public virtual partial Tensor OfMixturesProx(Tensor x, Tensor step);

    /// <summary>Of pairs: each element has a scale of its own, beside a function of other elements.</summary>
    [return: Shape("")] public virtual Tensor OfPairs([Shape("b 6")] Tensor x) => Sum(x[.., ..2] * Huber.Value(x[.., 2..4] / x[.., ..2], 1f)) + Sum(Abs(x[.., 4..]));
    [Prox(of: nameof(OfPairs))] public virtual partial Tensor OfPairsProx(Tensor x, float step);

    // Functions of distances.

    [return: Shape("b")] public virtual Tensor InBall([Shape("b 6")] Tensor x) => L2Ball.Value(x - C, 0.75f);
    [return: Shape("b")] public virtual Tensor InSimplex([Shape("b 6")] Tensor x) => Simplex.Value(x, 1f);
    [return: Shape("")] public virtual Tensor InBox([Shape("b 6")] Tensor x) => Sum(Box.Value(x, -0.5f, 0.5f));

    [return: Shape("b")] public virtual Tensor Robust([Shape("b")] Tensor d) => 2 * Huber.Value(d, 0.5f) + 0.25 * Square(d);
    [return: Shape("b")] public virtual Tensor Straight([Shape("b")] Tensor d) => d;
    [return: Shape("b")] public virtual Tensor HalfSquare([Shape("b")] Tensor d) => 0.5 * Square(d);
    [return: Shape("")] public virtual Tensor Cube([Shape("")] Tensor d) => CubedAbsolute.Value(d);

    [Prox(of: nameof(InBall), FunctionOfDistance = nameof(Robust))] public virtual partial Tensor NearBallProx(Tensor x, Tensor step);
    [Prox(of: nameof(InSimplex), FunctionOfDistance = nameof(Straight))] public virtual partial Tensor NearSimplexProx(Tensor x, Tensor step);
    [Prox(of: nameof(InSimplex), Distance = true)] public virtual partial Tensor DistanceFromSimplex(Tensor x, Tensor step);
    [Prox(of: nameof(InSimplex), FunctionOfDistance = nameof(HalfSquare))] public virtual partial Tensor SquareFromSimplexProx(Tensor x, Tensor step);
    [Prox(of: nameof(InSimplex))] public virtual partial Tensor OnSimplex(Tensor x, Tensor step);
    [Prox(of: nameof(InSimplex), FunctionOfDistance = nameof(HalfSquare), Envelope = 0.5)] public virtual partial Tensor SquareEnvelope(Tensor x, Tensor step);
    [Prox(of: nameof(InBox), FunctionOfDistance = nameof(Cube))] public virtual partial Tensor NearBoxProx(Tensor x, float step);

    // Images.

    [return: Shape("b")] public virtual Tensor Sizes([Shape("b 6")] Tensor x) => Sum(Abs(x - C), dim: 1) + 0.25 * Sum(Square(x), dim: 1);
    [return: Shape("b")] public virtual Tensor Lengths([Shape("b 6")] Tensor x) => L2Norm.Value(x);
    [return: Shape("b 6")] public virtual Tensor Diagonal([Shape("b 6")] Tensor x) => x * (Abs(C) + 0.5);
    [return: Shape("b 6")] public virtual Tensor Turned([Shape("b 6")] Tensor x) => -2 * MatMul(x, Q);
    [Prox(of: nameof(Sizes), Image = nameof(Diagonal))] public virtual partial Tensor DiagonalImage(Tensor x, Tensor step);
    [return: Shape("b")] public virtual Tensor SizesOfDiagonal([Shape("b 6")] Tensor y) => Sizes(y / (Abs(C) + 0.5));
    [Prox(of: nameof(SizesOfDiagonal))] public virtual partial Tensor SizesOfDiagonalProx(Tensor y, Tensor step);
    [Prox(of: nameof(Lengths), Image = nameof(Turned), Tight = nameof(Q))] public virtual partial Tensor TurnedImage(Tensor x, Tensor step);
    [Prox(of: nameof(Sizes), Image = nameof(Turned), Tight = nameof(Q))] public virtual partial Tensor SizesTurned(Tensor x, Tensor step);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 6")] Tensor x, [Shape("b")] Tensor step) =>
        Sum(C * (OfHuberProx(x, step) + OfSquaresProx(x, step) + OfSumProx(x, step))) + Sum(C * (NearBallProx(x, step) + DiagonalImage(x, step)));

    [Gradient(of: nameof(Loss), wrt: "x, step, C, W")]
    public virtual partial (Tensor X, Tensor Step, Tensor C, Tensor W) LossGradient(Tensor x, Tensor step);

    [Hvp(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossSecond(Tensor x, Tensor step, Tensor dx);
}

/// <summary>Perspectives, functions of distances and images against what defines them, and against what is known of some.</summary>
[Collection("WorkerPool")]
public sealed class ProxComposedTests
{
    private const int Samples = 40;

    private static readonly Tensor s_x = Random(1, Samples, 6);

    private static ComposedPrograms Double()
    {
        var programs = new ComposedPrograms();
        programs.To(DType.Float64);
        programs.Q.CopyFrom(Qr(programs.Q).Q);
        return programs;
    }

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(37, (ulong)stream).FillNormal(x);
        return 1.5 * x;
    }

    private static Tensor Steps(double step) => Tensor.Full([Samples], step, DType.Float64);

    private static double Largest(Tensor x) => Max(Abs(x)).ToArray<double>()[0];

    private static double Total(Tensor x) => Sum(x).ToArray<double>()[0];

    private static void Near(Tensor expected, Tensor actual, double tolerance = 1e-10) => Assert.InRange(Largest(expected - actual), 0, tolerance);

    [Theory]
    [InlineData(0.25)]
    [InlineData(2)]
    public void PerspectivesAreWhatTheyAreKnownToBe(double step)
    {
        var programs = Double();
        var wide = Tensor.Full([Samples, 1], step, DType.Float64);
        Near(QuadraticOverLinear.Prox(s_x, wide), programs.OfSquaresProx(s_x, Steps(step)));
        Near(PerspectiveOfHuber.Prox(s_x, wide, 0.5), programs.OfRadiusProx(s_x, Steps(step)));
    }

    /// <summary>R(y) is at least R(p) + ⟨x - p, y - p⟩ / step, for any y with positive scales; where the scale is 0, R is the limit.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(2)]
    public void PerspectivesMinimise(double step)
    {
        var programs = Double();
        (string Name, int Scales, Func<Tensor, Tensor> R, Tensor P)[] all =
        [
            ("squares", 1, programs.OfSquares, programs.OfSquaresProx(s_x, Steps(step))), ("huber", 1, programs.OfHuber, programs.OfHuberProx(s_x, Steps(step))),
            ("radius", 1, programs.OfRadius, programs.OfRadiusProx(s_x, Steps(step))), ("exponential", 1, programs.OfExponential, programs.OfExponentialProx(s_x, (float)step)),
            ("sum", 1, programs.OfSum, programs.OfSumProx(s_x, Steps(step))), ("mixtures", 1, programs.OfMixtures, programs.OfMixturesProx(s_x, Steps(step))),
            ("pairs", 2, programs.OfPairs, programs.OfPairsProx(s_x, (float)step)),
        ];
        var atZero = 0;
        foreach (var (name, scales, r, p) in all)
        {
            Tensor t = p[.., ..scales], rest = p[.., scales..];
            Assert.True(Min(t).ToArray<double>()[0] >= 0, name);
            atZero += t.ToArray<double>().Count(scale => scale == 0);
            var value = Total(r(Concat([Maximum(t, 1e-9), rest], dim: 1)));
            for (var i = 0; i < 60; i++)
            {
                var move = Random(100 + i, Samples, 6);
                var y = i % 2 == 0 ? move : p + Math.Pow(10, -(i % 5)) * move;
                y = Concat([Abs(y[.., ..scales]) + 1e-6, y[.., scales..]], dim: 1);
                var other = Total(r(y));
                if (!double.IsFinite(other)) continue;
                var bound = value + Total((s_x - p) * (y - p)) / step;
                Assert.True(other >= bound - 1e-5 * (1 + Math.Abs(bound)), $"{name}, {i}: {other:R} is below {bound:R}");
            }
        }
        Assert.True(atZero >= 20, $"{atZero} scales are 0");
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(2)]
    public void FunctionsOfDistancesAreWhatTheyAreKnownToBe(double step)
    {
        var programs = Double();
        var (steps, wide) = (Steps(step), Tensor.Full([Samples, 1], step, DType.Float64));
        Near(programs.DistanceFromSimplex(s_x, steps), programs.NearSimplexProx(s_x, steps), 1e-12);
        var nearest = programs.OnSimplex(s_x, steps);
        Near((s_x + wide * nearest) / (1 + wide), programs.SquareFromSimplexProx(s_x, steps), 1e-12);
        // The envelope of half the square is half the square over one and a half.
        Near((s_x + wide / 1.5 * nearest) / (1 + wide / 1.5), programs.SquareEnvelope(s_x, steps), 1e-12);
        // From a ball it is a function of the length of what is left.
        Tensor offset = s_x - programs.C, length = Norm(offset, 2, dim: 1, keepDim: true), away = Relu(length - 0.75);
        var moved = Huber.Prox(away / (1 + 0.5 * wide), 2 * wide / (1 + 0.5 * wide), 0.5);
        Near(programs.C + offset / length * (length - away + moved), programs.NearBallProx(s_x, steps));
        // The cube of the distance of all samples together.
        var inBox = Clamp(s_x, -0.5, 0.5);
        var distance = Sqrt(Sum(Square(s_x - inBox)));
        Near(inBox + (s_x - inBox) * (CubedAbsolute.Prox(distance, step) / distance), programs.NearBoxProx(s_x, (float)step));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(2)]
    public void ImagesAreWhatTheyAreKnownToBe(double step)
    {
        var programs = Double();
        var steps = Steps(step);
        Near(programs.SizesOfDiagonalProx(s_x, steps), programs.DiagonalImage(s_x, steps), 1e-12);
        // A length does not change when it is turned; the map doubles it.
        Near(L2Norm.Prox(s_x, Tensor.Full([Samples, 1], step / 2, DType.Float64)), programs.TurnedImage(s_x, steps), 1e-12);
        // The least over L x = y is that of the one x that L takes there: p minimises step R(-Qᵀ p / 2) + |p - y|²/2.
        var p = programs.SizesTurned(s_x, steps);
        double Objective(Tensor at) => Total(step * programs.Sizes(-0.5 * MatMul(at, Transpose(programs.Q)))) + 0.5 * Total(Square(at - s_x));
        var least = Objective(p);
        for (var i = 0; i < 100; i++) Assert.True(Objective(p + Math.Pow(10, -(i % 5)) * Random(200 + i, Samples, 6)) >= least - 1e-9);
    }

    [Fact]
    public void GradientsAreDifferences()
    {
        var programs = Double();
        Tensor step = Steps(0.5), dx = Random(2, Samples, 6);
        var (gx, gs, _, _) = programs.LossGradient(s_x, step);
        const double Small = 1e-6;
        double Loss(Tensor at, Tensor by) => programs.Loss(at, by).ToArray<double>()[0];
        Assert.Equal((Loss(s_x + Small * dx, step) - Loss(s_x - Small * dx, step)) / (2 * Small), Total(gx * dx), 1e-5);
        Assert.Equal((Loss(s_x, step + Small) - Loss(s_x, step - Small)) / (2 * Small), Total(gs), 1e-4);
        var second = (programs.LossGradient(s_x + Small * dx, step).X - programs.LossGradient(s_x - Small * dx, step).X) / (2 * Small);
        Near(second, programs.LossSecond(s_x, step, dx), 1e-4);
        foreach (var (parameter, name) in new[] { (programs.C, "C"), (programs.W, "W") })
        {
            var before = parameter.ToArray<double>();
            var direction = Random(3, before.Length);
            double At(double by)
            {
                parameter.CopyFrom(Tensor.From(before, before.Length) + by * direction);
                return Loss(s_x, step);
            }
            var slope = (At(Small) - At(-Small)) / (2 * Small);
            At(0);
            var gradient = programs.LossGradient(s_x, step);
            Assert.Equal(slope, Total((name == "C" ? gradient.C : gradient.W) * direction), 1e-4);
        }
    }

    [Fact]
    public void TheCpuComputesThem()
    {
        var (programs, cpu, single) = (new ComposedPrograms(), new ComposedPrograms.Cpu(), new ComposedPrograms());
        programs.To(DType.Float64);
        Tensor x = s_x.To(DType.Float32), step = Tensor.Full([Samples], 0.5f), steps = Steps(0.5);
        Check(programs.OfSquaresProx(s_x, steps), cpu.OfSquaresProx(x, step), single.OfSquaresProx(x, step));
        Check(programs.OfHuberProx(s_x, steps), cpu.OfHuberProx(x, step), single.OfHuberProx(x, step));
        Check(programs.OfSumProx(s_x, steps), cpu.OfSumProx(x, step), single.OfSumProx(x, step));
        Check(programs.OfPairsProx(s_x, 0.5f), cpu.OfPairsProx(x, 0.5f), single.OfPairsProx(x, 0.5f));
        Check(programs.NearBallProx(s_x, steps), cpu.NearBallProx(x, step), single.NearBallProx(x, step));
        Check(programs.DiagonalImage(s_x, steps), cpu.DiagonalImage(x, step), single.DiagonalImage(x, step));
        Check(programs.LossGradient(s_x, steps).X, cpu.LossGradient(x, step).X, single.LossGradient(x, step).X, 100);

        static void Check(Tensor expected, Tensor actual, Tensor reference, double times = 1)
        {
            var (e, a, r) = (expected.ToArray<double>(), actual.ToArray<float>(), reference.ToArray<float>());
            for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= times * 2e-5 * (1 + Math.Abs(e[i])) + 4 * Math.Abs(e[i] - r[i]), $"[{i}]: {a[i]} instead of {e[i]}, {r[i]} by the reference");
        }
    }
}
