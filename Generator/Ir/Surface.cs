using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Proxima.Generator.Ir;

/// <summary>
/// Where a node was written. Never part of equality: a comment edit moves every origin and must change nothing else.
/// </summary>
internal sealed record Origin(string File, int Start, int Length, int Line)
{
    public static readonly Origin None = new("", 0, 0, 0);

    /// <summary>False for <see cref="None"/>, which what comes from another assembly has. Lines count from 1.</summary>
    public bool IsWritten => Line > 0;

    public bool Equals(Origin? other) => true;

    public override int GetHashCode() => 0;
}

/// <summary>
/// A node of the portable syntax tree ("Surface") of a declared body: what remains of C# once every name is resolved.
/// One class for expressions and statements; <see cref="Kind"/> says which. Compares by content.
/// </summary>
/// <remarks>
/// Expressions
///   (int 3) (float 0.1) (bool true) (string "s") (null)
///   (local x)                    a local, a method argument, a loop variable, a lambda argument
///   (size layers)                a constructor parameter (int, float, double or bool)
///   (param Encoder)              a [Parameter] of this class;            (buffer Mean)
///   (op MatMul (arg x e) (arg y e))       a call of Ops.MatMul, every argument under its parameter's name, defaults included
///   (method Forward (arg y e))            another method (or transform) of this class
///   (child Forward RECEIVER (arg x e))    a method of a child; RECEIVER is (field first), (element blocks i) or (local block)
///   (childparam Weight RECEIVER)          a [Parameter] of a child
///   (function "Ns.Type.Name" (arg x e))   a static [TensorFunction]
///   (binary + a b) (unary - a)            C# operators, on tensors, numbers and sizes alike
///   (math Abs a ..)                       MathF/Math on scalars, by method name
///   (index x AT..)               AT is (at e) or (range start end), either end (null) for open; (at (fromend e)) for ^e
///   (dim x i) (rank x)           x.Dim(i), x.Rank
///   (graphpart Sources g) (graphsize NodeCount g)       a tensor, a number of a graph
///   (tuple a b ..) (array a b ..) (item t i)
///   (lambda (names v w) body)    a scalar lambda as an argument of Map, one of tensors as that of Propagate and Scan
///   (cond c a b)                 the ternary operator
///   (cast Float64 x)             x.To(DType.Float64);  (number int e) (number float e) for C# casts on numbers
///   (gradient "Encoder" g) (gradientvalue g)   g[Encoder], g.Value of a Gradients value
/// Statements
///   (block s..) (let x e) (assign x e) (lettuple (names a b) e) (assigntuple (names a b) e)
///   (setbuffer Mean e) (setbuffer Mean e RECEIVER)      a buffer of this class, of a child
///   (for k start end step (block ..))     k from start while k &lt; end (step &gt; 0) or k &gt; end (step &lt; 0); end exclusive
///   (foreach b (field blocks) (block ..))
///   (if c (block ..) (block ..))          the condition is on sizes
///   (return e)
///   (expr e)
/// </remarks>
internal sealed class Surface : IEquatable<Surface>
{
    private readonly int _hash;

    public Surface(string kind, string value, ImmutableArray<Surface> items, Origin? origin = null)
    {
        Kind = kind;
        Value = value;
        Items = items;
        Origin = origin ?? Origin.None;
        var hash = unchecked(kind.GetHashCode() * 31 + value.GetHashCode());
        foreach (var item in items) hash = unchecked(hash * 31 + item._hash);
        _hash = hash;
    }

    public string Kind { get; }

    public string Value { get; }

    public ImmutableArray<Surface> Items { get; }

    public Origin Origin { get; }

    public Surface this[int index] => Items[index];

    public int Count => Items.Length;

    public static Surface Of(string kind, string value = "", Origin? origin = null, params Surface[] items) =>
        new(kind, value, [.. items], origin);

    /// <summary>Looks a named argument up: (arg name e).</summary>
    public Surface? Arg(string name)
    {
        foreach (var item in Items)
            if (item.Kind == "arg" && item.Value == name) return item[0];
        return null;
    }

    public bool Equals(Surface? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _hash != other._hash || Kind != other.Kind || Value != other.Value || Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (!Items[i].Equals(other.Items[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Surface);

    public override int GetHashCode() => _hash;

    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text, this);
        return text.ToString();
    }

    /// <summary>The text form: (kind value item ...). Values are quoted when they are not plain words.</summary>
    private static void Print(StringBuilder text, Surface node)
    {
        text.Append('(').Append(node.Kind);
        if (node.Value.Length > 0 || node.Kind == "string") text.Append(' ').Append(Quote(node.Value));
        foreach (var item in node.Items)
        {
            text.Append(' ');
            Print(text, item);
        }
        text.Append(')');
    }

    private static string Quote(string value)
    {
        if (value.Length > 0)
        {
            var plain = true;
            foreach (var c in value) plain &= c > ' ' && c != '(' && c != ')' && c != '"' && c != '\\';
            if (plain) return value;
        }
        return "\"" + value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r") + "\"";
    }

    /// <summary>Reads the text form back.</summary>
    /// <exception cref="FormatException">The text is malformed; the message names the offset.</exception>
    public static Surface Parse(string text)
    {
        var at = 0;
        var node = Read(text, ref at, 0);
        Skip(text, ref at);
        if (at != text.Length) throw Bad(at, "unexpected text after the node");
        return node;
    }

    private static Surface Read(string text, ref int at, int depth)
    {
        if (depth > 1000) throw Bad(at, "nested too deeply");
        Skip(text, ref at);
        Expect(text, ref at, '(');
        var kind = Word(text, ref at);
        var value = "";
        Skip(text, ref at);
        if (at < text.Length && text[at] != '(' && text[at] != ')') value = Word(text, ref at);
        var items = ImmutableArray.CreateBuilder<Surface>();
        while (true)
        {
            Skip(text, ref at);
            if (at >= text.Length) throw Bad(at, "')' is missing");
            if (text[at] == ')')
            {
                at++;
                return new Surface(kind, value, items.ToImmutable());
            }
            items.Add(Read(text, ref at, depth + 1));
        }
    }

    private static string Word(string text, ref int at)
    {
        Skip(text, ref at);
        if (at >= text.Length) throw Bad(at, "a word is missing");
        var start = at;
        if (text[at] != '"')
        {
            while (at < text.Length && text[at] > ' ' && text[at] != '(' && text[at] != ')') at++;
            if (at == start) throw Bad(at, "a word is missing");
            return text.Substring(start, at - start);
        }
        var word = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\') word.Append(text[at]);
            else if (++at < text.Length) word.Append(text[at] switch { 'n' => '\n', 'r' => '\r', var c => c });
        }
        Expect(text, ref at, '"');
        return word.ToString();
    }

    private static void Skip(string text, ref int at)
    {
        while (at < text.Length && text[at] <= ' ') at++;
    }

    private static void Expect(string text, ref int at, char c)
    {
        if (at >= text.Length || text[at] != c) throw Bad(at, $"'{c}' is missing");
        at++;
    }

    private static FormatException Bad(int at, string reason) =>
        new(string.Format(CultureInfo.InvariantCulture, "at {0}: {1}", at, reason));
}

/// <summary>A constructor parameter: <c>int layers = 16</c>. <paramref name="Type"/> is int, float, double or bool.</summary>
internal sealed record SizeDeclaration(string Name, string Type, string? Default, Origin Origin);

/// <summary>A <c>[Parameter]</c> or <c>[Buffer]</c> property. <paramref name="Shape"/> is the string as written; <paramref name="ShapeOrigin"/> the literal.</summary>
/// <param name="Init">The initialiser as a C# expression of type Proxima.Init, for example <c>Init.Constant(0.1)</c>.</param>
internal sealed record ParameterDeclaration(
    string Name, string Shape, string DType, string Init, string? Constraint, bool IsBuffer, string Accessibility, Origin Origin, Origin ShapeOrigin)
{
    /// <summary>The accessibility of a buffer's setter as written, "" where it is that of the property; null where there is none.</summary>
    public string? Setter { get; init; }
}

/// <summary>A field whose type is a network. <paramref name="Count"/> is null for a single child, else the length given to Repeat.</summary>
/// <param name="Type">Full metadata name of the child's class.</param>
/// <param name="Arguments">The constructor arguments, (arg name e) each, defaults included; for arrays the body of the lambda.</param>
/// <param name="Elements">For a collection expression of distinct children: one (new Type (arg ..)) each; else empty.</param>
internal sealed record ChildDeclaration(
    string Name, string Type, Surface? Count, string? IndexName, EquatableArray<Surface> Arguments, EquatableArray<Surface> Elements, Origin Origin);

/// <summary>An argument of a method. A null <paramref name="Shape"/> means a number (<paramref name="Type"/> int, float, double, bool) or a missing attribute.</summary>
internal sealed record ArgumentDeclaration(string Name, string Type, string? Shape, string DType, Origin Origin, Origin ShapeOrigin)
{
    public bool IsGraph => Type == GraphPart.Graph;

    /// <summary>A number of the host: a size, a choice, or a floating-point number.</summary>
    public bool IsNumber => Type is "int" or "bool" or "float" or "double";

    /// <summary>Of a part of a graph: which one.</summary>
    public GraphPart? Part { get; init; }

    /// <summary>What functions take in place of the argument: of a graph its tensors.</summary>
    public ImmutableArray<ArgumentDeclaration> Parts => IsGraph ? GraphPart.Of(this) : [this];
}

/// <summary>What a transform attribute asks for: <c>[Gradient(of: nameof(Loss), wrt: "x")]</c>.</summary>
/// <param name="Options">Every further named argument of the attribute, (arg name literal).</param>
internal sealed record TransformDeclaration(string Kind, string Of, EquatableArray<string> Wrt, EquatableArray<Surface> Options, Origin Origin, Origin OfOrigin)
{
    /// <summary>The value of an option, "" where it is not given.</summary>
    public string Option(string name) => Options.Items.FirstOrDefault(option => option.Value == name) is { Count: 1 } given ? given[0].Value : "";

    /// <summary>Where an option is written, or the attribute where it is not.</summary>
    public Origin OptionOrigin(string name) => Options.Items.FirstOrDefault(option => option.Value == name)?.Origin ?? Origin;

    /// <summary>The name of the method that is derived, where it is known.</summary>
    public string Method { get; init; } = "";

    /// <summary>Where each name of <see cref="Wrt"/> is written.</summary>
    public EquatableArray<Origin> WrtOrigins { get; init; } = EquatableArray<Origin>.Empty;
}

/// <summary>A condition of a <c>[Require]</c>, as written. <paramref name="Origin"/> is that of the literal.</summary>
internal sealed record RequireDeclaration(string Text, Origin Origin);

/// <summary>What a <c>[PermutationEquivariant]</c> states of a method. <paramref name="Origin"/> is that of the literal. No part of what an assembly carries.</summary>
internal sealed record SymmetryDeclaration(string Size, Origin Origin);

/// <summary>A method of a network: compiled (with a body) or a transform (without).</summary>
/// <param name="Returns">Shape strings of the results: one, or one per tuple element; empty where the attribute is missing or the result is Gradients.</param>
/// <param name="ReturnType">"Tensor", "Gradients", "(Tensor, Tensor)" ...</param>
internal sealed record MethodDeclaration(
    string Name, string Accessibility, bool IsVirtual, EquatableArray<ArgumentDeclaration> Arguments, string ReturnType, EquatableArray<string> Returns,
    EquatableArray<string> ReturnDTypes, Surface? Body, TransformDeclaration? Transform, Origin Origin, Origin ReturnOrigin, string Documentation)
{
    /// <summary>What the sizes of a call satisfy.</summary>
    public EquatableArray<RequireDeclaration> Requires { get; init; } = EquatableArray<RequireDeclaration>.Empty;

    /// <summary>The sizes whose order is to make no difference.</summary>
    public EquatableArray<SymmetryDeclaration> Symmetries { get; init; } = EquatableArray<SymmetryDeclaration>.Empty;

    /// <summary>Of a method with <c>[CustomGradient(of: nameof(F))]</c> or <c>[ProxRule(of: nameof(F))]</c>: whose derivative or proximal operator it is.</summary>
    public TransformDeclaration? Rule { get; init; }

    /// <summary>Where the shape of each result is written.</summary>
    public EquatableArray<Origin> ReturnOrigins { get; init; } = EquatableArray<Origin>.Empty;

    /// <summary>Where it is called, derivatives compute its intermediate values again.</summary>
    public bool IsCheckpoint { get; init; }

    /// <summary>The arguments, with the parts of graphs in place of these.</summary>
    public IEnumerable<ArgumentDeclaration> Inputs => Arguments.Items.SelectMany(argument => argument.Parts);

    public Origin ReturnOriginOf(int index) => index < ReturnOrigins.Count ? ReturnOrigins[index] : ReturnOrigin;

    /// <summary>True for a helper: it is read where it is called, with the shapes of that call.</summary>
    public bool IsPrivate => !(Accessibility.Contains("public") || Accessibility.Contains("internal") || Accessibility.Contains("protected"));
}

/// <summary>One <c>[Network]</c> class, or the static class that holds <c>[TensorFunction]</c>s: everything the compiler knows of it.</summary>
/// <param name="FullName">Metadata name, with namespace and containing types ('+').</param>
/// <param name="Containers">The containing types from the outside in, as declaration headers: <c>partial class Outer</c>.</param>
internal sealed record NetworkDeclaration(
    string FullName, string Namespace, string Name, string Accessibility, EquatableArray<string> Containers, bool IsStatic,
    EquatableArray<SizeDeclaration> Sizes, EquatableArray<ParameterDeclaration> Parameters, EquatableArray<ChildDeclaration> Children,
    EquatableArray<MethodDeclaration> Methods, Origin Origin)
{
    /// <summary>Names of generated code's surroundings that mean something else in this class. No part of what an assembly carries.</summary>
    public EquatableArray<string> Hidden { get; init; } = EquatableArray<string>.Empty;

    /// <summary>The accessibility of the generated With; null where the class has a member of that name. No part of what an assembly carries.</summary>
    public string? With { get; init; }

    /// <summary>What the sizes of every instance satisfy.</summary>
    public EquatableArray<RequireDeclaration> Requires { get; init; } = EquatableArray<RequireDeclaration>.Empty;

    /// <summary>The method that declares the derivative of another.</summary>
    public MethodDeclaration? RuleOf(string name)
    {
        foreach (var method in Methods)
            if (method.Rule is { Kind: "CustomGradient" } rule && rule.Of == name) return method;
        return null;
    }

    /// <summary>The method of an instance that is the proximal operator of another; those of tensor functions are entries of the catalogue.</summary>
    public MethodDeclaration? OperatorOf(string name)
    {
        if (IsStatic) return null;
        foreach (var method in Methods)
            if (method.Rule is { Kind: "ProxRule" } rule && rule.Of == name) return method;
        return null;
    }

    public MethodDeclaration? Method(string name)
    {
        foreach (var method in Methods)
            if (method.Name == name) return method;
        return null;
    }
}
