using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;

namespace Proxima.Generator.Targets;

/// <summary>The comments that tie generated code to what the user wrote.</summary>
internal static class Comments
{
    /// <summary>A documentation comment: the user's expressions, where they stand, what they cost.</summary>
    public static void Describe(CodeWriter writer, Step step)
    {
        var sources = step.Sources.Length == 0 ? ["A copy to where the result belongs."] : step.Sources.Select(source => $"<c>{CodeWriter.Xml(Short(SurfaceText.ToCSharp(source)))}</c>").Distinct().ToArray();
        writer.Summary(string.Join("; ", sources));
        var places = Places(step);
        writer.Doc($"<remarks>{(places.Length > 0 ? places + ": " : "")}{Costs(step)}.</remarks>");
    }

    /// <summary>The remarks of a method: what it costs, the function it computes, why its kernels are not fewer.</summary>
    public static void Describe(CodeWriter writer, Plan plan)
    {
        writer.Doc("<remarks>").Doc($"{plan.Flops} flops, {plan.Bytes} bytes.").Doc("<code>");
        foreach (var line in TextPrinter.Print(plan.Function).TrimEnd().Split('\n')) writer.Doc(CodeWriter.Xml(line));
        writer.Doc("</code>");
        if (plan.Function.Derivation.Count > 0)
        {
            writer.Doc("<list type=\"number\">");
            foreach (var rule in plan.Function.Derivation) writer.Doc($"<item>{CodeWriter.Xml(rule)}</item>");
            writer.Doc("</list>");
        }
        foreach (var refusal in plan.Refusals) writer.Doc(CodeWriter.Xml($"Not fused: {refusal.What}, because {refusal.Why}."));
        writer.Doc("</remarks>");
    }

    /// <summary>One line over a step: <c>// x = SoftThreshold(c, Threshold[0])   Lista.cs:15</c>.</summary>
    public static string Line(Step step)
    {
        var text = string.Join("; ", step.Sources.Select(source => Short(SurfaceText.ToCSharp(source))).Distinct());
        var places = Places(step);
        return "// " + (text.Length > 0 ? text : "to where the result belongs") + (places.Length > 0 ? $"   ({places})" : "");
    }

    /// <summary>A number as a literal of C#.</summary>
    public static string Number(double value) => TextPrinter.Text(value);

    public static string Costs(Step step) => $"{step.Flops} flops, {step.Bytes} bytes";

    private static string Places(Step step) => string.Join(", ", step.Sources
        .Where(source => source.Origin.Line > 0)
        .Select(source => $"{FileName(source.Origin.File)}:{source.Origin.Line}").Distinct());

    // Only the file's name: the same build on another machine prints the same text.
    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);

    private static string Short(string text) => text.Length <= 120 ? text : text.Substring(0, 117) + "...";
}
