using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Training block by block without the gradient of a network: exact block steps, the descent that the proof of convergence rests on, and depth where gradient descent stands still.</summary>
/// <remarks>From weights of a tenth of the deviation neither way of training leaves its start within as many steps.</remarks>
public sealed class BlockDescent : IExample
{
    private const int Inputs = 3;
    private const int Width = 16;
    private const int Classes = 2;
    private const int Depth = 9;
    private const int Samples = 200;
    private const float Penalty = 10;
    private const float Step = 1024;
    private const double Deviation = 0.1;

    /// <inheritdoc/>
    public string Id => "S035";

    /// <inheritdoc/>
    public string Title => "Block coordinate descent: a deep network trained by proximal steps, without its gradient";

    /// <inheritdoc/>
    public string Family => "training-rule";

    /// <inheritdoc/>
    public string Paper => "Zeng, Lau, Lin, Yao: Global Convergence of Block Coordinate Descent in Deep Learning (ICML 2019)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(SplitNetwork), new Dictionary<string, long> { ["samples"] = Samples, ["inputs"] = Inputs, ["width"] = Width, ["outputs"] = Classes, ["depth"] = Depth }),
        new(typeof(WholeNetwork), new Dictionary<string, long> { ["inputs"] = Inputs, ["width"] = Width, ["outputs"] = Classes, ["depth"] = Depth, ["b"] = Samples }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Operator(context);
        Blocks(context);
        Train(context);
        context.Claim(Claim.AtMost("order of the derivatives in a cycle of block steps", Differentiation.Order(typeof(SplitNetwork), nameof(SplitNetwork.Cycle)), 0));
        context.Claim(Claim.AtLeast("the same of gradient descent", Differentiation.Order(typeof(WholeNetwork), nameof(WholeNetwork.LossGradient)), 1));
    }

    /// <summary>No point of a grid is better than the derived step of a weighted sum, whose energy has two valleys.</summary>
    private static void Operator(Context context)
    {
        const int count = 2000, grid = 1000;
        const double reach = 5;
        const float step = 2;
        Tensor Draw(ulong stream) => 2 * Sample.Normal(context.Seed + stream, count, 1).To(DType.Float64);
        var layer = new SplitLayer.Cpu(count, 1, 1, Penalty);
        Tensor old = Draw(1), outputs = Draw(2), x = Draw(3);
        var next = layer.NextSums(old, outputs, x, Tensor.From(new[,] { { 1.0 } }), step).ToArray<double>();
        double[] from = old.ToArray<double>(), v = outputs.ToArray<double>(), c = x.ToArray<double>();
        double excess = double.NegativeInfinity, gap = 0, oneSided = 0;
        for (var i = 0; i < count; i++)
        {
            double Energy(double u) => Penalty / 2 * (Math.Pow(v[i] - Math.Max(u, 0), 2) + Math.Pow(u - c[i], 2)) + Math.Pow(u - from[i], 2) / (2 * step);
            var least = double.PositiveInfinity;
            for (var k = -grid; k <= grid; k++) least = Math.Min(least, Energy(reach * k / grid));
            // The gradient method's answer: the valley that the old value lies in.
            var center = (Penalty * c[i] + from[i] / step) / (Penalty + 1 / step);
            var valley = from[i] > 0 ? Math.Max((Penalty * (v[i] + c[i]) + from[i] / step) / (2 * Penalty + 1 / step), 0) : Math.Min(center, 0);
            excess = Math.Max(excess, Energy(next[i]) - least);
            if (Math.Abs(next[i]) < reach) gap = Math.Max(gap, least - Energy(next[i]));
            oneSided = Math.Max(oneSided, Energy(valley) - least);
        }
        context.Claim(Claim.AtMost("step of a sum: energy above the best of 2001 points", excess, 1e-9, baseline: oneSided));
        context.Claim(Claim.AtMost("energy of the best point above that of the step", gap, 1e-3));
        context.Claim(Claim.AtLeast("the best point of the old value's side only: energy above the best", oneSided, 1));
    }

    /// <summary>At each block's new value the slope of the energy is what the anchor takes away.</summary>
    private static void Blocks(Context context)
    {
        const int samples = 40, inputs = 7, outputs = 5, above = 3;
        var layer = new SplitLayer.Cpu(samples, inputs, outputs, Penalty);
        ulong stream = 20;
        Tensor Draw(int rows, int columns) => Sample.Normal(context.Seed + stream++, rows, columns).To(DType.Float64);
        Tensor sums = Draw(samples, outputs), v = Draw(samples, outputs), x = Draw(samples, inputs), weight = Draw(inputs, outputs), sumsAbove = Draw(samples, above), weightAbove = Draw(outputs, above);
        Tensor newWeight = layer.NextWeight(sums, v, x, weight, Step), newOutputs = layer.NextOutputs(v, sums, sumsAbove, weightAbove, Step), newSums = layer.NextSums(sums, v, x, weight, Step);
        double Left(Tensor slope, Tensor next, Tensor old) => (double)Ops.Max(Ops.Abs(slope + (next - old) / Step));
        context.Claim(Claim.AtMost("weights: what is left of slope and anchor", Left(layer.WeightSlope(sums, v, x, newWeight), newWeight, weight), 1e-8));
        context.Claim(Claim.AtMost("outputs: what is left of slope and anchor", Left(layer.OutputsSlope(newOutputs, sums, sumsAbove, weightAbove), newOutputs, v), 1e-8));
        var away = Ops.Greater(Ops.Abs(newSums), 1e-9).To(DType.Float64);
        context.Claim(Claim.AtMost("sums that are not 0: what is left of slope and anchor", Left(away * layer.SumsSlope(newSums, v, x, weight), away * newSums, away * sums), 1e-8));
    }

    /// <summary>Two interleaved half circles, with a third input that is always 1.</summary>
    private static (Tensor X, long[] Labels) Moons(ulong seed, int count = Samples)
    {
        var random = new Philox(seed, Philox.StreamOf("moons"));
        var x = new double[count, Inputs];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            var angle = Math.PI * random.Uniform((ulong)i);
            labels[i] = i % 2;
            var (cos, sin) = (Math.Cos(angle), Math.Sin(angle));
            x[i, 0] = (labels[i] == 0 ? cos : 1 - cos) - 0.5 + 0.1 * random.Normal((ulong)(1000 + 2 * i));
            x[i, 1] = (labels[i] == 0 ? sin : 0.5 - sin) - 0.25 + 0.1 * random.Normal((ulong)(1001 + 2 * i));
            x[i, 2] = 1;
        }
        return (Tensor.From(x), labels);
    }

    private static double Accuracy(Tensor scores, long[] labels) => Ops.ArgMax(scores, dim: 1).ToArray<long>().Zip(labels, (a, b) => a == b ? 1.0 : 0).Average();

    /// <summary>Ten layers of small weights: the objective falls as the proof says at every cycle, the network learns, and gradient descent from weights as small does not.</summary>
    private static void Train(Context context)
    {
        int runs = context.Quick ? 1 : 3, cycles = 500, steps = context.Quick ? 200 : 1000;
        double slack = double.PositiveInfinity, rate = 0, worst = 1, unseen = 1, stuck = 2, learned = 0;
        var curves = new List<(double[] Blocks, double[] Gradients)>();
        for (var run = 0ul; run < (ulong)runs; run++)
        {
            var seed = context.Seed + 10 * run;
            var (x, labels) = Moons(seed);
            var (testX, testLabels) = Moons(seed + 5, 1000);
            var target = 2 * Ops.OneHot(Tensor.From(labels), Classes).To(DType.Float64) - 1;
            var net = new SplitNetwork.Cpu(Samples, Inputs, Width, Classes, Depth, Penalty, Step);
            net.Start(x, Tensor.Scalar(Deviation), (long)seed);
            var losses = new double[cycles];
            double start = (double)net.Objective(x, target), last = start, least = double.PositiveInfinity;
            context.Steps("block descent", cycles, cycle =>
            {
                var (value, moved) = net.Cycle(x, target);
                slack = Math.Min(slack, last - (double)value - (double)moved / (2 * Step));
                least = Math.Min(least, (double)moved);
                rate = Math.Max(rate, least * (cycle + 1) / (2 * Step * start));
                last = (double)value;
                losses[cycle] = (double)Ops.Sum(Ops.Square(net.Predict(x) - target)) / (2 * Samples);
                return $"objective {Claim.Text(last)}";
            });
            worst = Math.Min(worst, Accuracy(net.Predict(x), labels));
            learned = Math.Max(learned, losses[^1]);
            unseen = Math.Min(unseen, Accuracy(net.Predict(testX), testLabels));

            var (single, singleTarget) = (x.To(DType.Float32), target.To(DType.Float32));
            double[] gradients = [];
            foreach (var learningRate in new[] { 0.01, 0.1, 1 })
            {
                var whole = new WholeNetwork.Cpu(Inputs, Width, Classes, Depth);
                foreach (var (parameter, i) in whole.Parameters.Select((parameter, i) => (parameter.Value, i)))
                    parameter.CopyFrom((float)Deviation * Sample.Normal(seed + 1 + (ulong)i, [.. parameter.Shape]));
                var sgd = new Sgd(whole, learningRate, momentum: 0.9);
                var curve = new double[steps];
                for (var i = 0; i < steps; i++)
                {
                    sgd.Step(whole.LossGradient(single, singleTarget));
                    curve[i] = (double)whole.Loss(single, singleTarget);
                }
                if (gradients.Length == 0 || curve[^1] < gradients[^1]) gradients = curve;
            }
            stuck = Math.Min(stuck, gradients[^1]);
            curves.Add((losses, gradients));
        }
        context.Claim(Claim.AtLeast("fall of the objective less what the steps ask for, least of all cycles", slack, -1e-9));
        context.Claim(Claim.AtMost("k times the least squared step of k cycles, over its bound, largest", rate, 1));
        context.Claim(Claim.AtLeast("accuracy of the network after 500 cycles", worst, 0.95, baseline: 0.5));
        context.Claim(Claim.AtMost("loss of the network after 500 cycles, where 0 has 1", learned, 0.3, baseline: stuck));
        context.Claim(Claim.AtLeast("accuracy on 1000 other points", unseen, 0.93));
        context.Claim(Claim.AtLeast("gradient descent from weights as small: least loss of three rates", stuck, 0.99));
        context.Plot("bcd-dnn.png", plot =>
        {
            foreach (var (blocks, gradients) in curves)
            {
                var line = plot.Add.ScatterLine([.. Enumerable.Range(1, blocks.Length).Select(i => (double)i)], blocks, ScottPlot.Colors.C0);
                var other = plot.Add.ScatterLine([.. Enumerable.Range(1, gradients.Length).Select(i => (double)i)], gradients, ScottPlot.Colors.C1);
                if (blocks == curves[0].Blocks) (line.LegendText, other.LegendText) = ("block descent", "gradient descent");
            }
            plot.Title("Ten layers that start from small weights");
            plot.XLabel("cycles, steps");
            plot.YLabel("loss of the network");
            plot.Axes.SetLimitsY(0, 1.2);
            plot.ShowLegend(ScottPlot.Alignment.UpperRight);
        });
    }
}
