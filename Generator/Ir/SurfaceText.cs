using System.Text;

namespace Proxima.Generator.Ir;

/// <summary>Prints <see cref="Surface"/> as the C# it came from, for comments in generated code and for messages.</summary>
internal sealed class SurfaceText
{
    private const int Primary = 20;
    private const int Unary = 15;

    /// <summary>Deeper parts print as three dots: nobody reads them, and a chain of thousands must not overflow the stack.</summary>
    private const int Deepest = 60;

    private int _depth;

    private SurfaceText()
    {
    }

    /// <summary>One line of C#: <c>x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k])</c>.</summary>
    public static string ToCSharp(Surface node)
    {
        var text = new StringBuilder();
        new SurfaceText().Statement(text, node);
        return text.ToString();
    }

    private void Statement(StringBuilder text, Surface node)
    {
        switch (node.Kind)
        {
            case "let" or "assign" or "setbuffer":
                text.Append(node.Kind == "let" ? "var " : "").Append(node.Value);
                if (node.Count > 0 && node[0].Kind != "null") Append(text.Append(" = "), node[0], 0);
                break;
            case "lettuple" or "assigntuple" when node.Count == 2:
                text.Append(node.Kind == "lettuple" ? "var (" : "(");
                List(text, node[0].Items);
                Append(text.Append(") = "), node[1], 0);
                break;
            case "for" when node.Count == 4:
                var down = node[2].Value.StartsWith("-", StringComparison.Ordinal);
                Append(text.Append("for (var ").Append(node.Value).Append(" = "), node[0], 0);
                Append(text.Append("; ").Append(node.Value).Append(down ? " > " : " < "), node[1], 0);
                text.Append("; ").Append(node.Value);
                if (node[2].Value is "1" or "-1") text.Append(down ? "--" : "++");
                else Append(text.Append(" += "), node[2], 0);
                text.Append(')');
                break;
            case "foreach" when node.Count > 0:
                Append(text.Append("foreach (var ").Append(node.Value).Append(" in "), node[0], 0);
                text.Append(')');
                break;
            case "if" when node.Count > 0:
                Append(text.Append("if ("), node[0], 0);
                text.Append(')');
                break;
            case "return" when node.Count > 0:
                Append(text.Append("return "), node[0], 0);
                break;
            case "expr" when node.Count > 0:
                Append(text, node[0], 0);
                break;
            case "block":
                text.Append("{ .. }");
                break;
            default:
                Append(text, node, 0);
                break;
        }
    }

    private static int Precedence(string op) => op switch
    {
        "*" or "/" or "%" => 12,
        "+" or "-" => 11,
        "<<" or ">>" => 10,
        "<" or "<=" or ">" or ">=" => 9,
        "==" or "!=" => 8,
        "&" => 7,
        "^" => 6,
        "|" => 5,
        "&&" => 4,
        "||" => 3,
        _ => 0,
    };

    /// <summary>Appends an expression, in parentheses where it binds weaker than its surroundings.</summary>
    private void Append(StringBuilder text, Surface node, int surroundings)
    {
        var own = node.Kind switch
        {
            "binary" => Precedence(node.Value),
            "number" when IsImplicit(node) => Primary,
            "unary" or "number" or "fromend" => Unary,
            "cond" => 2,
            "lambda" => 1,
            "int" or "float" when node.Value.StartsWith("-", StringComparison.Ordinal) => Unary,
            _ => Primary,
        };
        if (_depth == Deepest)
        {
            text.Append("...");
            return;
        }
        _depth++;
        if (own < surroundings) text.Append('(');
        switch (node.Kind)
        {
            case "string":
                text.Append('"').Append(node.Value).Append('"');
                break;
            case "null":
                text.Append("null");
                break;
            case "op" when node.Value == "Embedding" && node.Count == 2 && node.Origin.IsWritten && node.Origin.Start == node[0].Origin.Start:
                // It was written x[index].
                Append(text, node[0][0], Primary);
                Append(text.Append('['), node[1][0], 0);
                text.Append(']');
                break;
            case "op" or "method" or "math":
                Call(text.Append(node.Kind == "math" ? "MathF." : "").Append(node.Value), node, node.Items);
                break;
            case "function":
                var parts = node.Value.Split('.', '+');
                Call(text.Append(string.Join(".", parts.Skip(Math.Max(0, parts.Length - 2)))), node, node.Items);
                break;
            case "child" or "childparam" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append('.').Append(node.Value);
                if (node.Kind == "child") Call(text, node, node.Items.Skip(1));
                break;
            case "self":
                text.Append("this");
                break;
            case "with" when node.Count > 0:
                if (node[0].Kind != "self") Append(text, node[0], Primary);
                text.Append(node[0].Kind == "self" ? "With(" : ".With(");
                var separator = "";
                foreach (var argument in node.Items.Skip(1).Where(a => a.Count > 0 && a[0].Kind != "null"))
                {
                    Append(text.Append(separator).Append(argument.Value).Append(": "), argument[0], 0);
                    separator = ", ";
                }
                text.Append(')');
                break;
            case "element" when node.Count > 0:
                Append(text.Append(node.Value).Append('['), node[0], 0);
                text.Append(']');
                break;
            case "arg" when node.Count > 0 && node.Value is "dim" or "dims" or "keepDim" or "correction" && node[0].Kind is "int" or "bool" or "array":
                Append(text.Append(node.Value).Append(": "), node[0], 0);
                break;
            case "arg" or "at" when node.Count > 0:
                Append(text, node[0], 0);
                break;
            case "binary" when node.Count == 2:
                Append(text, node[0], own);
                Append(text.Append(' ').Append(node.Value).Append(' '), node[1], own + 1);
                break;
            case "unary" when node.Count > 0:
                Append(text.Append(node.Value), node[0], Unary + 1);
                break;
            case "fromend" when node.Count > 0:
                Append(text.Append('^'), node[0], Unary + 1);
                break;
            case "number" when node.Count > 0 && IsImplicit(node):
                Append(text, node[0], surroundings);
                break;
            case "number" when node.Count > 0:
                Append(text.Append('(').Append(node.Value).Append(')'), node[0], Unary);
                break;
            case "index" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append('[');
                List(text, node.Items.Skip(1));
                text.Append(']');
                break;
            case "range" when node.Count == 2:
                if (node[0].Kind != "null") Append(text, node[0], Unary);
                text.Append("..");
                if (node[1].Kind != "null") Append(text, node[1], Unary);
                break;
            case "dim" when node.Count == 2:
                Append(text, node[0], Primary);
                Append(text.Append(".Dim("), node[1], 0);
                text.Append(')');
                break;
            case "rank" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append(".Rank");
                break;
            case "graphpart" or "graphsize" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append('.').Append(node.Value);
                break;
            case "tuple" or "array":
                text.Append(node.Kind == "tuple" ? '(' : '[');
                List(text, node.Items);
                text.Append(node.Kind == "tuple" ? ')' : ']');
                break;
            case "item" when node.Count == 2:
                Append(text, node[0], Primary);
                text.Append(".Item").Append(int.TryParse(node[1].Value, out var index) ? index + 1 : 0);
                break;
            case "lambda" when node.Count == 2:
                if (node[0].Count == 1) text.Append(node[0][0].Value);
                else
                {
                    text.Append('(');
                    List(text, node[0].Items);
                    text.Append(')');
                }
                Append(text.Append(" => "), node[1], 0);
                break;
            case "cond" when node.Count == 3:
                Append(text, node[0], own + 1);
                Append(text.Append(" ? "), node[1], own);
                Append(text.Append(" : "), node[2], own);
                break;
            case "cast" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append(".To(DType.").Append(node.Value).Append(')');
                break;
            case "gradient" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append('[').Append(node.Value).Append(']');
                break;
            case "gradientvalue" when node.Count > 0:
                Append(text, node[0], Primary);
                text.Append(".Value");
                break;
            default:
                text.Append(node.Value);
                break;
        }
        if (own < surroundings) text.Append(')');
        _depth--;
    }

    /// <summary>A conversion that C# makes by itself stands where its operand stands.</summary>
    private static bool IsImplicit(Surface cast) =>
        cast.Count > 0 && cast.Origin.IsWritten && cast.Origin.Start == cast[0].Origin.Start && cast.Origin.Length == cast[0].Origin.Length;

    /// <summary>The arguments as they were written, without those that have their default.</summary>
    private void Call(StringBuilder text, Surface call, IEnumerable<Surface> arguments)
    {
        text.Append('(');
        List(text, arguments.Where(a => a.Kind != "arg" || a.Origin.IsWritten || !call.Origin.IsWritten));
        text.Append(')');
    }

    private void List(StringBuilder text, IEnumerable<Surface> items)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            Append(text, item, 0);
        }
    }
}
