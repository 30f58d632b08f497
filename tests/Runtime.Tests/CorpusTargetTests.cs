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
    private const int MostKernels = 45;

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
    public void FewMethodsAreTooLarge() => Assert.InRange(CorpusMethod.All.Count(method => Kernels(method) > MostKernels), 1, CorpusMethod.All.Count() / 45);

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

/// <summary>The Torch target: its values by the law, its autograd against the gradient methods.</summary>
[Collection("Torch")]
public sealed class CorpusTorchTests
{
    public static TheoryData<string> Forwards => [.. CorpusMethod.All.Where(method => method.Of is null).Select(method => method.Name)];

    public static TheoryData<string> Gradients => CorpusTests.Gradients;

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
}
