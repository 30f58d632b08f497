using System.Globalization;
using System.Text;

namespace Proxima.Tests.Fuzz;

/// <summary>A tensor of a random program: the expression that names it, and its shape as entries of a shape string.</summary>
internal sealed record FuzzValue(string Name, string[] Shape)
{
    public int Rank => Shape.Length;

    public bool HasShape(string[] shape) => Shape.SequenceEqual(shape);
}

/// <summary>One statement: an expression over earlier values, or a loop that carries one of them.</summary>
/// <param name="Format">The expression, its operands as <c>{0}</c>, <c>{1}</c> ..; of a loop the header.</param>
/// <param name="Body">Of a loop: its statements; the last one gives the next value of the first operand.</param>
internal sealed record FuzzStatement(FuzzValue Target, string Format, FuzzValue[] Operands, FuzzStatement[]? Body = null)
{
    public IEnumerable<FuzzValue> Uses => Body is null ? Operands : Operands.Concat(Body.SelectMany(s => s.Uses));

    public void Print(StringBuilder text, string indent)
    {
        if (Body is null)
        {
            text.Append(indent).Append("var ").Append(Target.Name).Append(" = ").AppendFormat(CultureInfo.InvariantCulture, Format, [.. Operands.Select(o => o.Name)]).AppendLine(";");
            return;
        }
        text.Append(indent).Append("var ").Append(Target.Name).Append(" = ").Append(Operands[0].Name).AppendLine(";");
        text.Append(indent).AppendLine(Format).Append(indent).AppendLine("{");
        foreach (var statement in Body) statement.Print(text, indent + "    ");
        text.Append(indent).Append("    ").Append(Target.Name).Append(" = ").Append(Body[^1].Target.Name).AppendLine(";");
        text.Append(indent).AppendLine("}");
    }
}

/// <summary>A method: with a body, or derived from another one.</summary>
/// <param name="Transform">The attribute of a derived method, else null.</param>
/// <param name="Of">What it is derived from.</param>
internal sealed record FuzzMethod(
    string Name, FuzzValue[] Arguments, string[][] Results, FuzzStatement[] Body, FuzzValue[] Returned, string? Transform = null, string? Of = null, bool IsHelper = false, bool GivesGradients = false)
{
    /// <summary>Whether torch's differentiation gives the same: a gradient by arguments, or a vector-Jacobian product.</summary>
    public bool IsReverse => Wrt is not null || Transform?.StartsWith("Vjp(", StringComparison.Ordinal) == true;

    /// <summary>Of a gradient by arguments: which ones, in order.</summary>
    public string[]? Wrt => Transform is not null && Transform.StartsWith("Gradient(", StringComparison.Ordinal) && Transform.Split('"') is [_, var names, _] ? names.Split(", ") : null;

    public IEnumerable<string> Calls => Body.SelectMany(Flatten).SelectMany(s => s.Format.Split('(', ' ', '.')).Where(word => word.StartsWith("Call", StringComparison.Ordinal)).Concat(Of is null ? [] : [Of]);

    private static IEnumerable<FuzzStatement> Flatten(FuzzStatement s) => s.Body is null ? [s] : s.Body.SelectMany(Flatten).Prepend(s);

    public void Print(StringBuilder text)
    {
        var type = GivesGradients ? "Gradients" : Results.Length == 1 ? "Tensor" : $"({string.Join(", ", Results.Select(_ => "Tensor"))})";
        if (Transform is not null)
        {
            text.Append("    [").Append(Transform).AppendLine("]");
            text.Append("    public virtual partial ").Append(type).Append(' ').Append(Name).Append('(').AppendJoin(", ", Arguments.Select(a => "Tensor " + a.Name)).AppendLine(");");
            return;
        }
        if (IsHelper) text.AppendLine("    [Checkpoint]");
        else text.Append("    [return: ").AppendJoin(", ", Results.Select(r => $"Shape(\"{string.Join(" ", r)}\")")).AppendLine("]");
        text.Append(IsHelper ? "    private " : "    public virtual ").Append(type).Append(' ').Append(Name).Append('(')
            .AppendJoin(", ", Arguments.Select(a => IsHelper ? $"Tensor {a.Name}" : $"[Shape(\"{string.Join(" ", a.Shape)}\")] Tensor {a.Name}")).AppendLine(")");
        text.AppendLine("    {");
        foreach (var statement in Body) statement.Print(text, "        ");
        text.Append("        return ").Append(Returned.Length == 1 ? Returned[0].Name : $"({string.Join(", ", Returned.Select(r => r.Name))})").AppendLine(";");
        text.AppendLine("    }");
    }
}

/// <summary>A random network. Its source is a function of its parts, so that a smaller one is printed by the same code.</summary>
internal sealed record FuzzProgram(string Name, FuzzMethod[] Methods)
{
    /// <summary>Children that programs use, whatever their sizes.</summary>
    public const string Children =
        """
        [Network]
        public partial class FuzzBlock(int width)
        {
            [Parameter("width width", Init = Init.Normal)] public partial Tensor Inner { get; }

            [Parameter("width", Init = 0.2)] public partial Tensor Shift { get; }

            [return: Shape("... width")]
            public virtual Tensor Forward([Shape("... width")] Tensor x) => Tanh(MatMul(x, Inner) * 0.4f + Shift) + x * 0.5f;
        }
        """;

    public string Source
    {
        get
        {
            var body = new StringBuilder();
            foreach (var method in Methods)
            {
                body.AppendLine();
                method.Print(body);
            }
            var used = body.ToString();
            var text = new StringBuilder();
            text.AppendLine("[Network]").Append("public partial class ").Append(Name).AppendLine("(int n, int m, int steps)").AppendLine("{");
            foreach (var (name, shape) in s_parameters)
                if (Mentions(used, name)) text.AppendLine($"    [Parameter(\"{shape}\", Init = Init.Normal)] public partial Tensor {name} {{ get; }}");
            if (Mentions(used, "linear")) text.AppendLine("    readonly Linear linear = new(n, m);");
            if (Mentions(used, "blocks")) text.AppendLine("    readonly FuzzBlock[] blocks = Repeat(steps, _ => new FuzzBlock(n));");
            return text.Append(used).AppendLine("}").ToString();
        }
    }

    private static bool Mentions(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
            if (!char.IsLetterOrDigit(text[at - 1]) && !char.IsLetterOrDigit(text[at + name.Length])) return true;
        return false;
    }

    private static readonly (string Name, string Shape)[] s_parameters =
    [
        ("Wn", "n n"), ("Wm", "m m"), ("Wnm", "n m"), ("Wmn", "m n"), ("Pn", "n"), ("Pm", "m"), ("Scalar", ""), ("Rows", "steps n"), ("Stack", "steps n n"),
    ];

    /// <summary>The parameter with a shape, if there is one.</summary>
    public static FuzzValue? Parameter(params string[] shape)
    {
        var (name, text) = s_parameters.FirstOrDefault(p => p.Shape == string.Join(" ", shape));
        return text is null ? null : new(name, shape);
    }

    public FuzzMethod Method(string name) => Methods.Single(m => m.Name == name);

    /// <summary>The methods without those that nothing leads to from one of them.</summary>
    public FuzzProgram Reaching(string name)
    {
        var kept = new HashSet<string> { name };
        for (var i = Methods.Length - 1; i >= 0; i--)
            if (kept.Contains(Methods[i].Name)) kept.UnionWith(Methods[i].Calls);
        return this with { Methods = [.. Methods.Where(m => kept.Contains(m.Name))] };
    }

    /// <summary>Smaller programs, the much smaller ones first: bodies cut short, loops by their bodies, statements by one of their operands.</summary>
    public IEnumerable<FuzzProgram> Smaller()
    {
        foreach (var method in Methods)
            if (Reaching(method.Name) is var reaching && reaching.Methods.Length < Methods.Length) yield return reaching;
        foreach (var method in Methods.Where(m => m.Transform is null))
        {
            foreach (var body in SmallerBodies(method.Body, [.. method.Arguments], method.Returned))
                yield return this with { Methods = [.. Methods.Select(m => m == method ? method with { Body = body } : m)] };
        }
    }

    /// <param name="returned">What is read after the body.</param>
    private static IEnumerable<FuzzStatement[]> SmallerBodies(FuzzStatement[] body, FuzzValue[] scope, FuzzValue[] returned)
    {
        for (var i = body.Length - 1; i >= 0; i--)
        {
            var statement = body[i];
            // What nothing reads goes.
            if (!body.Skip(i + 1).SelectMany(s => s.Uses).Concat(returned).Any(u => u.Name == statement.Target.Name)) yield return [.. body[..i], .. body[(i + 1)..]];
            foreach (var value in statement.Operands.Concat(scope).Concat(body[..i].Select(s => s.Target)).Append(Parameter(statement.Target.Shape)).OfType<FuzzValue>())
            {
                if (!value.HasShape(statement.Target.Shape) || statement is { Body: null, Format: "{0}" }) continue;
                yield return [.. body[..i], statement with { Format = "{0}", Operands = [value], Body = null }, .. body[(i + 1)..]];
                break;
            }
            if (statement.Body is { } inner)
                foreach (var smaller in SmallerBodies(inner, [.. scope, .. body[..i].Select(s => s.Target), statement.Target], [inner[^1].Target]))
                    yield return [.. body[..i], statement with { Body = smaller }, .. body[(i + 1)..]];
        }
    }
}
