using System.Globalization;
using System.Xml.Linq;

namespace Proxima.Examples;

/// <summary>Draws the kernels of a method as SVG: arguments above, results below, loops as boxes around their bodies.</summary>
internal sealed class KernelDrawing
{
    private const double CharWidth = 6.7;
    private const double LineHeight = 15;
    private const double Padding = 9;
    private const double LoopMargin = 18;
    private const double LoopHead = 34;
    private const double CarryRoom = 44;
    private const double SelfCarry = 26;
    private const int LongestLine = 66;
    private const int MostSources = 3;
    private const double SmallestScale = 0.7;

    private readonly CompiledMethod _method;
    private readonly IReadOnlyDictionary<string, long> _sizes;

    private KernelDrawing(CompiledMethod method, IReadOnlyDictionary<string, long> sizes) => (_method, _sizes) = (method, sizes);

    /// <summary>The drawing.</summary>
    public static XElement Draw(CompiledMethod method, IReadOnlyDictionary<string, long> sizes)
    {
        var whole = new KernelDrawing(method, sizes).Level(method.Steps, withEnds: true);
        var (width, height) = (whole.Width + 4, whole.Height + 4);
        return new XElement("svg", new XAttribute("width", Text(width)), new XAttribute("height", Text(height)), new XAttribute("viewBox", $"-2 -2 {Text(width)} {Text(height)}"),
            new XAttribute("style", $"min-width: {Text(width * SmallestScale)}px"),
            new XAttribute("role", "img"), new XAttribute("aria-label", $"The kernels of {method.Name}"), whole.Parts);
    }

    /// <summary>A box with everything in it; positions are relative to its corner.</summary>
    private sealed record Picture(double Width, double Height, IReadOnlyList<XElement> Parts);

    /// <summary>The steps of one loop, or of the whole method.</summary>
    private Picture Level(IReadOnlyList<CompiledStep> steps, bool withEnds)
    {
        var nodes = new List<GraphNode>();
        var edges = new List<(GraphNode From, GraphNode To)>();
        var values = new Dictionary<(GraphNode From, GraphNode To), List<string>>();
        var carried = new List<(GraphNode From, GraphNode To, string Buffer)>();
        var writer = new Dictionary<string, GraphNode>();
        void Connect(GraphNode from, GraphNode to, string buffer)
        {
            edges.Add((from, to));
            if (!values.TryGetValue((from, to), out var names)) values[(from, to)] = names = [];
            names.Add(buffer);
        }

        if (withEnds)
        {
            var read = steps.SelectMany(step => step.Reads).ToHashSet();
            foreach (var buffer in _method.Buffers.Where(buffer => buffer.Kind is "Input" or "Weight" && read.Contains(buffer.Name)))
                nodes.Add(writer[buffer.Name] = Node(Pill(buffer)));
        }
        var boxes = steps.Select(step => Node(step.IsLoop ? Loop(step) : Kernel(step))).ToList();
        foreach (var (step, box) in steps.Zip(boxes))
        {
            nodes.Add(box);
            foreach (var buffer in step.Reads)
            {
                if (writer.TryGetValue(buffer, out var from)) Connect(from, box, buffer);
                // In a loop, what a later step (or this one) writes was written by the iteration before.
                else if (!withEnds && steps.ToList().FindLastIndex(other => other.Writes.Contains(buffer)) is >= 0 and var last) carried.Add((boxes[last], box, buffer));
            }
            foreach (var buffer in step.Writes) writer[buffer] = box;
        }
        if (withEnds)
        {
            foreach (var buffer in _method.Buffers.Where(buffer => buffer.Kind == "Output" && writer.ContainsKey(buffer.Name)))
            {
                var end = Node(Pill(buffer));
                nodes.Add(end);
                Connect(writer[buffer.Name], end, buffer.Name);
            }
        }

        var layout = new LayeredGraph(nodes, edges);
        var parts = new List<XElement>();
        foreach (var bend in layout.Bends) parts.Add(Line($"M {Text(bend.Centre)} {Text(bend.Y)} V {Text(bend.Bottom)}", ""));
        foreach (var (from, to) in layout.Segments)
        {
            // Down to the end of the row first, so that a line from a low box does not cross its high neighbours.
            var (x, y, u, v) = (from.Centre, from.RowEnd, to.Centre, to.Y);
            var bow = (v - y) / 2;
            var line = Line($"M {Text(x)} {Text(from.Bottom)} V {Text(y)} C {Text(x)} {Text(y + bow)} {Text(u)} {Text(v - bow)} {Text(u)} {Text(v)}", values.TryGetValue((from, to), out var names) ? string.Join(", ", names) : "");
            parts.Add(line);
            if (to.Tag is not null) parts.Add(Tip(u, v, 0, -1));
        }
        foreach (var group in carried.GroupBy(edge => (edge.From, edge.To)))
        {
            var (from, to) = group.Key;
            var (x, y, u, v) = (from.X + from.Width, from.Y + from.Height * 0.65, to.X + to.Width, to.Y + to.Height * 0.35);
            // Beside everything, or just beside a step that carries to itself.
            var far = from == to ? x + SelfCarry : layout.Width + CarryRoom;
            var line = Line($"M {Text(x)} {Text(y)} C {Text(far)} {Text(y)} {Text(far)} {Text(v)} {Text(u)} {Text(v)}", "from the iteration before: " + string.Join(", ", group.Select(edge => edge.Buffer)));
            line.SetAttributeValue("class", "edge carried");
            parts.Add(line);
            parts.Add(Tip(u, v, 1, 0));
        }
        foreach (var node in nodes)
        {
            var picture = ((Picture)node.Tag!).Parts;
            parts.Add(new XElement("g", new XAttribute("transform", $"translate({Text(node.X)} {Text(node.Y)})"), picture));
        }
        return new(layout.Width + (carried.Count > 0 ? CarryRoom : 0), layout.Height, parts);

        static GraphNode Node(Picture picture) => new(picture.Width, picture.Height) { Tag = picture };
    }

    private Picture Pill(CompiledBuffer buffer) =>
        Box(buffer.Kind.ToLowerInvariant(), 13, [(buffer.Name, "name")], $"{buffer.Kind.ToLowerInvariant()} {buffer.Name}: {SizeFormula.Typeset(buffer.Count)} elements of {buffer.Type}");

    private Picture Kernel(CompiledStep step)
    {
        var lines = new List<(string Text, string Class)> { (step.Name, "name") };
        lines.AddRange(step.Sources.Take(MostSources).Select(source => (Shorten(source), "")));
        if (step.Sources.Count > MostSources) lines.Add(($"and {TextReport.Count(step.Sources.Count - MostSources, "more expression")}", "muted"));
        string[] costs = [SizeFormula.Show(step.Flops, _sizes, "FLOP"), SizeFormula.Show(step.Bytes, _sizes, "B"), step.Place];
        lines.Add((string.Join(", ", costs.Where(cost => cost is not ("" or "0 FLOP"))), "muted"));
        return Box(step.Kind, 5, lines, Tooltip(step));
    }

    private Picture Loop(CompiledStep step)
    {
        var body = Level(step.Steps, withEnds: false);
        var head = $"{step.Name}, {SizeFormula.Show(step.Flops, _sizes, "FLOP")}";
        var width = Math.Max(body.Width, head.Length * CharWidth) + 2 * LoopMargin;
        var height = body.Height + LoopHead + LoopMargin;
        var inside = new XElement("g", new XAttribute("transform", $"translate({Text((width - body.Width) / 2)} {Text(LoopHead)})"), body.Parts);
        return new(width, height, [Frame("loop", width, height, 10, Tooltip(step), Label(head, LoopMargin, 20, "name")), inside]);
    }

    private static Picture Box(string kind, double corner, IReadOnlyList<(string Text, string Class)> lines, string tooltip)
    {
        var width = lines.Max(line => line.Text.Length * CharWidth * (line.Class == "name" ? 1.09 : 1)) + 2 * Padding;
        var height = lines.Count * LineHeight + 2 * Padding - 4;
        return new(width, height, [Frame(kind, width, height, corner, tooltip, lines.Select((line, i) => Label(line.Text, Padding, Padding + 9 + i * LineHeight, line.Class)))]);
    }

    private static XElement Frame(string kind, double width, double height, double corner, string tooltip, object labels) => new("g", new XAttribute("class", $"box {kind}"),
        new XElement("title", tooltip),
        new XElement("rect", new XAttribute("class", "self"), new XAttribute("width", Text(width)), new XAttribute("height", Text(height)), new XAttribute("rx", Text(corner))),
        labels);

    private static XElement Label(string text, double x, double y, string style) =>
        new("text", style == "" ? null : new XAttribute("class", style), new XAttribute("x", Text(x)), new XAttribute("y", Text(y)), text);

    private static XElement Line(string path, string tooltip) =>
        new("path", new XAttribute("class", "edge"), new XAttribute("d", path), tooltip == "" ? null : new XElement("title", tooltip));

    /// <summary>An arrow head at a point, whose shaft comes from the given direction.</summary>
    private static XElement Tip(double x, double y, double dx, double dy) => new("path", new XAttribute("class", "tip"),
        new XAttribute("d", $"M {Text(x)} {Text(y)} L {Text(x + 7 * dx + 3.5 * dy)} {Text(y + 7 * dy + 3.5 * dx)} L {Text(x + 7 * dx - 3.5 * dy)} {Text(y + 7 * dy - 3.5 * dx)} Z"));

    private string Tooltip(CompiledStep step)
    {
        string[] lines =
        [
            step.Name, .. step.Sources, "",
            $"operations: {SizeFormula.Typeset(step.Flops)} = {SizeFormula.Show(step.Flops, _sizes, "FLOP")}",
            $"bytes: {SizeFormula.Typeset(step.Bytes)} = {SizeFormula.Show(step.Bytes, _sizes, "B")}",
            $"reads {string.Join(", ", step.Reads)}", $"writes {string.Join(", ", step.Writes)}",
        ];
        return string.Join("\n", lines);
    }

    private static string Shorten(string text) => text.Length <= LongestLine ? text : text[..(LongestLine - 3)] + "...";

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
