using Proxima.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Tensor = Proxima.Tensor;

namespace Proxima.Tests;

/// <summary>What the reference must mean: torch's own operation of the same name, and its autograd, in double precision.</summary>
[Collection("Torch")]
public sealed class TorchOracleTests
{
    public static TheoryData<string> Known => [.. s_torch.Keys];

    private static readonly Dictionary<string, Func<torch.Tensor[], torch.Tensor>> s_torch = new()
    {
        ["SmoothFunctions.Exponential"] = a => a[0].exp(),
        ["SmoothFunctions.HyperbolicTangent"] = a => a[0].tanh(),
        ["SmoothFunctions.Logistic"] = a => a[0].sigmoid(),
        ["SmoothFunctions.GaussianUnit"] = a => nn.functional.gelu(a[0]),
        ["SmoothFunctions.SigmoidUnit"] = a => nn.functional.silu(a[0]),
        ["SmoothFunctions.SoftRamp"] = a => nn.functional.softplus(a[0]),
        ["SmoothFunctions.ErrorFunction"] = a => a[0].erf(),
        ["SmoothFunctions.Cubed"] = a => a[0].pow(3),
        ["KinkedFunctions.Magnitude"] = a => a[0].abs(),
        ["KinkedFunctions.Ramp"] = a => a[0].relu(),
        ["KinkedFunctions.Limited"] = a => a[0].clamp(-0.5, 0.75),
        ["PositiveFunctions.Logarithm"] = a => a[0].log(),
        ["PositiveFunctions.Root"] = a => a[0].sqrt(),
        ["PositiveFunctions.InverseRoot"] = a => a[0].rsqrt(),
        ["PositiveFunctions.Power"] = a => a[0].pow(a[1]),
        ["PositiveFunctions.Quotient"] = a => a[0] / a[1],
        ["BinaryFunctions.Least"] = a => minimum(a[0], a[1]),
        ["BinaryFunctions.Largest"] = a => maximum(a[0], a[1]),
        ["BinaryFunctions.ShrinkByNumber"] = a => nn.functional.softshrink(a[0], 0.3),
        ["Comparisons.WhereLess"] = a => where(a[0] < a[1], a[0], a[1] * 2),
        ["Sums.SumOverOuter"] = a => a[0].sum([0, 2]),
        ["Sums.MeanOverMiddle"] = a => a[0].mean([1], keepdim: true),
        ["Extremes.MaxOverLast"] = a => a[0].max(-1).values,
        ["Extremes.MinOverOuter"] = a => a[0].amin([0, 2]),
        ["Exponentials.LogSumExpOverFirst"] = a => a[0].logsumexp(0),
        ["Exponentials.SoftmaxOverMiddle"] = a => a[0].softmax(1),
        ["Exponentials.LogSoftmaxOverLast"] = a => a[0].log_softmax(-1),
        ["Spreads.VarianceOverMiddle"] = a => a[0].var(1, unbiased: true, keepdim: true),
        ["Products.Matrices"] = a => a[0].matmul(a[1]),
        ["Products.BothTransposed"] = a => a[0].t().matmul(a[1].t()),
        ["Products.BatchOfOne"] = a => a[0].matmul(a[1]),
        ["Products.VectorBatch"] = a => a[0].matmul(a[1]),
        ["Epilogues.Attention"] = a => (a[0].matmul(a[1].transpose(-1, -2)) * 0.5).softmax(-1).matmul(a[2]),
        ["Positions.Selected"] = a => a[0].index_select(1, a[1]),
        ["Positions.Gathered"] = a => a[0].gather(1, a[1]),
        ["Positions.TakenAlong"] = a => a[0].take_along_dim(a[0].argmax(1).unsqueeze(1), 1),
        ["Positions.Added"] = a => a[0].index_add(0, a[2], a[1], 1),
        ["Positions.ScatterAdded"] = a => a[0].scatter_add(1, a[2], a[1]) + 1,
        ["Scans.Sums"] = a => a[0].cumsum(1),
        ["Scans.Powers"] = a => a[0].tanh().cumprod(-1),
        ["Scans.Logs"] = a => a[0].logcumsumexp(1),
        ["Matrices.Root"] = a => linalg.cholesky(a[0].matmul(a[0].transpose(-1, -2)) + 2 * eye(4, dtype: ScalarType.Float64)),
        ["Matrices.Solved"] = a => linalg.solve(a[0] + 5 * eye(4, dtype: ScalarType.Float64), a[1]),
        ["Matrices.Shrunk"] = a => linalg.svd(a[0], false) is var (u, s, vh) ? u.matmul(nn.functional.softshrink(s, 0.3).unsqueeze(-1) * vh) : a[0],
        ["Rearrangements.Permuted"] = a => a[0].permute(2, 0, 1) + 1,
        ["Rearrangements.Regrouped"] = a => a[0].transpose(1, 2).reshape(a[0].shape[2], -1),
        ["Selections.Inner"] = a => a[0].slice(1, 1, a[0].shape[1] - 1, 1),
        ["Convolutions.Plain"] = a => nn.functional.conv2d(a[0], a[1], a[2], padding: [1, 1]),
        ["Convolutions.Strided"] = a => nn.functional.conv2d(a[0], a[1], strides: [2, 1], dilation: [1, 2]),
        ["Convolutions.Pointwise"] = a => nn.functional.conv2d(a[0], a[1], strides: [2, 2]),
        ["Convolutions.Grouped"] = a => nn.functional.conv1d(a[0], a[1], a[2], padding: 1, groups: 2),
        ["Convolutions.Depthwise"] = a => nn.functional.conv2d(a[0], a[1], a[2], padding: [1, 1], groups: 3),
        ["Convolutions.Volumes"] = a => nn.functional.conv3d(a[0], a[1]),
        ["Convolutions.Transposed"] = a => nn.functional.conv_transpose1d(a[0], a[1], a[2], stride: 2, padding: 1, output_padding: 1, groups: 2),
        ["Convolutions.TransposedImages"] = a => nn.functional.conv_transpose2d(a[0], a[1], strides: [1, 2], dilation: [2, 1]),
        ["Convolutions.TransposedVolumes"] = a => nn.functional.conv_transpose3d(a[0], a[1], strides: [1, 2, 1]),
        ["Pools.Volumes"] = a => nn.functional.max_pool3d(a[0], [2, 2, 1]) - nn.functional.avg_pool3d(a[0], [2, 2, 1])
            + a[0].amax([2, 3, 4], true) * nn.functional.adaptive_avg_pool3d(a[0], [1, 1, 1]), // its own adaptive_max_pool3d calls that of one dimension
        ["Pools.Largest"] = a => nn.functional.max_pool2d(a[0], 2, 2),
        ["Pools.LargestOfPadded"] = a => nn.functional.max_pool2d(a[0], [3, 2], [2, 1], [1, 0], [1, 2]),
        ["Pools.Averages"] = a => nn.functional.avg_pool2d(a[0], [3, 2], [2, 1], [1, 0], count_include_pad: false),
        ["Pools.AveragesWithPadding"] = a => nn.functional.avg_pool1d(a[0], 4, 1, 1),
        ["Pools.Parts"] = a => nn.functional.adaptive_avg_pool2d(a[0], [2, 3]),
        ["Pools.LargestOfParts"] = a => nn.functional.adaptive_max_pool1d(a[0], 3),
        ["Pools.Whole"] = a => nn.functional.adaptive_avg_pool2d(a[0], [1, 1]) + nn.functional.adaptive_max_pool2d(a[0], [1, 1]),
        ["Paddings.Surrounded"] = a => nn.functional.pad(a[0], [1, 2, 3, 0], PaddingModes.Constant, 0.5),
        ["Paddings.Mirrored"] = a => nn.functional.pad(a[0].unsqueeze(0), [1, 2, 0, 1], PaddingModes.Reflect).squeeze(0),
        ["Paddings.Extended"] = a => nn.functional.pad(a[0].unsqueeze(0), [1, 2, 0, 1], PaddingModes.Replicate).squeeze(0),
        ["Paddings.Wrapped"] = a => nn.functional.pad(a[0].unsqueeze(0), [1, 2, 0, 1], PaddingModes.Circular).squeeze(0),
        ["Paddings.Unfolded"] = a => nn.functional.unfold(a[0], (3, 2), padding: (1, 0)),
        ["Paddings.Shuffled"] = a => nn.functional.pixel_shuffle(a[0], 2),
        ["ComposedFunctions.Trigonometry"] = a => stack([(0.4 * a[0]).tan(), a[0].atan(), (0.2 * a[0]).asin(), (0.2 * a[0]).acos()]),
        ["ComposedFunctions.Hyperbolic"] = a => stack([a[0].sinh(), a[0].cosh(), a[0].expm1(), a[0].exp2(), special.sinc(a[0])]),
        ["ComposedFunctions.Angles"] = a => stack([a[0].atan2(a[1]), (a[0] * a[0] + a[1] * a[1]).sqrt(), a[0] + 0.3 * (a[1] - a[0])]),
        ["ComposedFunctions.Rounding"] = a => stack([a[0].ceil(), a[0].trunc(), (2 * a[0]).round(), a[0].frac(), a[0].remainder(0.7)]),
        ["ComposedFunctions.Units"] = a => stack([nn.functional.leaky_relu(a[0], 0.1), nn.functional.elu(a[0], 1), nn.functional.celu(a[0], 0.5), nn.functional.selu(a[0]), nn.functional.softsign(a[0])]),
        ["ComposedFunctions.HardUnits"] = a => stack([a[0].clamp(-0.7, 0.9), nn.functional.relu6(4 * a[0]), (a[0] / 6 + 0.5).clamp(0, 1), a[0] * (a[0] / 6 + 0.5).clamp(0, 1), nn.functional.logsigmoid(a[0]), nn.functional.mish(a[0])]),
        ["ComposedFunctions.ChannelUnits"] = a => nn.functional.prelu(a[0], a[1]),
        ["ComposedLogarithms.Logarithms"] = a => stack([a[0].log1p(), a[0].log2(), a[0].log10()]),
        ["ComposedReductions.Norms"] = a => stack([a[0].norm(-1, false, 2), a[0].norm(-1, false, 1), a[0].norm(-1, false, 3), a[0].abs().amax([-1]), a[0].std(-1, false)]),
        ["ComposedReductions.Factors"] = a => a[0].prod(1),
        ["ComposedLosses.Absolute"] = a => nn.functional.l1_loss(a[0], a[1]),
        ["ComposedLosses.Robust"] = a => nn.functional.huber_loss(a[0], a[1], 0.7),
        ["ComposedLosses.Binary"] = a => nn.functional.binary_cross_entropy_with_logits(a[0], a[1].sigmoid()),
        ["ComposedLosses.Divergence"] = a => nn.functional.kl_div(a[0].log_softmax(-1), a[1].softmax(-1), log_target: false, reduction: nn.Reduction.Sum) / a[0].shape[0],
        ["Normalisations.OfBatch"] = a => nn.functional.batch_norm(a[0], zeros(3, dtype: float64), ones(3, dtype: float64), a[1], a[2], training: true),
        ["Normalisations.OfBatchByMoments"] = a => ((a[0] - a[1].reshape(3, 1, 1)) * (a[2] * a[2] + 1e-5).rsqrt().reshape(3, 1, 1)) * a[3].reshape(3, 1, 1) + a[4].reshape(3, 1, 1),
        ["Normalisations.OfGroups"] = a => nn.functional.group_norm(a[0], 2, a[1], a[2]),
        ["Normalisations.OfLayers"] = a => nn.functional.layer_norm(a[0], [a[0].shape[1]], a[1], a[2]) + a[0] * (a[0] * a[0]).mean([-1], true).add(1e-6).rsqrt() * a[1],
        ["Normalisations.Attention"] = a => nn.functional.scaled_dot_product_attention(a[0], a[1], a[2]),
        ["Equations.Batched"] = a => einsum("bkn,bmk->bnm", a[0], a[1]),
        ["Equations.Chained"] = a => einsum("an,ab,cb->nc", a[0], a[1], a[2]),
        ["Equations.Outer"] = a => einsum("i,jk->ij", a[0], a[1]),
        ["Interpolations.Nearest"] = a => nn.functional.interpolate(a[0], [a[0].shape[2] + 2, 2 * a[0].shape[3]]),
        ["Interpolations.Bilinear"] = a => nn.functional.interpolate(a[0], [a[0].shape[2] + 2, 2 * a[0].shape[3]], mode: InterpolationMode.Bilinear, align_corners: false),
        ["Interpolations.Bicubic"] = a => nn.functional.interpolate(a[0], [a[0].shape[2] + 2, 2 * a[0].shape[3]], mode: InterpolationMode.Bicubic, align_corners: true),
        ["Interpolations.Shorter"] = a => nn.functional.interpolate(a[0], [3], mode: InterpolationMode.Linear, align_corners: true),
        ["Compositions.Stacked"] = a => stack([a[0], a[1]]),
        ["Compositions.Different"] = a => cat([a[0], a[1]], -1),
        ["SmoothFunctions.Squared"] = a => a[0].square(),
        ["SmoothFunctions.Sine"] = a => a[0].sin(),
        ["SmoothFunctions.Cosine"] = a => a[0].cos(),
        ["SmoothFunctions.Opposite"] = a => -a[0],
        ["KinkedFunctions.SignOf"] = a => a[0].sign(),
        ["KinkedFunctions.Above"] = a => a[0].clamp_min(0.25),
        ["KinkedFunctions.Whole"] = a => (a[0] * 3).floor(),
        ["PositiveFunctions.Inverse"] = a => a[0].reciprocal(),
        ["PositiveFunctions.Fractional"] = a => a[0].pow(2.5),
        ["PositiveFunctions.PowerOfNumber"] = a => tensor(1.5, dtype: float64).pow(a[0]),
        ["PositiveFunctions.NumberOverTensor"] = a => 2 / a[0],
        ["PositiveFunctions.TensorOverNumber"] = a => a[0] / 3,
        ["BinaryFunctions.Plus"] = a => a[0] + a[1],
        ["BinaryFunctions.Minus"] = a => a[0] - a[1],
        ["BinaryFunctions.Times"] = a => a[0] * a[1],
        ["BinaryFunctions.Reversed"] = a => a[1] - a[0],
        ["BinaryFunctions.Column"] = a => a[0] * a[1],
        ["BinaryFunctions.Outer"] = a => a[0] - a[1],
        ["BinaryFunctions.Scalar"] = a => a[0] * a[1] + a[1],
        ["BinaryFunctions.Shrink"] = a => a[0].sign() * (a[0].abs() - a[1].abs()).relu(),
        ["BinaryFunctions.NumbersLeft"] = a => 2 * a[0] + 1 - a[0] * 0.25,
        ["BinaryFunctions.Deep"] = a => ((a[0] * a[1] - a[0]) * (a[0] + a[1]) + (a[0] * a[1]).tanh()) * (a[0] - a[1]) + a[0],
        ["Comparisons.WhereLessEqual"] = a => where(a[0] <= a[1], a[0] * a[1], a[1]),
        ["Comparisons.WhereGreater"] = a => where(a[0] > 0, a[0], 0.1 * a[0]),
        ["Comparisons.WhereGreaterEqual"] = a => where(a[0] >= a[1], a[0], ones_like(a[0])),
        ["Comparisons.WhereEqual"] = a => where(a[0].sign() == a[1].sign(), a[0], -a[1]),
        ["Comparisons.WhereNotEqual"] = a => where(a[0].sign() != 1, a[0], -a[1]),
        ["Comparisons.And"] = a => where((a[0] > -1) & (a[0] < 1), a[0] * a[0], full_like(a[0], 2)),
        ["Comparisons.Or"] = a => where((a[0] < -0.5) | (a[0] > a[1]), a[0], a[1]),
        ["Comparisons.Not"] = a => where((a[0] < a[1]).logical_not(), a[0], a[1]),
        ["Sums.SumOfAll"] = a => a[0].sum(),
        ["Sums.SumOverFirst"] = a => a[0].sum([0]),
        ["Sums.SumOverMiddle"] = a => a[0].sum(1, keepdim: true),
        ["Sums.SumOverLast"] = a => a[0].sum(-1),
        ["Sums.SumOverTrailing"] = a => a[0].sum([1, 2], keepdim: true),
        ["Sums.SumOverLeading"] = a => a[0].sum([0, 1]),
        ["Sums.MeanOfAll"] = a => a[0].mean(),
        ["Sums.MeanOverFirst"] = a => a[0].mean([0]),
        ["Sums.MeanOverLast"] = a => a[0].mean([-1]),
        ["Sums.MeanOverOuter"] = a => a[0].mean([0, -1], keepdim: true),
        ["Extremes.MaxOfAll"] = a => a[0].max(),
        ["Extremes.MaxOverFirst"] = a => a[0].max(0).values,
        ["Extremes.MaxOverMiddle"] = a => a[0].max(1, keepdim: true).values,
        ["Extremes.MinOfAll"] = a => a[0].min(),
        ["Extremes.MinOverFirst"] = a => a[0].min(0, keepdim: true).values,
        ["Extremes.MaxOverTrailing"] = a => a[0].amax([1, 2]),
        ["Exponentials.LogSumExpOverMiddle"] = a => a[0].logsumexp(1, keepdim: true),
        ["Exponentials.LogSumExpOverLast"] = a => a[0].logsumexp(-1),
        ["Exponentials.SoftmaxOverFirst"] = a => a[0].softmax(0),
        ["Exponentials.SoftmaxOverLast"] = a => a[0].softmax(-1),
        ["Exponentials.LogSoftmaxOverFirst"] = a => a[0].log_softmax(0),
        ["Spreads.VarianceOfAll"] = a => a[0].var(),
        ["Spreads.VarianceOverFirst"] = a => a[0].var(0, unbiased: false),
        ["Spreads.VarianceOverLast"] = a => a[0].var(-1),
        ["Spreads.Standardised"] = a => (a[0] - a[0].mean([-1], keepdim: true)) * (a[0].var(-1, unbiased: false, keepdim: true) + 0.01).rsqrt(),
        ["Spreads.Normalised"] = a => a[0] / (a[0].square().sum(-1, keepdim: true) + 0.1).sqrt(),
        ["Spreads.SeveralOfOneRow"] = a => a[0].softmax(-1) * a[0].max(-1, keepdim: true).values + a[0].sum(-1, keepdim: true),
        ["Spreads.RowsThenAll"] = a => (a[0].square().sum(-1) + 1).sqrt().sum(),
        ["Spreads.ProductOfReductions"] = a => a[0].sum([0]) * a[0].sum(1, keepdim: true),
        ["Products.RightTransposed"] = a => a[0].matmul(a[1].t()),
        ["Products.LeftTransposed"] = a => a[0].t().matmul(a[1]),
        ["Products.Batched"] = a => a[0].matmul(a[1]),
        ["Products.BatchBroadcastRight"] = a => a[0].matmul(a[1]),
        ["Products.BatchBroadcastLeft"] = a => a[0].matmul(a[1]),
        ["Products.BatchedTransposed"] = a => a[0].matmul(a[1].transpose(-1, -2)),
        ["Products.MatrixVector"] = a => a[0].matmul(a[1]),
        ["Products.VectorMatrix"] = a => a[0].matmul(a[1]),
        ["Products.BatchVector"] = a => a[0].matmul(a[1]),
        ["Products.Dot"] = a => a[0].matmul(a[1]),
        ["Products.Permuted"] = a => a[0].permute(1, 0, 2).matmul(a[1]),
        ["Products.Sliced"] = a => a[0].slice(1, 1, a[0].shape[1], 1).matmul(a[1].slice(0, 1, a[1].shape[0], 1)),
        ["Products.Computed"] = a => a[0].tanh().matmul(a[1] * 2 + 1),
        ["Products.WithItself"] = a => a[0].matmul(a[0].t()),
        ["Epilogues.Affine"] = a => a[0].matmul(a[1]) + a[2],
        ["Epilogues.Activated"] = a => (a[0].matmul(a[1]) + a[2]).tanh(),
        ["Epilogues.NormedRows"] = a => ((a[0].matmul(a[1]) - a[2].unsqueeze(1)) * (a[3].square() + 0.1).rsqrt().unsqueeze(1)).relu(),
        ["Epilogues.Residual"] = a => (a[2] - a[0].matmul(a[1])).relu() * 0.5 + a[2],
        ["Epilogues.Shrunk"] = a => nn.functional.softshrink(a[2] + a[0].matmul(a[1]), 0.1),
        ["Epilogues.Reduced"] = a => a[0].matmul(a[1]).square().sum([0]),
        ["Epilogues.ReadTwice"] = a => a[0].matmul(a[1]) * (a[0].matmul(a[1]) + 1),
        ["Epilogues.TransposedResult"] = a => a[0].matmul(a[1]).t() + a[2],
        ["Epilogues.Chain"] = a => a[0].matmul(a[1]).matmul(a[2]),
        ["Rearrangements.Transposed"] = a => a[0].transpose(1, 2) * 2,
        ["Rearrangements.TransposedOuter"] = a => a[0].transpose(0, 2),
        ["Rearrangements.Flattened"] = a => a[0].reshape(-1),
        ["Rearrangements.Merged"] = a => a[0].reshape(a[0].shape[0], -1) * 3,
        ["Rearrangements.Squeezed"] = a => a[0].unsqueeze(1).squeeze(1) * a[0],
        ["Rearrangements.Expanded"] = a => a[0].expand(2, -1, -1, -1) * 1.5,
        ["Rearrangements.ExpandedFromOne"] = a => a[0].expand(a[0].shape[0], 4, -1),
        ["Rearrangements.ReshapeOfPermute"] = a => a[0].permute(1, 2, 0).reshape(-1, a[0].shape[0]),
        ["Rearrangements.SumOfViews"] = a => a[0] + a[0].transpose(1, 2).permute(0, 2, 1),
        ["Selections.First"] = a => a[0].select(0, 0),
        ["Selections.LastRow"] = a => a[0].select(0, -1).select(0, 0),
        ["Selections.Element"] = a => a[0].select(0, 0).select(0, -1).select(0, 0),
        ["Selections.Tail"] = a => a[0].slice(0, 1, a[0].shape[0], 1),
        ["Selections.ColumnOf"] = a => a[0].select(2, 0) * 2,
        ["Selections.Differences"] = a => a[0].diff(1, 0),
        ["Selections.Strided"] = a => a[0].slice(1, 0, a[0].shape[1], 2),
        ["Selections.StridedTail"] = a => a[0].slice(2, 1, a[0].shape[2], 3),
        ["Compositions.Below"] = a => cat([a[0], a[1]]),
        ["Compositions.Beside"] = a => cat([a[0], a[1] * 2, a[0]], 1),
        ["Compositions.StackedLast"] = a => stack([a[0], a[1].tanh(), a[0] + a[1]], -1),
        ["Compositions.StackedMiddle"] = a => stack([a[1], a[0]], 1),
        ["Compositions.ThenComputed"] = a => cat([a[0], a[1]], 1).exp() + 1,
        ["Compositions.ThenProduct"] = a => cat([a[0], a[1]]).t().matmul(cat([a[1], a[0]])),
        ["Compositions.Shifted"] = a => a[0].roll(-1, 1) * a[0],
        ["ComposedReductions.Factor"] = a => a[0].prod() + a[0].norm(),
        ["Equations.Diagonal"] = a => einsum("ii,i->i", a[0], a[1]) + einsum("ij->i", a[0]) + einsum("i,i", a[1], a[1]),
        ["Normalisations.OfInstances"] = a => nn.functional.instance_norm(a[0]),
        ["Normalisations.CausalAttention"] = a => nn.functional.scaled_dot_product_attention(a[0], a[0], a[0].matmul(a[0].transpose(-1, -2)), a[1] + full_like(a[1], double.NegativeInfinity).triu(1)),
        ["Positions.Embedded"] = a => a[1].index_select(0, a[0].flatten()).reshape([.. a[0].shape, a[1].shape[1]]),
        ["Positions.Messages"] = a => zeros_like(a[0]).index_add(0, a[3], (a[0].index_select(0, a[2]) - a[0].index_select(0, a[3])).tanh() * a[1].unsqueeze(1), 1),
        ["Positions.Biased"] = a => (a[0].matmul(a[1]) + a[2].index_select(0, a[3])).relu(),
        ["Segments.Weights"] = a => a[0].exp() / (a[1].unsqueeze(0) == a[1].unsqueeze(1)).to(float64).matmul(a[0].exp()),
        ["Segments.Products"] = a => 2 * a[0].unsqueeze(1).matmul(a[1].index_select(0, a[2])).squeeze(1),
        ["Scans.Largest"] = a => a[0].cummax(1).values,
        ["Scans.Sorted"] = a => a[0].sort(-1).Values,
        ["Scans.Turned"] = a => a[0].flip(0, 1) - a[0].roll(1, 1).roll(-1, 0),
        ["Matrices.Substituted"] = a => linalg.solve_triangular((a[0] + 5 * eye(4, dtype: float64)).triu(), a[1], upper: true) + linalg.solve_triangular(a[0], a[1], upper: false, unitriangular: true),
        ["Matrices.Volume"] = a => logdet(a[0].matmul(a[0].transpose(-1, -2)) + 2 * eye(4, dtype: float64)) + linalg.inv(a[0] + 5 * eye(4, dtype: float64)).diagonal(0, -2, -1).sum(-1),
        ["Matrices.Logarithm"] = a => linalg.eigh(a[0].matmul(a[0].transpose(-1, -2)) + 2 * eye(4, dtype: float64)) is var (values, vectors) ? (vectors * values.log().unsqueeze(-2)).matmul(vectors.transpose(-1, -2)) : a[0],
        ["Matrices.Flow"] = a => matrix_exp(0.5 * a[0]),
        ["Spectra.Transformed"] = a => view_as_real(fft.fft_(view_as_complex(a[0]), dim: 1) * fft.ifft(view_as_complex(a[0]), dim: -1, norm: FFTNormType.Ortho)),
        ["Spectra.Amplitudes"] = a => (view_as_real(fft.rfftn(a[0], dim: [0, 1], norm: FFTNormType.Forward)) + 1).square().sum(-1).sqrt(),
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void TheReferenceMeansWhatTorchMeans(string name)
    {
        CorpusMethod forward = CorpusMethod.Find(name), backward = CorpusMethod.Find(name + "Gradient");
        // The gradient of a sum weighted by a last argument; of other losses only the value is compared.
        var isWeighted = backward.Method.GetParameters().Length == forward.Method.GetParameters().Length + 1;
        foreach (var @case in forward.Cases([3, 5], [1, 7]))
        {
            using var scope = NewDisposeScope();
            if ((isWeighted ? backward : forward).Arguments(@case) is not { } drawn) continue;
            var arguments = CorpusMethod.InDouble(drawn);
            object[] of = isWeighted ? arguments[..^1] : arguments;
            var network = forward.Create(@case);
            Tensor value;
            try
            {
                value = (Tensor)forward.Call(network, of);
            }
            catch (ArgumentException)
            {
                continue;
            }
            torch.Tensor[] inputs = [.. of.Select(a => ((Tensor)a).Clone().ToTorch()).Select(t => t.is_floating_point() ? t.requires_grad_(true) : t)];
            var expected = s_torch[name](inputs);
            Same(expected.detach(), value, $"{name}, {@case}");
            if (!isWeighted) continue;
            (expected * ((Tensor)arguments[^1]).ToTorch()).sum().backward();
            var gradients = CorpusMethod.Flatten(backward.Call(network, arguments));
            torch.Tensor[] differentiated = [.. inputs.Where(t => t.requires_grad)];
            for (var i = 0; i < gradients.Count; i++) Same(differentiated[i].grad ?? zeros_like(differentiated[i]), gradients[i].Value, $"{name}, {@case}, gradient {i}");
        }
    }

    private static void Same(torch.Tensor expected, Tensor actual, string where)
    {
        Assert.Equal(expected.shape, actual.Shape.ToArray().Select(size => (long)size));
        double[] right = expected.contiguous().ToProxima().ToArray<double>(), own = actual.ToArray<double>();
        for (var i = 0; i < own.Length; i++)
            Assert.True(own[i].Equals(right[i]) || Math.Abs(own[i] - right[i]) <= 1e-10 * Math.Max(1, Math.Abs(right[i])), $"{where}: element {i} is {own[i]:R}, torch says {right[i]:R}");
    }
}
