using System.Globalization;
using System.Xml.Linq;

namespace Proxima.Examples;

/// <summary>A compile report as one HTML page that needs nothing else: the graph of kernels drawn, costs under the pointer, tables, the intermediate representation.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --page: #fbfbf9; --ink: #22252a; --muted: #6b7280; --line: #d9dbe0; --card: #ffffff; --loop: #f1f2ee;
          --kernel: #dff3ee; --kernel-line: #2a9d8f; --gemm: #dde8fb; --gemm-line: #3b6fd4; --input: #fdf0d5; --input-line: #d08700; --weight: #efe3fa; --weight-line: #8a4fc7;
          --output: #e2f4d9; --output-line: #4f9a2b; }
        @media (prefers-color-scheme: dark) { :root { --page: #16181c; --ink: #e4e6ea; --muted: #9aa1ac; --line: #363a42; --card: #1e2126; --loop: #23262c;
          --kernel: #17352f; --gemm: #1a2a49; --input: #3a2d10; --weight: #2f1f40; --output: #203617; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem; max-width: 92rem; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 1.9rem; } h2 { margin: 3rem 0 .5rem; border-bottom: 1px solid var(--line); } h3 { margin: 2.5rem 0 .5rem; font-family: monospace; font-size: 1.2rem; }
        p { margin: .3rem 0; } .muted { color: var(--muted); } a { color: var(--gemm-line); text-decoration: none; } nav a { margin-right: 1.2rem; }
        code, pre, td.code { font: 12.5px/1.45 ui-monospace, monospace; } pre { margin: .5rem 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: auto; }
        .cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: .8rem 0; } .card { padding: .6rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; max-width: 24rem; }
        .card b { display: block; font-size: 1.25rem; } .card code { display: block; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .graph { overflow: auto; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } .graph svg { display: block; margin: 0 auto; max-width: 100%; height: auto; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0; background: var(--card); } th, td { padding: .3rem .7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
        td.number { text-align: right; white-space: nowrap; } td.code { max-width: 44rem; overflow-wrap: anywhere; } tbody td:first-child { min-width: 14rem; } summary { cursor: pointer; margin: .8rem 0 .3rem; font-weight: 600; }
        svg text { font: 11px ui-monospace, monospace; fill: var(--ink); } svg text.name { font-weight: bold; font-size: 12px; } svg text.muted { fill: var(--muted); }
        .box rect { stroke-width: 1.3; } .box:hover rect.self { stroke-width: 3; } .kernel rect.self { fill: var(--kernel); stroke: var(--kernel-line); } .gemm rect.self { fill: var(--gemm); stroke: var(--gemm-line); }
        .loop rect.self { fill: var(--loop); stroke: var(--muted); stroke-dasharray: 6 4; } .input rect.self { fill: var(--input); stroke: var(--input-line); }
        .weight rect.self { fill: var(--weight); stroke: var(--weight-line); } .output rect.self { fill: var(--output); stroke: var(--output-line); }
        path.edge { fill: none; stroke: var(--muted); stroke-width: 1.2; } path.carried { stroke-dasharray: 3 3; } path.tip { fill: var(--muted); }
        .key { display: inline-block; margin-right: 1.2rem; } .key i { display: inline-block; width: .9rem; height: .9rem; margin-right: .35rem; border: 1.5px solid; border-radius: 3px; vertical-align: -2px; }
        """;

    /// <summary>The page for the networks of an example.</summary>
    public static string Page(string title, IReadOnlyList<(CompileReport Report, IReadOnlyDictionary<string, long> Sizes)> networks)
    {
        var body = new XElement("body",
            new XElement("h1", title),
            new XElement("p", Class("muted"), "What the compiler made of each declared method: every box is one fused kernel with the expressions that it computes. Point at a box for its costs."),
            new XElement("nav", networks.SelectMany(network => network.Report.Methods.Select(method =>
                new XElement("a", new XAttribute("href", "#" + Id(network.Report, method)), $"{network.Report.Network}.{method.Name}")))),
            new XElement("p", Key("gemm", "matrix product with epilogue"), Key("kernel", "fused kernel"), Key("input", "argument"), Key("weight", "parameter"), Key("output", "result")),
            networks.Select(network => new XElement("section",
                new XElement("h2", network.Report.Network),
                new XElement("p", Class("muted"), "Values at " + string.Join(", ", network.Sizes.Select(size => $"{size.Key} = {size.Value}"))),
                network.Report.Methods.Select(method => Method(network.Report, method, network.Sizes)))));
        var head = new XElement("head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            new XElement("title", title),
            new XElement("style", Style));
        return "<!DOCTYPE html>\n" + new XElement("html", new XAttribute("lang", "en"), head, body).ToString(SaveOptions.DisableFormatting) + "\n";
    }

    private static XElement Method(CompileReport report, CompiledMethod method, IReadOnlyDictionary<string, long> sizes) => new("article",
        new XElement("h3", new XAttribute("id", Id(report, method)), method.Name),
        method.Assumes.Count == 0 ? null : new XElement("p", Class("muted"), "Assumes " + string.Join(", ", method.Assumes)),
        new XElement("div", Class("cards"),
            new XElement("div", Class("card"), new XElement("span", Class("muted"), "kernels"), new XElement("b", method.Kernels.Count())),
            Card("operations", SizeFormula.Show(method.Flops, sizes, "FLOP"), method.Flops),
            Card("memory traffic", SizeFormula.Show(method.Bytes, sizes, "B"), method.Bytes),
            Card("working memory", SizeFormula.Show(method.ArenaBytes, sizes, "B"), method.ArenaBytes)),
        new XElement("div", Class("graph"), KernelDrawing.Draw(method, sizes)),
        Section("Kernels", method.Kernels.Any(), Rows(["kernel", "your expressions", "operations", "", "bytes", ""], method.Kernels.Select(step => new[]
        {
            Code(step.Name), Code(string.Join("\n", step.Sources)),
            Formula(step.Flops), Number(SizeFormula.Show(step.Flops, sizes, "FLOP")), Formula(step.Bytes), Number(SizeFormula.Show(step.Bytes, sizes, "B")),
        }))),
        Section("Not fused", method.Refusals.Count > 0, Rows(["what", "because"], method.Refusals.Select(refusal => new[] { Code(refusal.What), new XElement("td", refusal.Why) }))),
        Section("Memory", method.Buffers.Count > 0, Rows(["buffer", "kind", "type", "elements", "", "slot"], method.Buffers.Select(buffer => new[]
        {
            Code(buffer.Name), new XElement("td", buffer.Kind.ToLowerInvariant()), Code(buffer.Type), Formula(buffer.Count),
            Number(SizeFormula.Show(buffer.Count, sizes, "")), Number(buffer.Slot < 0 ? "" : buffer.Slot.ToString(CultureInfo.InvariantCulture)),
        }))),
        Section("Checked at entry", method.Checks.Count > 0, Rows(["condition"], method.Checks.Select(check => new[] { Code(check) }))),
        Section("Intermediate representation", true, new XElement("pre", method.Ir.TrimEnd())));

    private static XElement Card(string title, string value, string formula) => new("div", Class("card"),
        new XElement("span", Class("muted"), title), new XElement("b", value), new XElement("code", new XAttribute("title", SizeFormula.Typeset(formula)), SizeFormula.Brief(formula)));

    private static XElement? Section(string title, bool hasContent, XElement content) => hasContent ? new("details", new XElement("summary", title), content) : null;

    private static XElement Rows(string[] headers, IEnumerable<XElement[]> rows) => new("table",
        new XElement("thead", new XElement("tr", headers.Select(header => new XElement("th", header)))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Cast<object>().ToArray()))));

    private static XElement Code(string text) => new("td", Class("code"), text.Split('\n').SelectMany((line, i) => i == 0 ? (object[])[line] : [new XElement("br"), line]));

    private static XElement Formula(string formula) => new("td", Class("code"), new XAttribute("title", SizeFormula.Typeset(formula)), SizeFormula.Brief(formula));

    private static XElement Number(string text) => new("td", Class("number"), text);

    private static XElement Key(string kind, string text) => new("span", Class("key"),
        new XElement("i", new XAttribute("style", $"background: var(--{kind}); border-color: var(--{kind}-line)"), "\u200b"), text);

    private static XAttribute Class(string name) => new("class", name);

    private static string Id(CompileReport report, CompiledMethod method) => $"{report.Network}-{method.Name}" + (method.Assumes.Count == 0 ? "" : $"-{report.Methods.ToList().IndexOf(method)}");
}
