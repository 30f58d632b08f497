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

    /// <summary>Its code is that of the Cpu target, and the backward pass of every method: small programs, whose gradients and products torch computes as well.</summary>
    [Fact]
    public void TorchAgreesWithTheReference() => Check(FuzzTarget.Torch, s_programs, chunk: 100, FuzzWriter.WriteSmall);

    internal static void CheckGpu() => Check(FuzzTarget.Gpu, Setting("PROXIMA_FUZZ_GPU", s_programs / 16), chunk: 25, FuzzWriter.WriteSmall);

    private static void Check(FuzzTarget target, int count, int chunk, Func<int, FuzzProgram> write)
    {
        var failures = new ConcurrentBag<(FuzzFailure Failure, bool IsPlain)>();
        var methods = 0;
        Parallel.ForEach(Enumerable.Range(s_seed, count).Select(write).Chunk(chunk).Index(), new ParallelOptions { MaxDegreeOfParallelism = target == FuzzTarget.Gpu ? 1 : Environment.ProcessorCount }, chunked =>
        {
            // What the GPU target prints is for another compiler.
            var isPlain = target != FuzzTarget.Gpu && chunked.Index % 10 != 0;
            var (found, compared) = FuzzRunner.Run(chunked.Item, target, isPlain);
            foreach (var failure in found) failures.Add((failure, isPlain));
            Interlocked.Add(ref methods, compared);
        });
        Assert.True(failures.IsEmpty, FuzzRunner.Report([.. failures.OrderBy(f => f.Failure.Program.Source.Length)], target));
        // Small programs have few methods.
        Assert.True(methods > (target == FuzzTarget.Cpu ? 2 * count : count), $"only {methods} methods were compared");
    }
}

/// <summary>Some of the small programs on the Gpu target: the driver compiles every kernel.</summary>
[Collection(OpenClDevice.Name)]
public class FuzzGpuTests
{
    [Fact]
    public void GpuAgreesWithTheReference() => FuzzTests.CheckGpu();
}
