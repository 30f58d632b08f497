using System.Diagnostics;
using System.Globalization;
using Proxima.Runtime;

namespace Proxima.Benchmarks;

/// <summary>
/// A process for one library at one number of threads, so that nobody's waiting threads disturb the others: OpenMP's spin for a
/// while after each parallel region. It measures only when told to.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>The cases in which <see cref="Names"/>[0] measures the machine instead.</summary>
    public const string Flops = "flops", Bandwidth = "bandwidth";

    public static readonly string[] Names = ["Proxima", "TorchSharp", "ONNX Runtime"];

    // glibc gives large blocks back to the system at once, and torch's eager operations then take a page fault per page and call.
    // A user who tunes torch sets these, so the comparison does too; they are read when a process starts.
    private static readonly (string Name, string Value)[] Environment =
        [("THP_MEM_ALLOC_ENABLE", "1"), ("MALLOC_TRIM_THRESHOLD_", "1000000000"), ("MALLOC_MMAP_THRESHOLD_", "33554432")];

    private readonly Process _process;

    public Worker(string library, int threads)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Worker).Assembly.Location, "--worker", library, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>A sample: calls for about some milliseconds.</summary>
    /// <returns>Seconds and managed bytes per call.</returns>
    public (double Seconds, double Bytes) Measure(string work, int milliseconds)
    {
        _process.StandardInput.WriteLine($"{work} {milliseconds}");
        var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A worker ended early; its error is above.");
        var words = answer.Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // the worker's loop ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What the process does: reads requests, answers each by a line.</summary>
    public static void Serve(string library, int threads)
    {
        // A thread that the system moves between processors, or runs where it also serves interrupts, is at times half as fast: whoever has one thread has one processor.
        if (threads == 1 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using var process = Process.GetCurrentProcess();
            process.ProcessorAffinity = 1 << (System.Environment.ProcessorCount - 1);
        }
        WorkerPool.Threads = threads;
        if (library == "TorchSharp") TorchSharp.torch.set_num_threads(threads); // loads libtorch, whose threads are nobody else's business
        var (name, call) = ("", (Action)Machine.MultiplyAdds); // the case at hand only: what the last one held is collected
        while (Console.ReadLine() is { } request)
        {
            var words = request.Split(' ');
            if (words[0] != name)
            {
                name = words[0];
                call = name switch
                {
                    Flops => Machine.MultiplyAdds,
                    Bandwidth => Machine.Stream,
                    _ => Trial.All.Single(trial => trial.Name == name).Of(library, threads)!.Call,
                };
            }
            var (seconds, bytes) = Sample(call, int.Parse(words[1], CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:R} {bytes:R}"));
        }
    }

    private static (double Seconds, double Bytes) Sample(Action call, int milliseconds)
    {
        call(); // wakes the threads and fills the caches
        var limit = TimeSpan.FromMilliseconds(milliseconds);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        do
        {
            call();
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < limit);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        return (elapsed.TotalSeconds / count, (double)bytes / count);
    }
}
