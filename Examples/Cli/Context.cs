using System.CommandLine;
using System.Diagnostics;
using ScottPlot;
using Spectre.Console;
using Color = Spectre.Console.Color;

namespace Proxima.Examples;

/// <summary>What a running example talks to: the options of the run, the terminal, the output folder and the list of claims.</summary>
/// <param name="console">Where text goes.</param>
/// <param name="options">The parsed command line.</param>
/// <param name="output">The folder for files; it is created when the first file is written.</param>
/// <param name="quick">Whether the run is to be small: seconds instead of a minute, same claims.</param>
/// <param name="seed">The seed of everything random in the run.</param>
public sealed class Context(IAnsiConsole console, ParseResult options, DirectoryInfo output, bool quick, ulong seed)
{
    private readonly List<Claim> _claims = [];

    /// <summary>Whether the run is to be small: seconds instead of a minute, same claims.</summary>
    public bool Quick => quick;

    /// <summary>The seed of everything random in the run.</summary>
    public ulong Seed => seed;

    /// <summary>The claims made so far.</summary>
    public IReadOnlyList<Claim> Claims => _claims;

    /// <summary>The value of an option of the example.</summary>
    public T? Value<T>(Option<T> option) => options.GetValue(option);

    /// <summary>Adds a claim to the list that decides how the run ends.</summary>
    public void Claim(Claim claim) => _claims.Add(claim);

    /// <summary>Prints a line.</summary>
    public void Say(string text) => console.WriteLine(text);

    /// <summary>Prints a table.</summary>
    public void Table(string title, string[] headers, IEnumerable<string[]> rows)
    {
        var table = new Table().Title(Markup.Escape(title)).RoundedBorder().BorderColor(Color.Grey);
        foreach (var header in headers) table.AddColumn(new TableColumn(Markup.Escape(header)).NoWrap());
        foreach (var row in rows) table.AddRow(row.Select(cell => Markup.Escape(cell)).ToArray());
        console.Write(table);
    }

    /// <summary>Runs a loop under a progress bar; without a terminal, one line at its end.</summary>
    /// <param name="title">What the loop does.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="step">One step; its result, if any, shows beside the bar.</param>
    /// <returns>The time the loop took.</returns>
    public TimeSpan Steps(string title, int count, Func<int, string?> step)
    {
        var clock = Stopwatch.StartNew();
        string? status = null;
        if (console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi)
        {
            console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
            {
                var task = progress.AddTask(Markup.Escape(title), maxValue: count);
                for (var i = 0; i < count; i++)
                {
                    status = step(i) ?? status;
                    task.Description = Markup.Escape(status is null ? title : $"{title}  {status}");
                    task.Increment(1);
                }
            });
        }
        else
        {
            for (var i = 0; i < count; i++) status = step(i) ?? status;
        }
        Say($"{title}: {count} steps in {Examples.Claim.Text(clock.Elapsed.TotalSeconds)} s{(status is null ? "" : $", {status}")}");
        return clock.Elapsed;
    }

    /// <summary>The path of a file in the output folder.</summary>
    public string OutputPath(string name)
    {
        output.Create();
        return Path.Combine(output.FullName, name);
    }

    /// <summary>Draws a plot into the output folder.</summary>
    public void Plot(string name, Action<Plot> draw, int width = 800, int height = 500)
    {
        using var plot = new Plot();
        draw(plot);
        var path = OutputPath(name);
        plot.SavePng(path, width, height);
        Say($"wrote {path}");
    }

    /// <summary>Prints the claims; whether all of them hold.</summary>
    internal bool Judge()
    {
        var table = new Table().Title("Claims").RoundedBorder().BorderColor(Color.Grey);
        foreach (var header in new[] { "claim", "measured", "baseline", "threshold", "unit", "holds" }) table.AddColumn(new TableColumn(header).NoWrap());
        foreach (var claim in _claims)
        {
            table.AddRow(Markup.Escape(claim.Name), Examples.Claim.Text(claim.Measured), claim.Baseline is { } baseline ? Examples.Claim.Text(baseline) : "",
                Markup.Escape(claim.Threshold), Markup.Escape(claim.Unit), claim.Holds ? "[green]yes[/]" : "[red]NO[/]");
        }
        console.Write(table);
        var failed = _claims.Count(claim => !claim.Holds);
        console.WriteLine(failed == 0 ? $"All {_claims.Count} claims hold." : $"{failed} of {_claims.Count} claims do not hold.");
        return failed == 0;
    }
}
