namespace Proxima.Benchmarks;

/// <summary>Compares the answers of the libraries, then their speed, case by case.</summary>
internal static class Suite
{
    public const string Heading = "Suite";

    public const string Introduction = """
        Networks declared in the language, each beside the same work in other libraries, from the same numbers.

        * **Proxima**: the generated class, into memory of the caller.
        * **TorchSharp**: eager operations as a user writes them, forward passes under `no_grad`; libtorch's allocator tuned by the environment
          (`THP_MEM_ALLOC_ENABLE=1 MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=33554432`), without which page faults would dominate it.
        * **ONNX Runtime**: the same forward pass as a graph, all optimisations on; its threads stop with a call (`session.force_spinning_stop`), or they would take a processor from whoever is measured next. It does not differentiate, and has no operators for graphs, spectra of chosen modes and searches that stop by themselves: those columns are empty.
        * **of the limit**: the longer of the flops of the products over the rate of multiply-adds on registers, and the bytes that must be read and written once over the bandwidth of `a = b + s c` in memory, relative to the time taken. Both rates are measured
          beside the cases. What fits into the caches can be faster than memory.

        Each library has a process of its own with the same number of threads; one thread is bound to one processor. In every round each measures once, one after another, while the others sleep;
        a ratio is the median of the rounds' ratios, above 1 where Proxima is faster. `dotnet run --project tests/Benchmarks -c Release -- suite --save` writes this section.
        """;

    private const int Milliseconds = 30;   // of a sample
    private const int Warmup = 800;        // of the first one of ours: by then the JIT has compiled what it calls at full strength
    private const int Start = 300;         // of the first one of the others
    private const int Pause = 20;          // between samples: by then the threads of the last process sleep

    /// <summary>Whether all libraries compute the same.</summary>
    public static bool Check(Report report, IReadOnlyList<Trial> trials)
    {
        var sound = true;
        var rows = new List<string[]> { (string[])["", "computes", "TorchSharp", "ONNX Runtime"] };
        foreach (var trial in trials)
        {
            var answers = Array.ConvertAll(Worker.Names, library =>
            {
                try
                {
                    if (trial.Of(library, threads: 1) is not { } side) return null;
                    side.Call();
                    return side.Answer();
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{library} fails in '{trial.Name}': {e.Message}", e);
                }
            });
            rows.Add([trial.Name, trial.Work, Text(answers[1]), Text(answers[2])]);

            string Text(float[]? expected)
            {
                if (expected is null) return "";
                var error = Error(answers[0]!, expected);
                var fits = error <= trial.Tolerance;
                sound &= fits;
                return error.ToString(fits ? "0.0e0" : "0.0e0 WRONG");
            }
        }
        report.Line("How far the answers are apart, |x - y| / |y|, in single precision:");
        report.Line();
        report.Table(rows);
        return sound;
    }

    /// <summary>Measures in rounds, each library once per round. Whether ours allocated nothing.</summary>
    public static bool Run(Report report, IReadOnlyList<Trial> trials, int threads, int rounds)
    {
        report.Line($"{threads} thread{(threads == 1 ? "" : "s")}, medians over {rounds} rounds:");
        report.Line();
        var workers = Array.ConvertAll(Worker.Names, name => new Worker(name, threads));
        try
        {
            var results = new List<(Trial Trial, double[][] Seconds, double Bytes)>();
            List<double> flops = [], bandwidth = [];
            foreach (var trial in trials)
            {
                flops.Add(Machine.Flops / Sample(workers[0], Worker.Flops).Seconds);
                bandwidth.Add(Machine.Bytes / Sample(workers[0], Worker.Bandwidth).Seconds);
                var libraries = trial.Onnx is null ? workers[..2] : workers;
                for (var library = 0; library < libraries.Length; library++) libraries[library].Measure(trial.Name, library == 0 ? Warmup : Start);
                var seconds = Array.ConvertAll(libraries, _ => new double[rounds]);
                double bytes = 0;
                for (var round = 0; round < rounds; round++)
                {
                    for (var library = 0; library < libraries.Length; library++)
                    {
                        var sample = Sample(libraries[library], trial.Name);
                        seconds[library][round] = sample.Seconds;
                        if (library == 0) bytes = Math.Max(bytes, sample.Bytes);
                    }
                }
                results.Add((trial, seconds, bytes));
            }

            var (peak, stream) = (Median([.. flops]), Median([.. bandwidth]));
            List<string[]> rows = [["", .. Worker.Names, "times TorchSharp", "times ONNX Runtime", "of the limit", "heap bytes per call"]];
            List<double?> torch = [], onnx = [];
            foreach (var (trial, seconds, bytes) in results)
            {
                torch.Add(Ratio(seconds[1], seconds[0]));
                onnx.Add(seconds.Length > 2 ? Ratio(seconds[2], seconds[0]) : null);
                var limit = Math.Max(trial.Flops / peak, trial.Bytes / stream);
                rows.Add([
                    trial.Name, .. seconds.Select(samples => Time(Median(samples))), .. seconds.Length > 2 ? (string[])[] : [""],
                    $"{torch[^1]:0.00}", $"{onnx[^1]:0.00}", (limit / Median(seconds[0])).ToString("0 %"), bytes.ToString("0.##")]);
            }
            torch.Add(Mean(torch));
            onnx.Add(Mean(onnx));
            rows.Add(["geometric mean", "", "", "", $"{torch[^1]:0.00}", $"{onnx[^1]:0.00}", "", ""]);
            report.Table(rows);
            report.Picture($"suite-{threads}", Chart.Draw(
                $"How many times as fast, {threads} thread{(threads == 1 ? "" : "s")}", [.. trials.Select(trial => trial.Name), "geometric mean"], [(Worker.Names[1], torch), (Worker.Names[2], onnx)]));
            report.Line($"Multiply-adds on registers: {peak / 1e9:0} GFLOP/s; memory: {stream / 1e9:0.0} GB/s.");
            report.Line();
            return results.All(result => result.Bytes == 0);
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
        return Math.Sqrt(difference / size); // NaN where nothing was computed: no agreement
    }

    private static string Time(double seconds) => seconds < 1e-3 ? $"{seconds * 1e6:0.0} us" : $"{seconds * 1e3:0.00} ms";

    private static double? Mean(IEnumerable<double?> ratios) => ratios.OfType<double>().ToList() is { Count: > 0 } known ? Math.Exp(known.Average(Math.Log)) : null;

    // The median of the rounds' ratios: what slows a whole round down cancels.
    private static double Ratio(double[] theirs, double[] ours) => Median([.. theirs.Zip(ours, (a, b) => a / b)]);

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
