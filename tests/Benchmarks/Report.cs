using System.Runtime.InteropServices;
using System.Text;

namespace Proxima.Benchmarks;

/// <summary>Prints as it goes, and keeps it as Markdown.</summary>
internal sealed class Report
{
    private const string Title = """
        # Benchmarks

        LISTA with 250 measurements, 500 atoms and 16 layers: the forward pass, and the loss with its derivatives by all parameters, at batches of 1 and 64.

        * **Proxima**: the generated class `Lista.Cpu`, into memory of the caller.
        * **TorchSharp**: eager operations as a user writes them, the forward pass under `no_grad`; libtorch's allocator tuned by the environment
          (`THP_MEM_ALLOC_ENABLE=1 MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=33554432`), without which page faults would dominate it.
        * **ONNX Runtime**: the same forward pass as a graph, all optimisations on; it does not differentiate.

        Each library has a process of its own with the same number of threads. In every round each measures once, one after another, while the others sleep;
        a ratio is the median of the rounds' ratios. The peak is measured in the same rounds by multiply-adds on registers.
        `dotnet run --project tests/Benchmarks -c Release -- --save` writes this page.
        """;

    private readonly StringBuilder _page = new();

    public Report()
    {
        _page.AppendLine(Title).AppendLine();
        Line($"{Processor()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
            + $"TorchSharp {VersionOf(typeof(TorchSharp.torch))}, ONNX Runtime {VersionOf(typeof(Microsoft.ML.OnnxRuntime.InferenceSession))}.");
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

    /// <summary>Writes the page among the documents of the repository.</summary>
    public void Save()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln")))
            folder = folder.Parent;
        if (folder is null)
            throw new DirectoryNotFoundException("The repository was not found above the program.");
        File.WriteAllText(Path.Combine(folder.FullName, "docs", "benchmarks.md"), _page.ToString().TrimEnd() + "\n");
    }

    private static string Processor()
    {
        var model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return $"{model?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} processors, {Runtime.Simd.FloatWidth} floats per vector";
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
