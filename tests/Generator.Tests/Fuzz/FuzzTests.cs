using System.Collections.Concurrent;
using System.Globalization;

namespace Proxima.Tests.Fuzz;

/// <summary>
/// Random programs, of operations, loops, children, calls and transforms of transforms, on the references and on every target. More of them, and others:
/// <c>PROXIMA_FUZZ_PROGRAMS=5000 PROXIMA_FUZZ_SEED=7 dotnet test tests/Generator.Tests --filter FullyQualifiedName~FuzzTests</c>.
/// </summary>
public class FuzzTests
{
    private static readonly int s_programs = Setting("PROXIMA_FUZZ_PROGRAMS", 2000);
    private static readonly int s_seed = Setting("PROXIMA_FUZZ_SEED", 0);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    [Fact]
    public void CpuAgreesWithTheReference() => Check(FuzzTargets.Cpu, s_programs, FuzzWriter.Write);

    /// <summary>
    /// Small programs. The code of Torch is that of the Cpu target, and the backward pass of every method, whose gradients and products torch computes as well. The kernels of Gpu run on the host:
    /// a driver would take an hour to compile them.
    /// </summary>
    [Fact]
    public void TorchAndGpuAgreeWithTheReference() => Check(FuzzTargets.Torch | FuzzTargets.Gpu, s_programs, FuzzWriter.WriteSmall);

    internal static void CheckOpenCl() => Check(FuzzTargets.OpenCl, Setting("PROXIMA_FUZZ_OPENCL", s_programs / 20), FuzzWriter.WriteSmall);

    private static void Check(FuzzTargets targets, int count, Func<int, FuzzProgram> write)
    {
        const int Chunk = 50;
        var isOnDevice = targets == FuzzTargets.OpenCl;
        var failures = new ConcurrentBag<(FuzzFailure Failure, bool IsPlain)>();
        var methods = 0;
        Parallel.ForEach(Enumerable.Range(s_seed, count).Select(write).Chunk(Chunk).Index(), new ParallelOptions { MaxDegreeOfParallelism = isOnDevice ? 1 : Environment.ProcessorCount }, chunked =>
        {
            // What a device gets is from another compiler.
            var isPlain = !isOnDevice && chunked.Index % 10 != 0;
            var (found, compared) = FuzzRunner.Run(chunked.Item, targets, isPlain);
            foreach (var failure in found) failures.Add((failure, isPlain));
            Interlocked.Add(ref methods, compared);
        });
        Assert.True(failures.IsEmpty, FuzzRunner.Report([.. failures.OrderBy(f => f.Failure.Program.Source.Length)]));
        // Small programs have few methods.
        Assert.True(methods > (targets == FuzzTargets.Cpu ? 2 * count : count), $"only {methods} methods were compared");
    }
}

/// <summary>Some of the small programs on a device, whose driver takes its time for every kernel.</summary>
[Collection(OpenClDevice.Name)]
public class FuzzOpenClTests
{
    [Fact]
    public void OpenClAgreesWithTheReference() => FuzzTests.CheckOpenCl();
}
