using System.Globalization;
using Proxima.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--worker", var library, var threads])
{
    Worker.Serve(library, int.Parse(threads));
    return 0;
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
        Console.Error.WriteLine($"usage: Benchmarks [case ...] [--rounds N] [--save]\ncases: {string.Join(", ", Case.All.Select(item => item.Name))}");
        return 2;
    }
}

var report = new Report();
var sound = Comparison.Check(report);
if (sound)
    foreach (var count in new[] { 1, 2 }.Where(count => count <= Environment.ProcessorCount))
        sound &= Comparison.Run(report, cases.Count > 0 ? [.. cases] : Case.All, count, rounds);
if (save) report.Save();
return sound ? 0 : 1;
