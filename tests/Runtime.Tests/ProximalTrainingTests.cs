using Proxima.Proximal;
using Proxima.Training;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>A regression whose weights have penalties.</summary>
[Network]
public partial class PenalizedRegression(int n, int k)
{
    [Parameter("n k", Init = Init.Normal)] public partial Tensor W { get; }

    [Parameter("k", Init = Init.Zeros, Constraint = typeof(NonNegative))] public partial Tensor Bias { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b k")] Tensor y) => 0.5 * Sum(Square(MatMul(x, W) + Bias - y));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Sizes([Shape("n k")] Tensor w) => 6 * Sum(Abs(w));

    [Prox(of: nameof(Sizes))]
    public virtual partial Tensor Shrink(Tensor w, float step);

    [return: Shape("")]
    public virtual Tensor Rows([Shape("n k")] Tensor w) => 8 * Sum(L2Norm.Value(w)) + Sum(Abs(w));

    [Prox(of: nameof(Rows))]
    public virtual partial Tensor ShrinkRows(Tensor w, float step);

    [return: Shape("n k")]
    public virtual Tensor Each([Shape("n k")] Tensor w) => 6 * Abs(w);

    [Prox(of: nameof(Each))]
    public virtual partial Tensor ShrinkEach(Tensor w, Tensor step);
}

/// <summary>Optimizers with penalties that are known by their operators.</summary>
[Collection("WorkerPool")]
public sealed class ProximalTrainingTests
{
    private const int Samples = 30, N = 8, K = 3;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(47, (ulong)stream).FillNormal(x);
        return x;
    }

    private static readonly Tensor s_x = Random(1, Samples, N);

    // Two of eight inputs matter.
    private static readonly Tensor s_y = 2 * MatMul(s_x[.., ..2], Random(2, 2, K)) + 0.3 * Random(3, Samples, K);

    private static PenalizedRegression Double()
    {
        var model = new PenalizedRegression(N, K);
        model.To(DType.Float64);
        return model;
    }

    private static double Largest(Tensor x) => Max(Abs(x)).ToArray<double>()[0];

    /// <summary>At the minimum the gradient of the loss is within the slopes of the penalty, and at them where a weight is not 0.</summary>
    [Fact]
    public void GradientDescentWithAnOperatorFindsTheMinimum()
    {
        var model = Double();
        var sgd = new Sgd(model, 0.01);
        sgd.Penalize(model.W, (w, step, into) => into.CopyFrom(model.Shrink(w, step)));
        for (var i = 0; i < 4000; i++) sgd.Step(model.LossGradient(s_x, s_y));
        var (weights, slopes) = (model.W.ToArray<double>(), model.LossGradient(s_x, s_y)[model.W].ToArray<double>());
        Assert.InRange(weights.Count(w => w == 0), N * K / 2, N * K - 1);
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) Assert.InRange(Math.Abs(slopes[i]), 0, 6);
            else Assert.Equal(-6 * Math.Sign(weights[i]), slopes[i], 1e-6);
        }
        // Beside it another parameter stays within its set.
        Assert.All(model.Bias.ToArray<double>(), b => Assert.True(b >= 0));
    }

    /// <summary>Entries of the catalogue and derived operators: where it ends, a step along the gradient and the operator change nothing, and no weights around are better.</summary>
    [Theory]
    [InlineData("L2Norm")]
    [InlineData("ElasticNet")]
    [InlineData("NuclearNorm")]
    [InlineData("L1Ball")]
    [InlineData("Rows")]
    public void AnyFunctionOfTheCatalogueIsAPenalty(string name)
    {
        var model = Double();
        (ProximalOperator Prox, Func<Tensor, Tensor> Value) penalty = name switch
        {
            "L2Norm" => ((w, step, into) => into.CopyFrom(L2Norm.Prox(w, 8.0 * step)), w => 8.0 * Sum(L2Norm.Value(w))),
            "ElasticNet" => ((w, step, into) => into.CopyFrom(ElasticNet.Prox(w, step, 5.0, 3.0)), w => Sum(ElasticNet.Value(w, 5.0, 3.0))),
            "NuclearNorm" => ((w, step, into) => into.CopyFrom(NuclearNorm.Prox(w, 10.0 * step)), w => 10.0 * NuclearNorm.Value(w)),
            "L1Ball" => ((w, _, into) => into.CopyFrom(L1Ball.Project(w, 0.75)), w => Sum(L1Ball.Value(w, 0.75))),
            _ => ((w, step, into) => into.CopyFrom(model.ShrinkRows(w, step)), model.Rows),
        };
        var sgd = new Sgd(model, 0.01, scale: parameter => parameter == "W" ? 1 : 0);
        sgd.Penalize(model.W, penalty.Prox);
        for (var i = 0; i < 3000; i++) sgd.Step(model.LossGradient(s_x, s_y));
        var found = model.W.Clone();
        sgd.Step(model.LossGradient(s_x, s_y));
        Assert.InRange(Largest(model.W - found), 0, 1e-10);
        double Objective(Tensor w)
        {
            model.W.CopyFrom(w);
            return model.Loss(s_x, s_y).ToArray<double>()[0] + penalty.Value(w).ToArray<double>()[0];
        }
        var least = Objective(found);
        Assert.True(double.IsFinite(least));
        for (var i = 0; i < 100; i++) Assert.True(Objective(found + Math.Pow(10, -(i % 5)) * Random(10 + i, N, K)) >= least * (1 - 1e-9));
    }

    /// <summary>In Adam's own metric: of each element the least of its steps times the penalty plus half the squared distance, found by search.</summary>
    [Fact]
    public void AdamTakesEachElementsOwnStep()
    {
        var (plain, model) = (Double(), Double());
        Adam before = new(plain, 0.05), adam = new(model, 0.05);
        Tensor? lengths = null;
        adam.PenalizeElements(model.W, (w, steps, into) =>
        {
            lengths = steps.Clone();
            into.CopyFrom(model.ShrinkEach(w, steps));
        });
        var gradients = plain.LossGradient(s_x, s_y);
        before.Step(gradients);
        adam.Step(model.LossGradient(s_x, s_y));
        var (start, slope) = (Double().W.ToArray<double>(), gradients[plain.W].ToArray<double>());
        var (moved, steps, reached) = (plain.W.ToArray<double>(), lengths!.ToArray<double>(), model.W.ToArray<double>());
        for (var i = 0; i < moved.Length; i++)
        {
            // After one step Adam's averages are the gradient and its square.
            Assert.Equal(0.05 / (Math.Abs(slope[i]) + 1e-8), steps[i], 1e-12);
            Assert.Equal(start[i] - steps[i] * slope[i], moved[i], 1e-12);
            double Energy(double p) => steps[i] * 6 * Math.Abs(p) + 0.5 * (p - moved[i]) * (p - moved[i]);
            foreach (var by in new[] { 1e-4, 1e-2, 0.3 }) Assert.True(Energy(reached[i]) <= Math.Min(Energy(reached[i] + by), Energy(reached[i] - by)) + 1e-15);
        }
        // And it goes on to the minimum that the other optimizer has, as its rate falls.
        for (var i = 0; i < 6000; i++)
        {
            adam.LearningRate = 0.05 * Math.Pow(0.998, i);
            adam.Step(model.LossGradient(s_x, s_y));
        }
        var exact = Double();
        var sgd = new Sgd(exact, 0.01);
        sgd.Penalize(exact.W, (w, step, into) => into.CopyFrom(exact.Shrink(w, step)));
        for (var i = 0; i < 4000; i++) sgd.Step(exact.LossGradient(s_x, s_y));
        Assert.Equal(exact.W.ToArray<double>().Select(w => w == 0), model.W.ToArray<double>().Select(w => w == 0));
        Assert.InRange(Largest(exact.W - model.W), 0, 1e-4);
    }

    [Fact]
    public void ASchedulePassesFromParameterToParameter()
    {
        var model = Double();
        var adam = new Adam(model, 0.01);
        adam.Rescale(name => name == "W" ? 0 : 1);
        var (weights, bias) = (model.W.ToArray<double>(), model.Bias.ToArray<double>());
        for (var i = 0; i < 20; i++) adam.Step(model.LossGradient(s_x, s_y + 5));
        Assert.Equal(weights, model.W.ToArray<double>());
        Assert.NotEqual(bias, model.Bias.ToArray<double>());
        bias = model.Bias.ToArray<double>();
        adam.Rescale(name => name == "W" ? 0.5 : 0);
        adam.Step(model.LossGradient(s_x, s_y));
        Assert.NotEqual(weights, model.W.ToArray<double>());
        Assert.Equal(bias, model.Bias.ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.Rescale(_ => -1));
        Assert.Throws<ArgumentException>(() => adam.Penalize(Tensor.Zeros(2), null));
    }

    [Fact]
    public void AStepWithADerivedOperatorAllocatesNothing()
    {
        var model = new PenalizedRegression.Cpu(N, K);
        var (adam, sgd) = (new Adam(model), new Sgd(model, 0.01));
        adam.PenalizeElements(model.W, (w, steps, into) => model.ShrinkEach(w, steps, into: into));
        sgd.Penalize(model.W, (w, step, into) => model.Shrink(w, step, into: into));
        Tensor x = s_x.To(DType.Float32), y = s_y.To(DType.Float32);
        void Step()
        {
            adam.Step(model.LossGradient(x, y));
            sgd.Step(model.LossGradient(x, y));
        }
        Step();
        Step();
        var allocations = new Allocations();
        while (allocations.Next()) Step();
        Assert.Equal(0, allocations.Bytes);
        Assert.Contains(model.W.ToArray<float>(), w => w == 0);
    }
}
