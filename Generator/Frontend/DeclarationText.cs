using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>Declarations as text, by way of a <see cref="Surface"/> tree: what an assembly carries so that another one can inline its networks.</summary>
internal static class DeclarationText
{
    /// <summary>The first word of the text. A later format gets another one.</summary>
    private const string Format = "network1";

    public static string ToText(this NetworkDeclaration network) => ToSurface(network).ToString();

    /// <summary>Reads <see cref="ToText"/> back, without origins.</summary>
    /// <exception cref="FormatException">The text is malformed, or of another version.</exception>
    public static NetworkDeclaration Parse(string text)
    {
        var root = Surface.Parse(text);
        if (root.Kind != Format) throw new FormatException($"a declaration starts with '{Format}', not with '{root.Kind}'");
        return new NetworkDeclaration(
            root.Value,
            Value(root, "namespace"),
            Value(root, "name"),
            Value(root, "access"),
            All(root, "container", c => c.Value),
            Flag(root, "static"),
            All(root, "size", s => new SizeDeclaration(s.Value, Value(s, "type"), Optional(s, "default"), Origin.None)),
            All(root, "parameter", ParseParameter),
            All(root, "child", ParseChild),
            All(root, "method", ParseMethod),
            Origin.None)
        {
            Requires = ParseRequires(root),
        };
    }

    private static Surface ToSurface(NetworkDeclaration network) => Node(Format, network.FullName, [
        Word("namespace", network.Namespace),
        Word("name", network.Name),
        Word("access", network.Accessibility),
        .. network.Containers.Items.Select(c => Word("container", c)),
        .. Flag("static", network.IsStatic),
        .. network.Sizes.Items.Select(s => Node("size", s.Name, [Word("type", s.Type), .. Optional("default", s.Default)])),
        .. network.Parameters.Items.Select(ToSurface),
        .. network.Children.Items.Select(ToSurface),
        .. ToSurface(network.Requires),
        .. network.Methods.Items.Select(ToSurface)]);

    private static Surface ToSurface(ParameterDeclaration p) => Node("parameter", p.Name, [
        Word("shape", p.Shape), Word("dtype", p.DType), Word("init", p.Init), .. Optional("constraint", p.Constraint),
        .. Flag("buffer", p.IsBuffer), Word("access", p.Accessibility), .. Optional("setter", p.Setter)]);

    private static ParameterDeclaration ParseParameter(Surface p) => new(
        p.Value, Value(p, "shape"), Value(p, "dtype"), Value(p, "init"), Optional(p, "constraint"), Flag(p, "buffer"), Value(p, "access"), Origin.None, Origin.None)
    {
        Setter = Optional(p, "setter"),
    };

    private static Surface ToSurface(ChildDeclaration c) => Node("child", c.Name, [
        Word("type", c.Type), .. Optional("count", c.Count), .. Optional("index", c.IndexName),
        Node("arguments", "", c.Arguments.Items), Node("elements", "", c.Elements.Items)]);

    private static ChildDeclaration ParseChild(Surface c) => new(
        c.Value, Value(c, "type"), Find(c, "count")?[0], Optional(c, "index"), Required(c, "arguments").Items, Required(c, "elements").Items, Origin.None);

    private static Surface ToSurface(MethodDeclaration m) => Node("method", m.Name, [
        Word("access", m.Accessibility), .. Flag("virtual", m.IsVirtual), .. Flag("checkpoint", m.IsCheckpoint),
        .. m.Arguments.Items.Select(a => Node("argument", a.Name, [Word("type", a.Type), .. Optional("shape", a.Shape), Word("dtype", a.DType)])),
        Word("returntype", m.ReturnType),
        .. m.Returns.Items.Select(r => Word("returns", r)),
        .. m.ReturnDTypes.Items.Select(r => Word("returndtype", r)),
        .. ToSurface(m.Requires),
        .. Optional("body", m.Body),
        .. m.Transform is null ? [] : new[] { ToSurface("transform", m.Transform) },
        .. m.Rule is null ? [] : new[] { ToSurface("rule", m.Rule) },
        Word("documentation", m.Documentation)]);

    private static MethodDeclaration ParseMethod(Surface m) => new(
        m.Value, Value(m, "access"), Flag(m, "virtual"),
        All(m, "argument", a => new ArgumentDeclaration(a.Value, Value(a, "type"), Optional(a, "shape"), Value(a, "dtype"), Origin.None, Origin.None)),
        Value(m, "returntype"),
        All(m, "returns", r => r.Value),
        All(m, "returndtype", r => r.Value),
        Find(m, "body")?[0],
        ParseTransform(Find(m, "transform")),
        Origin.None, Origin.None, Value(m, "documentation"))
    {
        Rule = ParseTransform(Find(m, "rule")),
        ReturnOrigins = All(m, "returns", _ => Origin.None),
        IsCheckpoint = Flag(m, "checkpoint"),
        Requires = ParseRequires(m),
    };

    private static IEnumerable<Surface> ToSurface(EquatableArray<RequireDeclaration> requires) => requires.Items.Select(r => Word("require", r.Text));

    private static EquatableArray<RequireDeclaration> ParseRequires(Surface node) => All(node, "require", r => new RequireDeclaration(r.Value, Origin.None));

    private static TransformDeclaration? ParseTransform(Surface? t) =>
        t is null ? null : new(t.Value, Value(t, "of"), All(t, "wrt", w => w.Value), Required(t, "options").Items, Origin.None, Origin.None)
        {
            WrtOrigins = All(t, "wrt", _ => Origin.None),
        };

    private static Surface ToSurface(string kind, TransformDeclaration t) => Node(kind, t.Kind, [
        Word("of", t.Of), .. t.Wrt.Items.Select(w => Word("wrt", w)), Node("options", "", t.Options.Items)]);

    private static Surface Node(string kind, string value, ImmutableArray<Surface> items) => new(kind, value, items);

    private static Surface Word(string kind, string value) => Surface.Of(kind, value);

    private static ImmutableArray<Surface> Flag(string kind, bool value) => value ? [Surface.Of(kind)] : [];

    private static ImmutableArray<Surface> Optional(string kind, string? value) => value is null ? [] : [Surface.Of(kind, value)];

    private static ImmutableArray<Surface> Optional(string kind, Surface? value) => value is null ? [] : [Surface.Of(kind, "", null, value)];

    private static Surface? Find(Surface node, string kind)
    {
        foreach (var item in node.Items)
            if (item.Kind == kind) return item;
        return null;
    }

    private static Surface Required(Surface node, string kind) =>
        Find(node, kind) ?? throw new FormatException(string.Format(CultureInfo.InvariantCulture, "'{0} {1}' has no '{2}'", node.Kind, node.Value, kind));

    private static string Value(Surface node, string kind) => Required(node, kind).Value;

    private static string? Optional(Surface node, string kind) => Find(node, kind)?.Value;

    private static bool Flag(Surface node, string kind) => Find(node, kind) is not null;

    private static ImmutableArray<T> All<T>(Surface node, string kind, Func<Surface, T> read) =>
        node.Items.Where(i => i.Kind == kind).Select(read).ToImmutableArray();
}
