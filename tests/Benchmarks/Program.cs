using System.Globalization;
using Proxima.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--worker", var library, var threads])
{
    Worker.Serve(library, int.Parse(threads));
    return 0;
}

if (args is [StartUp.TorchArgument])
{
    StartUp.RunTorch();
    return 0;
}

if (args is ["editor" or "startup"] or ["editor" or "startup", "--save"])
{
    var (page, run) = args[0] == "editor"
        ? (new Report(Editor.Heading, Editor.Introduction, $"Roslyn {Report.VersionOf(typeof(Microsoft.CodeAnalysis.Compilation))}"), (Func<Report, bool>)Editor.Run)
        : (new Report(StartUp.Heading, StartUp.Introduction, $"TorchSharp {Report.VersionOf(typeof(TorchSharp.torch))}"), StartUp.Run);
    var isFast = run(page);
    if (args.Length == 2) page.Save();
    return isFast ? 0 : 1;
}

var (trials, counts, rounds, save, known) = (Trial.All, new[] { 1, 2 }, 15, false, args is ["suite", ..]);
for (var i = 1; i < args.Length && known; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--save":
            save = true;
            continue;
        case "--rounds" when int.TryParse(value, out rounds) && rounds > 0: break;
        case "--threads" when int.TryParse(value, out var count) && count > 0: counts = [count]; break;
        case "--only":
            var names = value.Split(',');
            trials = [.. Trial.All.Where(trial => names.Contains(trial.Name))];
            known = trials.Count == names.Length;
            break;
        default:
            known = false;
            break;
    }
    i++;
}
if (!known || save && (trials.Count < Trial.All.Count || counts.Length == 1))
{
    Console.Error.WriteLine($"""
        usage: Benchmarks suite [--rounds N] [--threads N] [--only name,..] [--save]
               Benchmarks editor [--save]
               Benchmarks startup [--save]
        A page is saved of all cases and numbers of threads only. Cases: {string.Join(", ", Trial.All.Select(trial => trial.Name))}
        """);
    return 2;
}

var report = new Report(Suite.Heading, Suite.Introduction,
    $"TorchSharp {Report.VersionOf(typeof(TorchSharp.torch))}, ONNX Runtime {Report.VersionOf(typeof(Microsoft.ML.OnnxRuntime.InferenceSession))}");
var sound = Suite.Check(report, trials);
if (sound)
    foreach (var count in counts.Where(count => count <= Environment.ProcessorCount))
        sound &= Suite.Run(report, trials, count, rounds);
if (save) report.Save();
return sound ? 0 : 1;
