using Spectre.Console;

namespace Proxima.Examples;

/// <summary>A compile report for the terminal.</summary>
internal static class TextReport
{
    /// <summary>Prints the report of a network, with its formulas evaluated at the sizes of the example.</summary>
    public static void Write(IAnsiConsole console, CompileReport report, IReadOnlyDictionary<string, long> sizes)
    {
        console.Write(new Rule($"[bold]{Markup.Escape(report.Network)}[/] at {Markup.Escape(string.Join(", ", sizes.Select(size => $"{size.Key} = {size.Value}")))}").LeftJustified());
        foreach (var method in report.Methods)
        {
            console.Write(new Panel(new Text(method.Ir.TrimEnd())).Header($"[bold]{Markup.Escape(method.Name)}[/]: intermediate representation").RoundedBorder().BorderColor(Color.Grey));

            var tree = new Tree($"[bold]{Markup.Escape(method.Name)}[/] runs {Count(method.Kernels.Count(), "kernel")}");
            if (method.Assumes.Count > 0) tree.AddNode($"assumes {Markup.Escape(string.Join(", ", method.Assumes))}");
            AddSteps(tree, method.Steps, sizes);
            console.Write(tree);

            var costs = new Table().RoundedBorder().BorderColor(Color.Grey).AddColumn("cost").AddColumn("formula").AddColumn("here");
            costs.AddRow("operations", Formula(method.Flops), SizeFormula.Show(method.Flops, sizes, "FLOP"));
            costs.AddRow("memory traffic", Formula(method.Bytes), SizeFormula.Show(method.Bytes, sizes, "B"));
            costs.AddRow("working memory", Formula(method.ArenaBytes), SizeFormula.Show(method.ArenaBytes, sizes, "B"));
            console.Write(costs);

            var memory = new Table().RoundedBorder().BorderColor(Color.Grey).AddColumn("buffer").AddColumn("kind").AddColumn("type").AddColumn("elements").AddColumn("here").AddColumn("slot");
            foreach (var buffer in method.Buffers)
            {
                memory.AddRow(Markup.Escape(buffer.Name), Markup.Escape(buffer.Kind.ToLowerInvariant()), buffer.Type, Formula(buffer.Count),
                    SizeFormula.Show(buffer.Count, sizes, ""), buffer.Slot < 0 ? "" : $"{buffer.Slot}");
            }
            console.Write(memory);

            if (method.Refusals.Count > 0)
            {
                var refusals = new Table().RoundedBorder().BorderColor(Color.Grey).AddColumn("not fused").AddColumn("because");
                foreach (var refusal in method.Refusals) refusals.AddRow(Markup.Escape(refusal.What), Markup.Escape(refusal.Why));
                console.Write(refusals);
            }
            foreach (var check in method.Checks) console.WriteLine($"checked at entry: {check}");
        }
    }

    private static void AddSteps(IHasTreeNodes parent, IReadOnlyList<CompiledStep> steps, IReadOnlyDictionary<string, long> sizes)
    {
        foreach (var step in steps)
        {
            var node = parent.AddNode($"{(step.IsLoop ? "[yellow]" : "[blue]")}{Markup.Escape(step.Name)}[/] [grey]{Markup.Escape(Costs(step, sizes))}[/]");
            if (!step.IsLoop)
            {
                foreach (var source in step.Sources) node.AddNode(Markup.Escape(source));
            }
            AddSteps(node, step.Steps, sizes);
        }
    }

    /// <summary>What a step costs, in one line: <c>gemm, 2·b·m·n + b·m = 16.0 MFLOP, 629.0 KiB, line 62</c>.</summary>
    public static string Costs(CompiledStep step, IReadOnlyDictionary<string, long> sizes)
    {
        var (flops, bytes) = (SizeFormula.Show(step.Flops, sizes, "FLOP"), SizeFormula.Show(step.Bytes, sizes, "B"));
        string[] parts = [step.Kind, SizeFormula.Brief(step.Flops) + (flops == "" ? " FLOP" : $" = {flops}"), bytes, step.Place];
        return string.Join(", ", parts.Where(part => part != ""));
    }

    /// <summary>A number and what it counts.</summary>
    public static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Formula(string text) => Markup.Escape(SizeFormula.Brief(text));
}
