namespace Proxima.Benchmarks;

/// <summary>Compares the answers of the libraries, then their speed.</summary>
internal static class Comparison
{
    public const string Heading = "LISTA";

    public const string Introduction = """
        LISTA with 250 measurements, 500 atoms and 16 layers: the forward pass, and the loss with its derivatives by all parameters, at batches of 1 and 64.

        * **Proxima**: the generated class `Lista.Cpu`, into memory of the caller.
        * **TorchSharp**: eager operations as a user writes them, the forward pass under `no_grad`; libtorch's allocator tuned by the environment
          (`THP_MEM_ALLOC_ENABLE=1 MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=33554432`), without which page faults would dominate it.
        * **ONNX Runtime**: the same forward pass as a graph, all optimisations on; it does not differentiate.

        Each library has a process of its own with the same number of threads; one thread is bound to one processor. In every round each measures once, one after another, while the others sleep;
        a ratio is the median of the rounds' ratios. The peak is measured in the same rounds by multiply-adds on registers.
        `dotnet run --project tests/Benchmarks -c Release -- --save` writes this page.
        """;

    private const int Milliseconds = 60;   // of a sample
    private const int Warmup = 1500;       // of the first one: by then the JIT has compiled what it calls at full strength
    private const int Pause = 15;          // between samples: by then the threads of the last process sleep

    // Single precision through 16 layers. Among the half million sums that are shrunk one may lie within rounding of the kink and take the
    // other side's derivative, which for most seeds moves no gradient by more than 1e-6 and for some by 1e-4 to 1e-3.
    private static double Tolerance(Case work) => work.Gradient ? 1e-2 : 1e-5;

    /// <summary>Whether all libraries compute the same, to single precision, as the reference does in double precision.</summary>
    public static bool Check(Report report)
    {
        report.Line("Errors relative to the reference in double precision, |x - r| / |r|:");
        report.Line();
        var problem = new Problem();
        using var exact = ProximaContender.Exact(problem);
        var contenders = Worker.Names.Select(name => Worker.Contender(name, problem, threads: 1)).ToArray();
        var sound = true;
        var rows = new List<string[]> { (string[])["", .. Worker.Names] };
        foreach (var work in Case.All)
        {
            exact.Prepare(work)();
            var expected = exact.Answer(work);
            var row = new List<string> { work.Name };
            foreach (var contender in contenders)
            {
                var call = contender.Prepare(work);
                if (call is null)
                {
                    row.Add("-");
                    continue;
                }
                call();
                var error = Error(contender.Answer(work), expected);
                sound &= error <= Tolerance(work);
                row.Add(error.ToString(error <= Tolerance(work) ? "0.0e0" : "0.0e0 WRONG"));
            }
            rows.Add([.. row]);
        }
        foreach (var contender in contenders) contender.Dispose();
        report.Table(rows);
        return sound;
    }

    /// <summary>Measures in rounds, each library once per round. Whether ours allocated nothing.</summary>
    public static bool Run(Report report, Case[] cases, int threads, int rounds)
    {
        report.Line($"{threads} thread{(threads == 1 ? "" : "s")}, medians over {rounds} rounds:");
        report.Line();
        var workers = Worker.Names.Select(name => new Worker(name, threads)).ToArray();
        try
        {
            List<string[]> rows = [["", .. Worker.Names, "times TorchSharp", "goal", "times ONNX Runtime", "GFLOP/s", "of peak", "heap bytes per call"]];
            var allocated = false;
            foreach (var work in cases)
            {
                var libraries = work.Gradient ? workers[..2] : workers;
                workers[0].Measure(Worker.PeakCase, Warmup);
                foreach (var worker in libraries) worker.Measure(work.Name, Warmup);

                var peaks = new double[rounds];
                var bytes = new double[rounds];
                var seconds = Array.ConvertAll(libraries, _ => new double[rounds]);
                for (var round = 0; round < rounds; round++)
                {
                    peaks[round] = Peak.Flops / Sample(workers[0], Worker.PeakCase).Seconds;
                    for (var library = 0; library < libraries.Length; library++)
                    {
                        var sample = Sample(libraries[library], work.Name);
                        seconds[library][round] = sample.Seconds;
                        if (library == 0) bytes[round] = sample.Bytes;
                    }
                }

                var speed = work.Flops / Median(seconds[0]);
                allocated |= bytes.Max() > 0;
                rows.Add([
                    work.Name, .. seconds.Select(samples => Time(Median(samples))), .. work.Gradient ? (string[])["-"] : [],
                    Ratio(seconds[1], seconds[0]), work.Goal.ToString("0.0"), work.Gradient ? "-" : Ratio(seconds[2], seconds[0]),
                    (speed / 1e9).ToString("0"), (speed / Median(peaks)).ToString("0 %"), bytes.Max().ToString("0.##")]);
            }
            report.Table(rows);
            return !allocated;
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }
    }

    private static (double Seconds, double Bytes) Sample(Worker worker, string work)
    {
        Thread.Sleep(Pause);
        return worker.Measure(work, Milliseconds);
    }

    private static double Error(float[] actual, float[] expected)
    {
        if (actual.Length != expected.Length) return double.PositiveInfinity;
        double difference = 0, size = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        return Math.Sqrt(difference / size);
    }

    private static string Time(double seconds) => seconds < 1e-3 ? $"{seconds * 1e6:0.0} us" : $"{seconds * 1e3:0.00} ms";

    // The median of the rounds' ratios: what slows a whole round down cancels.
    private static string Ratio(double[] theirs, double[] ours) => Median([.. theirs.Zip(ours, (a, b) => a / b)]).ToString("0.00");

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
