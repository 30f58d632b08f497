using System.Reflection;
using System.Text;
using Proxima.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Tensor = Proxima.Tensor;

namespace Proxima.Tests;

/// <summary>
/// The law of <see cref="CorpusTests"/> on the Gpu target. The driver compiles every kernel, so what other methods are derived from is left out: their kernels hold the same
/// operations.
/// </summary>
[Collection(OpenClDevice.Name)]
public sealed class CorpusGpuTests
{
    // A known defect: ILGPU 1.5.3 turns the negation of a comparison into the opposite comparison, which a NaN fails as well.
    private const string NegatedComparison = "Comparisons.Mask";

    // The driver takes a third of a second for a kernel: transforms of transforms that have more than this many, of kinds which other methods have as well, are left out.
    private const int MostKernels = 30;

    /// <summary>Every second pair of methods (an operation and its derivative, mostly): test.sh runs the halves in two processes, in each of which the driver compiles one kernel at a time.</summary>
    internal static IEnumerable<CorpusMethod> Half(int half) => CorpusMethod.All
        .Where(method => Kernels(method) <= MostKernels && CorpusMethod.All.All(other => other.Of != method.Method)).Where((_, i) => i / 2 % 2 == half);

    private static int Kernels(CorpusMethod method)
    {
        var gpu = method.Method.DeclaringType!.GetNestedType("Gpu")!;
        var longer = gpu.GetMethods().Select(other => other.Name).Where(name => name.Length > method.Method.Name.Length && name.StartsWith(method.Method.Name, StringComparison.Ordinal)).ToArray();
        return gpu.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Count(kernel => kernel.Name.StartsWith(method.Method.Name, StringComparison.Ordinal)
            && !longer.Any(name => kernel.Name.StartsWith(name, StringComparison.Ordinal)));
    }

    internal static TheoryData<string> Functions(int half) =>
        [.. Half(half).Where(method => method.Of is null && method.Method.GetParameters().Length > 0 && method.Name != NegatedComparison).Select(method => method.Name)];

    public static TheoryData<string> Methods => [.. Half(0).Select(method => method.Name)];

    public static TheoryData<string> Forwards => Functions(0);

    [Fact]
    public void EveryMethodIsCompiledForTheGpu() => Assert.Empty(CorpusMethod.All.Where(method => !CorpusTests.Compiled(method, "Gpu")).Select(method => method.Name));

    [Fact]
    public void FewMethodsAreTooLarge() => Assert.InRange(CorpusMethod.All.Count(method => Kernels(method) > MostKernels), 1, CorpusMethod.All.Count() / 50);

    [Theory]
    [MemberData(nameof(Methods))]
    public void GpuAgreesWithTheReference(string name) => Agrees(name);

    [Theory]
    [MemberData(nameof(Forwards))]
    public void GpuPassesNaNAndInfinityAsTheReferenceDoes(string name) => PassesSpecialValues(name);

    internal static void Agrees(string name)
    {
        var method = CorpusMethod.Find(name);
        CorpusTests.Agrees(method, method.Cases([0, 1, 3, 16, 17], [257]), @case => (Network)method.Create(@case, "Gpu", OpenClDevice.Accelerator));
    }

    internal static void PassesSpecialValues(string name)
    {
        var method = CorpusMethod.Find(name);
        CorpusTests.PassesSpecialValues(method, method.Cases([3], []), @case => (Network)method.Create(@case, "Gpu", OpenClDevice.Accelerator));
    }
}

/// <summary>The same for the other half of the methods.</summary>
[Collection(OpenClDevice.Name)]
public sealed class CorpusGpuOtherTests
{
    public static TheoryData<string> Methods => [.. CorpusGpuTests.Half(1).Select(method => method.Name)];

    public static TheoryData<string> Forwards => CorpusGpuTests.Functions(1);

    [Theory]
    [MemberData(nameof(Methods))]
    public void GpuAgreesWithTheReference(string name) => CorpusGpuTests.Agrees(name);

    [Theory]
    [MemberData(nameof(Forwards))]
    public void GpuPassesNaNAndInfinityAsTheReferenceDoes(string name) => CorpusGpuTests.PassesSpecialValues(name);
}

/// <summary>The Torch target: its values by the law, its autograd against the gradient methods; and torch's own operations as the oracle of the reference.</summary>
[Collection("Torch")]
public sealed class CorpusTorchTests
{
    public static TheoryData<string> Forwards => [.. CorpusMethod.All.Where(method => method.Of is null).Select(method => method.Name)];

    public static TheoryData<string> Gradients => CorpusTests.Gradients;

    public static TheoryData<string> Known => [.. s_torch.Keys];

    [Theory]
    [MemberData(nameof(Forwards))]
    public void TorchAgreesWithTheReference(string name)
    {
        var method = CorpusMethod.Find(name);
        var (report, compared) = (new StringBuilder(), 0);
        foreach (var @case in method.Cases([1, 3, 16, 17], [0, 257]))
        {
            if (method.Arguments(@case) is not { } arguments) continue;
            using var scope = NewDisposeScope();
            Network reference = (Network)method.Create(@case), exact = (Network)method.Create(@case);
            exact.To(DType.Float64);
            IReadOnlyList<(string, Tensor)> expected;
            try
            {
                expected = CorpusMethod.Flatten(method.Call(reference, arguments));
            }
            catch (ArgumentException)
            {
                continue;
            }
            var truth = CorpusMethod.Flatten(method.Call(exact, CorpusMethod.InDouble(arguments)));
            var actual = Outputs(Call((nn.Module)method.Create(@case, "Torch"), method.Method.Name, [.. arguments.Select(a => a is Tensor t ? t.ToTorch() : a)]));
            compared++;
            CorpusTests.Compare(report, $"{@case}", expected, truth, [.. actual.Select((t, i) => (expected[i].Item1, t.ToProxima()))], CorpusTests.Errors(method, @case, reference, exact));
        }
        Assert.True(report.Length == 0, $"{name}\n{report}");
        Assert.True(compared > 0, $"{name}: the reference refuses every case");
    }

    [Theory]
    [MemberData(nameof(Gradients))]
    public void TorchDifferentiatesThroughTheModule(string name)
    {
        var method = CorpusMethod.Find(name);
        var (report, compared) = (new StringBuilder(), 0);
        foreach (var @case in method.Cases([3, 17], []))
        {
            if (method.Arguments(@case) is not { } arguments) continue;
            using var scope = NewDisposeScope();
            Network reference = (Network)method.Create(@case), exact = (Network)method.Create(@case);
            exact.To(DType.Float64);
            object expected;
            try
            {
                expected = method.Call(reference, arguments);
            }
            catch (ArgumentException)
            {
                continue;
            }
            var truth = CorpusMethod.Flatten(method.Call(exact, CorpusMethod.InDouble(arguments)));
            var module = (nn.Module)method.Create(@case, "Torch");
            object[] inputs = [.. arguments.Select(a => a is Tensor t ? t.DType is DType.Float32 or DType.Float64 ? t.Clone().ToTorch().requires_grad_(true) : t.ToTorch() : a)];
            var loss = Outputs(Call(module, method.Of!.Name, inputs)).Single();
            loss.backward();
            IEnumerable<(string, Tensor)> actual;
            if (expected is Proxima.Gradients gradients)
            {
                var parameters = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
                actual = gradients.Network.Parameters.Where(p => !p.IsBuffer).Select(p => (p.Name, GradientOf(parameters[p.Name]))).Prepend(("value", loss.detach().ToProxima()));
            }
            else actual = CorpusTests.Wrt(method).Select(argument => (argument, GradientOf(CorpusTests.IndexOf(method, argument) is >= 0 and var i ? (torch.Tensor)inputs[i] : module.named_parameters().Single(p => p.name == argument).parameter)));
            compared++;
            CorpusTests.Compare(report, $"{@case}", CorpusMethod.Flatten(expected), truth, [.. actual], CorpusTests.Errors(method, @case, reference, exact));
        }
        Assert.True(report.Length == 0, $"{name}\n{report}");
        Assert.True(compared > 0, $"{name}: the reference refuses every case");
    }

    private static Tensor GradientOf(torch.Tensor tensor) => (tensor.grad is { } gradient ? gradient : zeros_like(tensor)).ToProxima();

    private static object Call(nn.Module module, string method, object[] arguments) =>
        module.GetType().GetMethod(method, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)!.Invoke(module, arguments)!;

    private static torch.Tensor[] Outputs(object result) => result is torch.Tensor tensor ? [tensor]
        : [.. Enumerable.Range(0, ((System.Runtime.CompilerServices.ITuple)result).Length).Select(i => (torch.Tensor)((System.Runtime.CompilerServices.ITuple)result)[i]!)];

    // ---- The oracle: what the reference must mean ---------------------------------------------------------------------------

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
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void TheReferenceMeansWhatTorchMeans(string name)
    {
        CorpusMethod forward = CorpusMethod.Find(name), backward = CorpusMethod.Find(name + "Gradient");
        foreach (var @case in forward.Cases([3, 5], [1, 7]))
        {
            using var scope = NewDisposeScope();
            if (backward.Arguments(@case) is not { } drawn) continue;
            var arguments = CorpusMethod.InDouble(drawn);
            var network = forward.Create(@case);
            Tensor value;
            try
            {
                value = (Tensor)forward.Call(network, arguments[..^1]);
            }
            catch (ArgumentException)
            {
                continue;
            }
            torch.Tensor[] inputs = [.. arguments.Select(a => ((Tensor)a).Clone().ToTorch()).Select(t => t.is_floating_point() ? t.requires_grad_(true) : t)];
            var expected = s_torch[name](inputs[..^1]);
            Same(expected.detach(), value, $"{name}, {@case}");
            (expected * inputs[^1].detach()).sum().backward();
            var gradients = CorpusMethod.Flatten(backward.Call(network, arguments));
            for (var i = 0; i < gradients.Count; i++) Same(inputs[i].grad!, gradients[i].Value, $"{name}, {@case}, gradient {i}");
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
