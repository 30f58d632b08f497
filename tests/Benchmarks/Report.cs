using System.Runtime.InteropServices;
using System.Text;

namespace Proxima.Benchmarks;

/// <summary>Prints as it goes, and keeps it as a section of Markdown.</summary>
internal sealed class Report
{
    private readonly string _heading;
    private readonly StringBuilder _page = new();
    private readonly List<(string File, string Svg)> _pictures = [];

    public Report(string heading, string introduction, string versions)
    {
        _heading = heading;
        _page.AppendLine(introduction).AppendLine();
        Line($"{Processor()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {versions}.");
        Line();
    }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _page.AppendLine(text);
    }

    /// <summary>A table; the first row is the heading, the first column the names.</summary>
    public void Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => Math.Max(3, rows.Max(row => row[column].Length))).ToArray();
        var lines = rows.Select(row => "| " + string.Join(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |").ToList();
        lines.Insert(1, "|" + string.Join("|", widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")) + "|");
        foreach (var line in lines) Line(line);
        Line();
    }

    /// <summary>A drawing beside the page, shown in it.</summary>
    public void Picture(string name, string svg)
    {
        _pictures.Add(($"benchmarks-{name}.svg", svg));
        _page.AppendLine($"![{name}]({_pictures[^1].File})").AppendLine();
    }

    /// <summary>Writes the section into the page among the documents of the repository; the other sections stay.</summary>
    public void Save()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln")))
            folder = folder.Parent;
        if (folder is null)
            throw new DirectoryNotFoundException("The repository was not found above the program.");
        var docs = Path.Combine(folder.FullName, "docs");
        foreach (var (picture, svg) in _pictures) File.WriteAllText(Path.Combine(docs, picture), svg);
        var file = Path.Combine(docs, "benchmarks.md");
        var sections = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(file))
        {
            foreach (var section in File.ReadAllText(file).Split("\n## ")[1..])
                sections[section[..section.IndexOf('\n')]] = section[section.IndexOf('\n')..].Trim();
        }
        sections[_heading] = _page.ToString().Trim();
        File.WriteAllText(file, "# Benchmarks\n" + string.Concat(sections.Select(section => $"\n## {section.Key}\n\n{section.Value}\n")));
    }

    private static string Processor()
    {
        var model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return $"{model?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} processors, {Runtime.Simd.FloatWidth} floats per vector";
    }

    public static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
