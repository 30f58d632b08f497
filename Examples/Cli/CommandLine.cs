using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;

namespace Proxima.Examples;

/// <summary>The command line of the gallery.</summary>
public static class CommandLine
{
    /// <summary>The exit code of a run in which every claim holds.</summary>
    public const int Success = 0;

    /// <summary>The exit code of a run in which a claim does not hold.</summary>
    public const int ClaimFailed = 1;

    /// <summary>The exit code of a command line that makes no sense.</summary>
    public const int BadUsage = 2;

    /// <summary>Runs one command; the result is the exit code.</summary>
    public static int Run(string[] args, IAnsiConsole console)
    {
        var parsed = Root(console).Parse(Canonical(args));
        var output = new InvocationConfiguration { Output = console.Profile.Out.Writer, Error = console.Profile.Out.Writer, EnableDefaultExceptionHandler = false };
        try
        {
            var code = parsed.Invoke(output);
            return parsed.Errors.Count > 0 ? BadUsage : code;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            console.WriteLine(error.Message);
            return BadUsage;
        }
    }

    /// <summary>The arguments with the id of a system, in whatever form and case, replaced by the name of its command.</summary>
    private static string[] Canonical(string[] args) =>
        args is ["run", var id, .. var rest] && Catalogue.FindExample(id) is { } example ? ["run", Catalogue.NameOf(example), .. rest] : args;

    /// <summary>Gives a console that writes to a file or a pipe room for the longest rows, so that one row stays one line.</summary>
    public static IAnsiConsole Wide(IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = 220;
        return console;
    }

    private static RootCommand Root(IAnsiConsole console) =>
        new("The Proxima gallery: systems from the literature, declared in C# and compiled to fused kernels.")
        {
            ListCommand(console),
            RunCommand(console),
            ReportCommand(console),
            BenchCommand(console),
        };

    private static Command ListCommand(IAnsiConsole console)
    {
        var command = new Command("list", "Show every paper of the catalogue with its state, and the systems beyond it.");
        command.SetAction(_ =>
        {
            var systems = Grid("Systems", "name", "family", "what it is");
            foreach (var example in Catalogue.Examples.Where(example => Catalogue.FindPaper(example.Id) is null))
                systems.AddRow(Markup.Escape(example.Id), Markup.Escape(example.Family), Markup.Escape(example.Title));
            console.Write(systems);

            var papers = Grid("Papers", "id", "name", "state", "family", "title");
            foreach (var paper in Catalogue.Papers)
            {
                var state = Catalogue.FindExample(paper.Id) is null ? "[grey]planned[/]" : "[green]works[/]";
                papers.AddRow(paper.Id, Markup.Escape(paper.Name), state, Markup.Escape(paper.Family), Markup.Escape(paper.Title));
            }
            console.Write(papers);
            console.WriteLine($"{Catalogue.Papers.Count(paper => Catalogue.FindExample(paper.Id) is not null)} of {Catalogue.Papers.Count} papers work.");
        });
        return command;
    }

    private static Command RunCommand(IAnsiConsole console)
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "The folder for images and plots.", DefaultValueFactory = _ => new("out"), Recursive = true };
        var quick = new Option<bool>("--quick") { Description = "A smaller problem: seconds instead of a minute.", Recursive = true };
        var seed = new Option<ulong>("--seed") { Description = "The seed of everything random.", DefaultValueFactory = _ => 0, Recursive = true };
        var id = new Argument<string?>("id") { Description = "A number or a short name, as 'list' shows them, or 'all'.", Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        var command = new Command("run", "Run one system, or all of them: 0 if every claim holds, 1 if one does not, 2 on bad usage.") { output, quick, seed, id };

        // Every system is a command of its own, so that it has its own options and its own help.
        foreach (var example in Catalogue.Examples)
        {
            var run = new Command(Catalogue.NameOf(example), example.Title);
            foreach (var option in example.Options) run.Options.Add(option);
            run.SetAction(parsed => Run(example, parsed) ? Success : ClaimFailed);
            command.Subcommands.Add(run);
        }

        var all = new Command("all", "Run every system that works.");
        all.SetAction(parsed =>
        {
            var summary = Grid("Summary", "system", "holds");
            var success = true;
            foreach (var example in Catalogue.Examples)
            {
                var holds = Run(example, parsed);
                success &= holds;
                summary.AddRow(Markup.Escape(example.Id), holds ? "[green]yes[/]" : "[red]NO[/]");
            }
            console.Write(summary);
            return success ? Success : ClaimFailed;
        });
        command.Subcommands.Add(all);

        // What is left is an id that does not run, or not yet.
        command.SetAction(parsed => Unknown(console, "run", parsed.GetValue(id)));
        return command;

        bool Run(IExample example, ParseResult parsed)
        {
            console.Write(new Rule($"[bold]{Markup.Escape(example.Id)}[/] {Markup.Escape(example.Title)}").LeftJustified());
            console.WriteLine(example.Paper);
            var context = new Context(console, parsed, parsed.GetRequiredValue(output), parsed.GetValue(quick), parsed.GetValue(seed));
            example.Run(context);
            return context.Judge();
        }
    }

    private static Command ReportCommand(IAnsiConsole console)
    {
        var html = new Option<FileInfo?>("--html") { Description = "The page to write; out/NAME-report.html without it." };
        var id = new Argument<string?>("id") { Description = "A number or a short name, as 'list' shows them.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("report", "Show what the compiler made of a system: kernels, costs, memory, fusions, as text and as one HTML page.") { html, id };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(id);
            if (name is null || Catalogue.FindExample(name) is not { } example) return Unknown(console, "report", name);
            var networks = example.Networks.Select(subject => (CompileReport.Of(subject.Network), subject.Sizes)).ToArray();
            foreach (var (report, sizes) in networks) TextReport.Write(console, report, sizes);
            var file = parsed.GetValue(html) ?? new(Path.Combine("out", $"{Catalogue.NameOf(example)}-report.html"));
            file.Directory!.Create();
            File.WriteAllText(file.FullName, HtmlReport.Page(example.Title, networks));
            console.WriteLine($"wrote {file.FullName}");
            return Success;
        });
        return command;
    }

    /// <summary>Says that no system of a name runs.</summary>
    private static int Unknown(IAnsiConsole console, string command, string? name)
    {
        console.WriteLine(
            name is null ? $"{command}: which system? 'list' shows them."
            : Catalogue.FindPaper(name) is { } paper ? $"{command}: {paper.Id} ({paper.Name}) is planned and does not run yet."
            : $"{command}: there is no system '{name}'; 'list' shows them.");
        return BadUsage;
    }

    private static Command BenchCommand(IAnsiConsole console)
    {
        var command = new Command("bench", "Time the generated code of the sparse recovery network on this machine.");
        command.SetAction(_ =>
        {
            var table = Grid("16 layers, 250 measurements, 500 unknowns", "batch", "forward, us", "forward, GFLOP/s", "gradient, us");
            foreach (var row in Bench.Rows()) table.AddRow(row);
            console.Write(table);
            console.WriteLine("Ratios to TorchSharp and ONNX Runtime: dotnet run --project tests/Benchmarks -c Release -- suite");
        });
        return command;
    }

    private static Table Grid(string title, params string[] headers)
    {
        var table = new Table().Title(title).RoundedBorder().BorderColor(Color.Grey);
        foreach (var header in headers) table.AddColumn(new TableColumn(header));
        return table;
    }
}
