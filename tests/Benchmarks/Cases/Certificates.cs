using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>A classifier with bounds of its logits.</summary>
[Network]
public partial class Certified(int inputs, int hidden, int classes)
{
    readonly Linear first = new(inputs, hidden);
    readonly Linear second = new(hidden, hidden);
    readonly Linear last = new(hidden, classes);

    /// <summary>How each class scores.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Logits([Shape("b inputs")] Tensor x) => last.Forward(Relu(second.Forward(Relu(first.Forward(x)))));

    /// <summary>Their range over boxes, by intervals (Gowal et al. 2018).</summary>
    [Bounds(of: nameof(Logits))]
    public virtual partial (Tensor Lower, Tensor Upper) Range(Tensor x, Tensor upper);

    /// <summary>The same by linear relaxation (Zhang et al. 2018).</summary>
    [Bounds(of: nameof(Logits), Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) Enclosure(Tensor x, Tensor upper);

    /// <summary>The loss of the worst case.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b classes")] Tensor isOther, [Shape("b", DType.Int64)] Tensor label)
    {
        var (lower, upper) = Range(x - 0.01, x + 0.01);
        return CrossEntropy(lower + isOther * (upper - lower), label);
    }

    /// <summary>The loss and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor isOther, Tensor label);
}

/// <summary>Bounds of networks.</summary>
internal static class Certificates
{
    private const int B = 64, Inputs = 784, Hidden = 256, Classes = 10;
    private const int CrownBatch = 16, CrownInputs = 64, CrownHidden = 128;
    private const double Weights = Inputs * Hidden + Hidden * Hidden + Hidden * Classes;

    public static IEnumerable<Trial> Trials =>
    [
        new("ibp-train", "the worst case of 784-256-256-10 by intervals, batch 64, cross-entropy, all derivatives", 4.0 * B * (3 * Weights - Inputs * Hidden), 8 * Weights + 4.0 * B * Inputs)
        {
            Proxima = () =>
            {
                var (model, x, label) = (new Certified.Cpu(Inputs, Hidden, Classes), Normal(1, B, Inputs), Labels(B, Classes));
                var isOther = Others(label);
                return Train(model, () => model.LossGradient(x, isOther, label));
            },
            Torch = () =>
            {
                var labels = Labels(B, Classes);
                var (p, x, label, isOther) = (new Certified(Inputs, Hidden, Classes).TorchParameters(), Normal(1, B, Inputs).Torch(), labels.Torch(), Others(labels).Torch());
                return EagerTrain(p, () =>
                {
                    torch.Tensor lower = x - 0.01f, upper = x + 0.01f;
                    foreach (var layer in new[] { "first", "second", "last" })
                    {
                        (lower, upper) = Interval(p, layer, lower, upper);
                        if (layer != "last") (lower, upper) = (lower.relu(), upper.relu());
                    }
                    return torch.nn.functional.cross_entropy(lower + isOther * (upper - lower), label);
                });
            },
            Tolerance = 1e-3,
        },
        new("crown", "linear relaxation of 64-128-128-10 over boxes, batch 16", 2.0 * CrownBatch * 2 * (CrownHidden + Classes) * CrownHidden * (CrownInputs + CrownHidden), 4.0 * CrownBatch * (2 * CrownInputs + 2 * Classes))
        {
            Proxima = () =>
            {
                var (model, lower, upper) = (new Certified.Cpu(CrownInputs, CrownHidden, Classes), Normal(1, CrownBatch, CrownInputs) - 0.1, Normal(1, CrownBatch, CrownInputs) + 0.1);
                Tensor low = Tensor.Zeros(CrownBatch, Classes), high = Tensor.Zeros(CrownBatch, Classes);
                return new(() => model.Enclosure(lower, upper, (low, high)), () => [.. low.ToArray<float>(), .. high.ToArray<float>()]);
            },
            Torch = () =>
            {
                var (p, x) = (new Certified(CrownInputs, CrownHidden, Classes).TorchParameters(), Normal(1, CrownBatch, CrownInputs).Torch());
                torch.Tensor lower = x - 0.1f, upper = x + 0.1f;
                return Eager(() => Enclosure(p, lower, upper));
            },
        },
    ];

    private static Tensor Others(Tensor label) => 1 - OneHot(label, Classes, DType.Float32);

    private static (torch.Tensor Lower, torch.Tensor Upper) Interval(Leaves p, string layer, torch.Tensor lower, torch.Tensor upper)
    {
        torch.Tensor centre = (upper + lower) / 2, radius = (upper - lower) / 2;
        var (at, around) = (Perceptrons.Affine(p, layer, centre), torch.nn.functional.linear(radius, p[layer + ".Weight"].abs()));
        return (at - around, at + around);
    }

    /// <summary>Lower ends, then upper ends, by bounds that are carried back from each layer to the inputs.</summary>
    private static torch.Tensor Enclosure(Leaves p, torch.Tensor lower, torch.Tensor upper)
    {
        var first = Interval(p, "first", lower, upper);
        var lines = new List<(torch.Tensor Slope, torch.Tensor Offset, torch.Tensor Below)> { Lines(first.Lower, first.Upper) };
        var interval = Interval(p, "second", first.Lower.relu(), first.Upper.relu());
        var (low, high) = Back("second");
        (low, high) = (torch.maximum(low, interval.Lower), torch.minimum(high, interval.Upper));
        lines.Add(Lines(low, high));
        var range = Interval(p, "last", low.relu(), high.relu());
        (low, high) = Back("last");
        return torch.cat([torch.maximum(low, range.Lower).flatten(), torch.minimum(high, range.Upper).flatten()]);

        static (torch.Tensor, torch.Tensor, torch.Tensor) Lines(torch.Tensor low, torch.Tensor high)
        {
            var slope = torch.where(low.ge(0), torch.ones_like(low), torch.where(high.le(0), torch.zeros_like(low), high / (high - low).clamp_min(1e-12f)));
            return (slope.unsqueeze(1), torch.where(low.lt(0).logical_and(high.gt(0)), -slope * low, torch.zeros_like(low)).unsqueeze(1), high.gt(-low).to(torch.float32).unsqueeze(1));
        }

        (torch.Tensor, torch.Tensor) Back(string layer)
        {
            string[] below = layer == "second" ? ["first"] : ["second", "first"];
            torch.Tensor up = p[layer + ".Weight"].unsqueeze(0), down = up;
            torch.Tensor upOffset = p[layer + ".Bias"], downOffset = upOffset;
            for (var i = 0; i < below.Length; i++)
            {
                var (slope, offset, lowerSlope) = lines[below.Length - 1 - i];
                torch.Tensor upPlus = up.clamp_min(0), upMinus = up.clamp_max(0), downPlus = down.clamp_min(0), downMinus = down.clamp_max(0);
                upOffset = upOffset + (upPlus * offset).sum(-1);
                downOffset = downOffset + (downMinus * offset).sum(-1);
                (up, down) = (upPlus * slope + upMinus * lowerSlope, downPlus * lowerSlope + downMinus * slope);
                upOffset = upOffset + up.matmul(p[below[i] + ".Bias"]);
                downOffset = downOffset + down.matmul(p[below[i] + ".Bias"]);
                (up, down) = (up.matmul(p[below[i] + ".Weight"]), down.matmul(p[below[i] + ".Weight"]));
            }
            torch.Tensor l = lower.unsqueeze(2), u = upper.unsqueeze(2);
            return ((down.clamp_min(0).matmul(l) + down.clamp_max(0).matmul(u)).squeeze(2) + downOffset, (up.clamp_min(0).matmul(u) + up.clamp_max(0).matmul(l)).squeeze(2) + upOffset);
        }
    }
}
