using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Proxima.Generator.CodeFixes;

/// <summary>What a construct outside the language becomes inside it. Each answers with the edits of the file, or null where the pattern is another.</summary>
internal static class ConstructFixes
{
    public static IEnumerable<(string Title, TextChange[] Edits)> Of(SyntaxNode node, SemanticModel model)
    {
        if (Statement(node) is { } statement) yield return statement;
        if (Expression(node, model) is { } expression) yield return expression;
    }

    private static (string, TextChange[])? Statement(SyntaxNode node)
    {
        var statement = node.FirstAncestorOrSelf<StatementSyntax>();
        return statement switch
        {
            WhileStatementSyntax loop when node.SpanStart == loop.SpanStart && CountedWhile(loop) is { } edits => ("Write it as a 'for' loop", edits),
            ForEachStatementSyntax loop when node.SpanStart == loop.SpanStart && Range(loop) is { } edits => ("Write it as a 'for' loop", edits),
            LocalFunctionStatementSyntax function when node.SpanStart == function.SpanStart && Method(function) is { } edits => ("Make it a private method", edits),
            ThrowStatementSyntax thrown when node.SpanStart == thrown.SpanStart => ("Remove it", [Without(thrown.Parent is IfStatementSyntax { Else: null } guard ? guard
                : thrown.Parent is BlockSyntax { Statements.Count: 1, Parent: IfStatementSyntax { Else: null } around } ? around : thrown)]),
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax target } assignment } when node == target && Row(assignment, target) is { } edits =>
                ("Put the rows together with Concat", edits),
            _ => null,
        };
    }

    /// <summary><c>var k = 0; while (k &lt; n) { ..; k++; }</c></summary>
    private static TextChange[]? CountedWhile(WhileStatementSyntax loop)
    {
        if (loop.Condition is not BinaryExpressionSyntax { Left: IdentifierNameSyntax counter } condition || loop.Statement is not BlockSyntax { Statements: { Count: > 0 } statements }) return null;
        var name = counter.Identifier.ValueText;
        if (statements.Last() is not ExpressionStatementSyntax { Expression: var last } step || !Steps(last, name)) return null;
        if (loop.Parent is not BlockSyntax block || block.Statements.IndexOf(loop) is not (> 0 and var at)) return null;
        if (block.Statements[at - 1] is not LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: { } start } variable] } declaration || variable.Identifier.ValueText != name) return null;
        // After the loop, the counter is another variable's business.
        if (block.Statements.Skip(at + 1).Any(s => Mentions(s, name)) || statements.Take(statements.Count - 1).Any(s => Assigns(s, name))) return null;
        var header = $"for (var {name} = {start}; {condition}; {last})";
        return [
            Without(declaration),
            new(TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End), header),
            Without(step),
        ];
    }

    private static bool Steps(ExpressionSyntax expression, string name) => expression switch
    {
        PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax i } => i.Identifier.ValueText == name,
        PrefixUnaryExpressionSyntax { Operand: IdentifierNameSyntax i } => i.Identifier.ValueText == name,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax i, RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } => i.Identifier.ValueText == name,
        _ => false,
    };

    private static bool Mentions(SyntaxNode node, string name) => node.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name);

    private static bool Assigns(SyntaxNode node, string name) => node.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(e => Steps(e, name) || e is AssignmentExpressionSyntax { Left: IdentifierNameSyntax i } && i.Identifier.ValueText == name);

    /// <summary><c>foreach (var i in Enumerable.Range(a, n))</c></summary>
    private static TextChange[]? Range(ForEachStatementSyntax loop)
    {
        if (loop.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Range", Expression: var owner }, ArgumentList.Arguments: [var start, var count] }
            || owner.ToString().Split('.').Last() != "Enumerable") return null;
        var name = loop.Identifier.ValueText;
        var end = start.ToString() == "0" ? count.ToString() : $"{start} + {(count.Expression is BinaryExpressionSyntax ? $"({count})" : count.ToString())}";
        return [new(TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End), $"for (var {name} = {start}; {name} < {end}; {name}++)")];
    }

    /// <summary>Moves a local function behind its method; one that reads locals of the method keeps C#'s complaint about them.</summary>
    private static TextChange[]? Method(LocalFunctionStatementSyntax function)
    {
        if (function.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method) return null;
        var indent = Indent(method);
        var text = function.WithModifiers([]).WithoutTrivia().ToString();
        return [Without(function), new(new TextSpan(method.Span.End, 0), $"\n\n{indent}private {text}")];
    }

    /// <summary><c>x[i] = v</c></summary>
    private static TextChange[]? Row(AssignmentExpressionSyntax assignment, ElementAccessExpressionSyntax target)
    {
        if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) || target.Expression is not IdentifierNameSyntax x || target.ArgumentList.Arguments is not [{ Expression: var at }] || at is RangeExpressionSyntax) return null;
        if (at is PrefixUnaryExpressionSyntax) return null;
        var after = at is LiteralExpressionSyntax { Token.Value: int literal } ? (literal + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) : $"({at} + 1)";
        var before = at is LiteralExpressionSyntax or IdentifierNameSyntax ? at.ToString() : $"({at})";
        return [new(assignment.Span, $"{x} = Concat([{x}[..{before}], Unsqueeze({assignment.Right}, 0), {x}[{after}..]])")];
    }

    private static (string, TextChange[])? Expression(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Shape", Parent: ElementAccessExpressionSyntax { ArgumentList.Arguments: [var index] } access } member:
                return ("Use Dim", [new(access.Span, $"{member.Expression}.Dim({(index.Expression is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.IndexExpression } end ? "-" + end.Operand : index.ToString())})")]);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Shape", Parent: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Length" } length } member:
                return ("Use Rank", [new(length.Span, $"{member.Expression}.Rank")]);
            case SwitchExpressionSyntax choice when Conditional(choice) is { } text:
                return ("Write it with '?:'", [new(choice.Span, text)]);
            case BaseObjectCreationExpressionSyntax creation when Child(creation, model) is { } edits:
                return ("Make it a child", edits);
            case IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Tensor" } } owner } name
                when name.Identifier.ValueText is "Zeros" or "Ones" or "Full" or "Arange" or "Eye":
                return ("Use the operation of Ops", [new(TextSpan.FromBounds(owner.SpanStart, name.SpanStart), "")]);
            case IdentifierNameSyntax name when model.GetSymbolInfo(name).Symbol is IMethodSymbol { IsStatic: true, IsGenericMethod: false } method && method.ReturnType.Name == "Tensor"
                && method.DeclaringSyntaxReferences is [{ } reference] && reference.SyntaxTree == node.SyntaxTree:
                var declaration = reference.GetSyntax();
                return ("Mark it [TensorFunction]", [new(new TextSpan(declaration.SpanStart, 0), "[TensorFunction] ")]);
            default:
                return null;
        }
    }

    /// <summary>A switch over constants, the rest last.</summary>
    private static string? Conditional(SwitchExpressionSyntax choice)
    {
        var text = "";
        foreach (var arm in choice.Arms)
        {
            if (arm.WhenClause is not null) return null;
            if (arm == choice.Arms.Last()) return arm.Pattern is DiscardPatternSyntax ? text + arm.Expression : null;
            var test = arm.Pattern switch
            {
                ConstantPatternSyntax constant => $"{choice.GoverningExpression} == {constant.Expression}",
                RelationalPatternSyntax relation => $"{choice.GoverningExpression} {relation.OperatorToken.ValueText} {relation.Expression}",
                _ => null,
            };
            if (test is null) return null;
            text += $"{test} ? {arm.Expression} : ";
        }
        return null;
    }

    /// <summary>A network created in a body becomes a field; its sizes must be those of the class.</summary>
    private static TextChange[]? Child(BaseObjectCreationExpressionSyntax creation, SemanticModel model)
    {
        if (creation.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method || model.GetTypeInfo(creation).Type is not { } type || creation.ArgumentList is not { } arguments) return null;
        if (!type.GetAttributes().Any(a => a.AttributeClass?.Name == "NetworkAttribute")) return null;
        if (arguments.DescendantNodes().OfType<IdentifierNameSyntax>().Any(i => model.GetSymbolInfo(i).Symbol is ILocalSymbol or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } })) return null;
        var words = method.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.DescendantTokens().Select(t => t.ValueText).ToImmutableHashSet();
        var name = char.ToLowerInvariant(type.Name[0]) + type.Name.Substring(1);
        while (words.Contains(name)) name += "1";
        return [new(new TextSpan(method.SpanStart, 0), $"readonly {type.Name} {name} = new{arguments};\n\n{Indent(method)}"), new(creation.Span, name)];
    }

    private static string Indent(SyntaxNode node) => string.Concat(node.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse());

    /// <summary>Takes a statement away, with its line where it fills one.</summary>
    private static TextChange Without(StatementSyntax statement)
    {
        var text = statement.SyntaxTree.GetText();
        TextLine first = text.Lines.GetLineFromPosition(statement.SpanStart), last = text.Lines.GetLineFromPosition(statement.Span.End);
        var fills = string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(first.Start, statement.SpanStart))) && string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(statement.Span.End, last.End)));
        if (fills) return new(TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak), "");
        var start = statement.SpanStart;
        while (start > 0 && text[start - 1] == ' ') start--;
        return new(TextSpan.FromBounds(start, statement.Span.End), "");
    }
}
