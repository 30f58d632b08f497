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
    public void CpuAgreesWithTheReference() => Check(FuzzTarget.Cpu, s_programs, chunk: 50, FuzzWriter.Write);

    [Fact]
    public void TorchAgreesWithTheReference() => Check(FuzzTarget.Torch, Math.Max(4, s_programs / 50), chunk: 20, FuzzWriter.Write);

    internal static void CheckGpu() => Check(FuzzTarget.Gpu, Math.Max(2, s_programs / 80), chunk: 13, FuzzWriter.WriteSmall);

    private static void Check(FuzzTarget target, int count, int chunk, Func<int, FuzzProgram> write)
    {
        var failures = new ConcurrentBag<(FuzzFailure Failure, bool IsPlain)>();
        var methods = 0;
        Parallel.ForEach(Enumerable.Range(s_seed, count).Select(write).Chunk(chunk).Index(), new ParallelOptions { MaxDegreeOfParallelism = target == FuzzTarget.Cpu ? Environment.ProcessorCount : 1 }, chunked =>
        {
            // On the other targets the compiled class does next to nothing itself, or is as users have it.
            var isPlain = target == FuzzTarget.Cpu && chunked.Index % 10 != 0;
            var (found, compared) = FuzzRunner.Run(chunked.Item, target, isPlain);
            foreach (var failure in found) failures.Add((failure, isPlain));
            Interlocked.Add(ref methods, compared);
        });
        Assert.True(failures.IsEmpty, FuzzRunner.Report([.. failures.OrderBy(f => f.Failure.Program.Source.Length)], target));
        // Those for the GPU are small, with few methods.
        Assert.True(methods > (target == FuzzTarget.Gpu ? count : 2 * count), $"only {methods} methods were compared");
    }
}

/// <summary>A few of the random programs on the Gpu target: the driver compiles every kernel.</summary>
[Collection(OpenClDevice.Name)]
public class FuzzGpuTests
{
    [Fact]
    public void GpuAgreesWithTheReference() => FuzzTests.CheckGpu();
}
