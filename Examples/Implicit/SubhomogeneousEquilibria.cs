using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Equilibria that exist and are unique because the layer grows slower than its argument: the certificate, the contraction, a counterexample, and learning.</summary>
public sealed class SubhomogeneousEquilibria : IExample
{
    /// <inheritdoc/>
    public string Id => "S018";

    /// <inheritdoc/>
    public string Title => "SubDEQ: equilibria that are unique by the degree of the layer";

    /// <inheritdoc/>
    public string Family => "fixed-point/implicit";

    /// <inheritdoc/>
    public string Paper => "Sittoni, Tudisco: Subhomogeneous Deep Equilibrium Models (ICML 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(PositiveEquilibrium), new Dictionary<string, long> { ["n"] = 40, ["inputs"] = 5, ["b"] = 10 }),
        new(typeof(GraphEquilibrium), new Dictionary<string, long> { ["features"] = 16, ["hidden"] = 16, ["classes"] = 3, ["n"] = 150, ["m"] = 15 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Unique(context);
        Implicit(context);
        Classify(context);
    }

    /// <summary>A bound of the degree of the activation on the whole positive axis, from intervals that cover it.</summary>
    private static double DegreeBound(float shift)
    {
        var ends = new List<double> { 0, 1e-4 };
        while (ends[^1] < 30) ends.Add(ends[^1] * 1.01);
        ends.Add(1e6);
        var activation = new ShiftedTanh(shift);
        Tensor lower = Tensor.From(ends.SkipLast(1).ToArray(), ends.Count - 1), upper = Tensor.From(ends.Skip(1).ToArray(), ends.Count - 1);
        return (double)Ops.Max(activation.DegreeRange(lower, upper).Upper);
    }

    private static PositiveEquilibrium Layer(Context context, float power)
    {
        const int n = 40;
        var layer = new PositiveEquilibrium(n, 5, power);
        layer.Input.Fill(0);
        layer.Offset.Fill(0);
        var weight = Ops.Abs(Sample.Normal(context.Seed + 1, n, n));
        layer.Weight.CopyFrom(2 * weight / Ops.Sum(weight, dim: 0));
        layer.To(DType.Float64);
        return layer;
    }

    /// <summary>Below degree 1 every start leads to the same equilibrium, in the metric of Thompson by the certified factor; at power 3 there are two equilibria, and no certificate.</summary>
    private static void Unique(Context context)
    {
        const int starts = 10;
        var degree = DegreeBound(0.01f);
        var rows = new List<string[]>();
        var x = Tensor.Zeros([starts, 5], DType.Float64);
        // From 10^-3 to 10^2.
        var z = Ops.Exp(Sample.Normal(context.Seed + 2, starts, 40).To(DType.Float64)) * Ops.Pow(10, Ops.Unsqueeze(Ops.Arange(starts, DType.Float64) * (5.0 / (starts - 1)) - 3, 1));
        foreach (var power in new[] { 0.5f, 0.9f, 3f })
        {
            var layer = Layer(context, power);
            var result = layer.Solve(z, x).Z;
            var spread = (double)Ops.Max(Ops.Max(result, dim: 0) - Ops.Min(result, dim: 0));
            var ratio = 0.0;
            for (var pair = 0ul; pair < 200; pair++)
            {
                // Where the activation is steep, and along the direction in which it is worst: all of a point grows.
                var u = Ops.Exp(Sample.Normal(context.Seed + 100 + pair, 1, 40).To(DType.Float64) - 4);
                var v = 1.1 * u * Ops.Exp(0.05 * Sample.Normal(context.Seed + 500 + pair, 1, 40).To(DType.Float64));
                ratio = Math.Max(ratio, Distance(layer.Step(u, x[..1]), layer.Step(v, x[..1])) / Distance(u, v));
            }
            var bound = power * degree;
            rows.Add([Claim.Text(power), Claim.Text(bound), Claim.Text(ratio), Claim.Text(spread)]);
            if (power < 1)
            {
                context.Claim(Claim.AtMost($"power {Claim.Text(power)}: certified degree of the layer", bound, power));
                context.Claim(Claim.AtMost($"power {Claim.Text(power)}: contraction in Thompson's metric, measured", ratio, bound));
                context.Claim(Claim.AtMost($"power {Claim.Text(power)}: distance of the equilibria from 10 starts", spread, 1e-9));
            }
            else
            {
                context.Claim(Claim.AtLeast($"power {Claim.Text(power)}: bound of the degree, so that there is no certificate", bound, 1));
                context.Claim(Claim.AtLeast($"power {Claim.Text(power)}: distance of the equilibria from 10 starts", spread, 0.5));
            }
        }
        context.Table("layer", ["power", "certified degree", "contraction", "spread of equilibria"], rows);

        var most = 0L;
        foreach (var scale in new[] { 1f, 5f, 20f, 50f })
        {
            var layer = Layer(context, 0.5f);
            layer.Weight.CopyFrom((scale / 40 * Sample.Normal(context.Seed + 7, 40, 40)).To(DType.Float64));
            most = Math.Max(most, layer.Solve(z, x).Iterations.Item<long>());
        }
        context.Claim(Claim.AtMost("power 0.5: most steps to the equilibrium, to 1e-14, for random weights of scale 1 to 50", most, 50));

        static double Distance(Tensor u, Tensor v) => (double)Ops.Max(Ops.Abs(Ops.Log(u / v)));
    }

    /// <summary>The implicit gradient against differences of equilibria.</summary>
    private static void Implicit(Context context)
    {
        var layer = Layer(context, 0.9f);
        layer.Input.CopyFrom(Sample.Normal(context.Seed + 3, 5, 40).To(DType.Float64));
        Tensor x = Sample.Normal(context.Seed + 4, 3, 5).To(DType.Float64), weights = Sample.Normal(context.Seed + 5, 3, 40).To(DType.Float64);
        var gradients = layer.ValueGradient(x, weights);
        const double step = 1e-5;
        var worst = 0.0;
        foreach (var parameter in new[] { layer.Weight, layer.Input, layer.Offset })
        {
            // An offset of 0 is no kink of the ramp here: the inputs move its argument.
            var along = Sample.Normal(context.Seed + 6, [.. parameter.Shape]).To(DType.Float64);
            var expected = (double)Ops.Sum(gradients[parameter] * along);
            var before = parameter.Clone();
            double Value(double distance)
            {
                parameter.CopyFrom(before + distance * along);
                return (double)layer.Value(x, weights);
            }
            var difference = (Value(step) - Value(-step)) / (2 * step);
            parameter.CopyFrom(before);
            worst = Math.Max(worst, Math.Abs(expected - difference) / Math.Abs(difference));
        }
        context.Claim(Claim.AtMost("implicit gradient against differences, relative", worst, 1e-4));
    }

    /// <summary>Three communities with noisy features and five known nodes each.</summary>
    private static void Classify(Context context)
    {
        const int classes = 3, perClass = 50, n = classes * perClass, features = 16, known = 5, seeds = 3;
        double own = 0, baseline = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + 1000 * (ulong)run;
            var random = new Philox(seed, Philox.StreamOf("edges"));
            var adjacency = Tensor.Zeros([n, n]);
            for (var i = 0; i < n; i++)
                for (var j = 0; j < i; j++)
                    if (random.Uniform((ulong)(i * n + j)) < (i % classes == j % classes ? 0.10 : 0.02)) adjacency.AsSpan<float>()[i * n + j] = adjacency.AsSpan<float>()[j * n + i] = 1;
            adjacency += Ops.Eye(n);
            var degrees = Ops.Rsqrt(Ops.Sum(adjacency, dim: 1, keepDim: true));
            adjacency = adjacency * degrees * Ops.Transpose(degrees);
            var labels = Ops.Remainder(Ops.Arange(n), classes).To(DType.Int64);
            var x = Ops.MatMul(Ops.OneHot(labels, classes, DType.Float32), Sample.Normal(seed + 1, classes, features)) * 0.5f + Sample.Normal(seed + 2, n, features);
            var train = Ops.Arange(classes * known);
            Tensor trainLabels = labels[..(classes * known)], testLabels = labels[(classes * known)..];

            var equilibrium = new GraphEquilibrium.Cpu(features, 16, classes);
            var propagation = new PropagatedPredictions.Cpu(features, 16, classes);
            equilibrium.Initialize(seed);
            propagation.Initialize(seed);
            Learn("equilibrium", equilibrium, () => equilibrium.LossGradient(x, adjacency, train, trainLabels));
            Learn("propagation", propagation, () => propagation.LossGradient(x, adjacency, train, trainLabels));
            own += Accuracy(equilibrium.Forward(x, adjacency)) / seeds;
            baseline += Accuracy(propagation.Forward(x, adjacency)) / seeds;

            double Accuracy(Tensor logits) => (double)Ops.Mean(Ops.Equal(Ops.ArgMax(logits[(classes * known)..], 1), testLabels).To(DType.Float64));

            void Learn(string title, Network network, Func<Gradients> gradient)
            {
                var adam = new Adam(network, learningRate: 1e-2, weightDecay: 5e-3);
                context.Steps($"seed {seed}, {title}", 200, _ =>
                {
                    var g = gradient();
                    adam.Step(g);
                    return $"loss {Claim.Text((double)g.Value)}";
                });
            }
        }
        context.Claim(Claim.AtLeast("accuracy on the other nodes, against propagated predictions", 100 * own, 100 * baseline - 4, 100 * baseline, "%"));
    }
}
