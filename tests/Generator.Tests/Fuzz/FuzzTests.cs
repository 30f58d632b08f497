using System.Collections.Concurrent;
using System.Globalization;

namespace Proxima.Tests.Fuzz;

/// <summary>
/// Random programs, of operations, loops, children, calls and transforms of transforms, on the references and on every target. More of them, and others:
/// <c>PROXIMA_FUZZ_PROGRAMS=5000 PROXIMA_FUZZ_SEED=7 dotnet test tests/Generator.Tests --filter FullyQualifiedName~FuzzTests</c>.
/// </summary>
public class FuzzTests
{
    private static readonly int s_programs = Setting("PROXIMA_FUZZ_PROGRAMS", 120);
    private static readonly int s_seed = Setting("PROXIMA_FUZZ_SEED", 0);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static IEnumerable<FuzzProgram> Programs(int count) => Enumerable.Range(s_seed, count).Select(FuzzWriter.Write);

    [Fact]
    public void CpuAgreesWithTheReference() => Check(FuzzTarget.Cpu, s_programs, chunk: 20);

    [Fact]
    public void TorchAgreesWithTheReference() => Check(FuzzTarget.Torch, Math.Max(4, s_programs / 20), chunk: 12);

    internal static void CheckGpu() => Check(FuzzTarget.Gpu, Math.Max(2, s_programs / 60), chunk: 4);

    private static void Check(FuzzTarget target, int count, int chunk)
    {
        var failures = new ConcurrentBag<FuzzFailure>();
        var methods = 0;
        Parallel.ForEach(Programs(count).Chunk(chunk), new ParallelOptions { MaxDegreeOfParallelism = target == FuzzTarget.Cpu ? Environment.ProcessorCount : 1 }, programs =>
        {
            var (found, compared) = FuzzRunner.Run(programs, target);
            foreach (var failure in found) failures.Add(failure);
            Interlocked.Add(ref methods, compared);
        });
        Assert.True(failures.IsEmpty, FuzzRunner.Report([.. failures.OrderBy(f => f.Program.Source.Length)], target));
        Assert.True(methods > 2 * count, $"only {methods} methods were compared");
    }
}

/// <summary>A few of the random programs on the Gpu target: the driver compiles every kernel.</summary>
[Collection(OpenClDevice.OtherName)]
public class FuzzGpuTests
{
    [Fact]
    public void GpuAgreesWithTheReference() => FuzzTests.CheckGpu();
}
