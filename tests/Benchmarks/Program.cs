using System.Globalization;
using Proxima.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--worker", var library, var threads])
{
    Worker.Serve(library, int.Parse(threads));
    return 0;
}

if (args is ["editor", .. var options])
{
    if (options is not ([] or ["--save"]))
    {
        Console.Error.WriteLine("usage: Benchmarks editor [--save]");
        return 2;
    }
    var page = new Report(Editor.Heading, Editor.Introduction, $"Roslyn {Report.VersionOf(typeof(Microsoft.CodeAnalysis.Compilation))}");
    var isFast = Editor.Run(page);
    if (options is ["--save"]) page.Save();
    return isFast ? 0 : 1;
}

var cases = new List<Case>();
var (rounds, save) = (21, false);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--save") save = true;
    else if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0) i++;
    else if (Case.All.SingleOrDefault(item => item.Name == args[i]) is { } chosen) cases.Add(chosen);
    else
    {
        Console.Error.WriteLine($"usage: Benchmarks [case ...] [--rounds N] [--save]\n       Benchmarks editor [--save]\ncases: {string.Join(", ", Case.All.Select(item => item.Name))}");
        return 2;
    }
}

var report = new Report(Comparison.Heading, Comparison.Introduction,
    $"TorchSharp {Report.VersionOf(typeof(TorchSharp.torch))}, ONNX Runtime {Report.VersionOf(typeof(Microsoft.ML.OnnxRuntime.InferenceSession))}");
var sound = Comparison.Check(report);
if (sound)
    foreach (var count in new[] { 1, 2 }.Where(count => count <= Environment.ProcessorCount))
        sound &= Comparison.Run(report, cases.Count > 0 ? [.. cases] : Case.All, count, rounds);
if (save) report.Save();
return sound ? 0 : 1;
