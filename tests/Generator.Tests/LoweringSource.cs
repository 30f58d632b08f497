using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;
using Xunit;

namespace Proxima.Tests;

/// <summary>
/// Declarations in a few words, so that lowering is tested without the frontend. Every shape string has an origin of its own in a file that
/// bears the name of what it belongs to: a plain literal whose quote stands at offset 100.
/// </summary>
internal static class Declare
{
    public static NetworkDeclaration Network(string name, string sizes, params object[] members) => new(
        name, "", name, "public", EquatableArray<string>.Empty, name.StartsWith("Functions", StringComparison.Ordinal),
        sizes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Size).ToImmutableArray(),
        members.OfType<ParameterDeclaration>().ToImmutableArray(),
        members.OfType<ChildDeclaration>().ToImmutableArray(),
        members.OfType<MethodDeclaration>().ToImmutableArray(),
        At(name, 1));

    private static SizeDeclaration Size(string text)
    {
        var words = text.Split(' ');
        return new SizeDeclaration(words[^1], words.Length > 1 ? words[0] : "int", null, At("size " + words[^1], words[^1].Length));
    }

    public static Origin At(string file, int length, int start = 100) => new(file, start, length, 1);

    private static Origin Literal(string file, string shape) => At(file, shape.Length + 2);

    public static ParameterDeclaration Parameter(string name, string shape, string dtype = "Float32", bool isBuffer = false) =>
        new(name, shape, dtype, "Init.Default", null, isBuffer, "public", At(name, name.Length), Literal("shape of " + name, shape));

    public static ChildDeclaration Child(string name, string type, params string[] arguments) =>
        new(name, type, null, null, arguments.Select(Surface.Parse).ToImmutableArray(), EquatableArray<Surface>.Empty, At(name, name.Length));

    public static ChildDeclaration Children(string name, string type, string count, params string[] arguments) =>
        new(name, type, Surface.Parse(count), "_", arguments.Select(Surface.Parse).ToImmutableArray(), EquatableArray<Surface>.Empty, At(name, name.Length));

    public static ChildDeclaration Elements(string name, string type, params string[] elements) =>
        new(name, type, Surface.Of("int", elements.Length.ToString(CultureInfo.InvariantCulture)), null, EquatableArray<Surface>.Empty,
            elements.Select(Surface.Parse).ToImmutableArray(), At(name, name.Length));

    /// <summary><c>Method("Forward(y: b m, k: int) -> b n", "(return (local y))")</c>; results are separated by semicolons, element types follow a colon.</summary>
    public static MethodDeclaration Method(string signature, string? body, TransformDeclaration? transform = null)
    {
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var close = signature.IndexOf(')', StringComparison.Ordinal);
        var name = signature[..open];
        var results = signature[(close + 1)..].Replace("->", "", StringComparison.Ordinal).Trim();
        var arguments = signature[(open + 1)..close].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Argument);
        string[] returns = results == "Gradients" ? [] : results.Split(';', StringSplitOptions.TrimEntries);
        var returnType = results == "Gradients" ? "Gradients" : returns.Length == 1 ? "Tensor" : "(" + string.Join(", ", returns.Select(_ => "Tensor")) + ")";
        return new MethodDeclaration(
            name, "public", true, arguments.ToImmutableArray(), returnType,
            returns.Select(r => r.Split(':')[0].Trim()).ToImmutableArray(), returns.Select(r => r.Contains(':', StringComparison.Ordinal) ? r.Split(':')[1].Trim() : "Float32").ToImmutableArray(),
            body is null ? null : Located.Parse(body), transform, At(name, name.Length), returns.Length == 0 ? At("returns", 9) : Literal("returns", returns[0].Split(':')[0].Trim()), "");
    }

    private static ArgumentDeclaration Argument(string text)
    {
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        var isNumber = parts.Length > 1 && parts[1] is "int" or "float" or "double" or "bool";
        var shape = parts.Length == 1 || isNumber ? null : parts[1];
        return new ArgumentDeclaration(parts[0], isNumber ? parts[1] : "Tensor", shape, parts.Length > 2 ? parts[2] : "Float32", At(parts[0], parts[0].Length), Literal("shape of " + parts[0], shape ?? ""));
    }

    public static MethodDeclaration Gradient(string signature, string of, params string[] wrt) =>
        Method(signature, null, new TransformDeclaration("Gradient", of, wrt.ToImmutableArray(), EquatableArray<Surface>.Empty, At("transform", 8), At("of", of.Length + 2)));

    public static LoweringResult Lower(NetworkDeclaration network, string method, params NetworkDeclaration[] others) =>
        MethodLowering.Lower(network, network.Method(method)!, new Library(others.Append(network).ToImmutableArray()), CancellationToken.None);

    /// <summary>The only variant of a method without mistakes.</summary>
    public static Function Function(NetworkDeclaration network, string method, params NetworkDeclaration[] others)
    {
        var result = Lower(network, method, others);
        Assert.Empty(result.Findings.Select(Text));
        return Assert.Single(result.Variants);
    }

    /// <summary>The only mistake of a method: where, which, and its words.</summary>
    public static Finding Mistake(NetworkDeclaration network, string method, params NetworkDeclaration[] others)
    {
        var result = Lower(network, method, others);
        Assert.Empty(result.Variants);
        Assert.True(result.Findings.Length == 1, string.Join("\n", result.Findings.Select(Text)));
        return result.Findings[0];
    }

    public static string Text(Finding finding) => $"{finding.Id} {finding.Origin.File}:{finding.Origin.Start}+{finding.Origin.Length} {string.Join(" | ", finding.Arguments)}";

    /// <summary>The text form, checked.</summary>
    public static string Print(Function function)
    {
        Verifier.Check(function);
        return TextPrinter.Print(function).TrimEnd();
    }
}

/// <summary>Surface text whose every node gets as origin its own place in the text, so that tests can say what a finding underlines.</summary>
internal static class Located
{
    public static Surface Parse(string text)
    {
        var at = 0;
        return Read(Surface.Parse(text), text, ref at);
    }

    private static Surface Read(Surface node, string text, ref int at)
    {
        var start = at = text.IndexOf('(', at);
        at++;
        var items = ImmutableArray.CreateBuilder<Surface>();
        foreach (var item in node.Items) items.Add(Read(item, text, ref at));
        at = text.IndexOf(')', at) + 1;
        return new Surface(node.Kind, node.Value, items.ToImmutable(), new Origin("body", start, at - start, 1));
    }

    public static string Underlined(string body, Finding finding) => body.Substring(finding.Origin.Start, finding.Origin.Length);
}
