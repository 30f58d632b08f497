using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Proxima.Generator.CodeFixes;

/// <summary>On a compiled method: declares its gradient, or makes it, with the parameters that only it reads, a child network.</summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(NetworkRefactorings)), Shared]
public sealed class NetworkRefactorings : CodeRefactoringProvider
{
    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root) return;
        if (root.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Parent: ClassDeclarationSyntax type } method) return;
        // In the body other refactorings have their say.
        if (context.Span.Start > method.ParameterList.Span.End || !Has(type.AttributeLists, "Network") || (method.Body is null && method.ExpressionBody is null)) return;
        foreach (var (title, edits) in Gradients(type, method)) Offer(title, edits);
        if (Child(type, method) is { } child) Offer($"Extract '{method.Identifier.ValueText}' into a child network", child);

        void Offer(string title, TextChange[] edits) => context.RegisterRefactoring(CodeAction.Create(title, async cancellation =>
            context.Document.WithText((await context.Document.GetTextAsync(cancellation).ConfigureAwait(false)).WithChanges(edits.OrderBy(e => e.Span.Start))), title));
    }

    private static bool Has(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.Any(list => list.Attributes.Any(a => a.Name.ToString().Split('.').Last() is var written && (written == name || written == name + "Attribute")));

    // ---- Gradients ----

    private static IEnumerable<(string Title, TextChange[] Edits)> Gradients(ClassDeclarationSyntax type, MethodDeclarationSyntax method)
    {
        if (Shape(method) != "") yield break;
        var name = method.Identifier.ValueText;
        yield return ($"Declare the gradient of '{name}' by all parameters", [Declared($"[Gradient(of: nameof({name}))]", "Gradients", name + "Gradient")]);
        foreach (var argument in method.ParameterList.Parameters)
        {
            if (argument.Type?.ToString() != "Tensor" || argument.AttributeLists.ToString().Contains("DType.Int64") || argument.AttributeLists.ToString().Contains("DType.Bool")) continue;
            var by = argument.Identifier.ValueText;
            yield return ($"Declare the gradient of '{name}' by '{by}'",
                [Declared($"[Gradient(of: nameof({name}), wrt: \"{by}\")]", "Tensor", $"{name}By{char.ToUpperInvariant(by[0])}{by.Substring(1)}")]);
        }

        TextChange Declared(string attribute, string result, string wanted)
        {
            var indent = Indent(method);
            var arguments = string.Join(", ", method.ParameterList.Parameters.Select(p => $"{p.Type} {p.Identifier}"));
            return new(new TextSpan(method.Span.End, 0), $"\n\n{indent}{attribute}\n{indent}{Access(method)}virtual partial {result} {Free(type, wanted)}({arguments});");
        }
    }

    /// <summary>The shape of the only result, or null.</summary>
    private static string? Shape(MethodDeclarationSyntax method)
    {
        var shapes = method.AttributeLists.Where(list => list.Target?.Identifier.IsKind(SyntaxKind.ReturnKeyword) == true).SelectMany(list => list.Attributes).ToList();
        return shapes.Count == 1 && shapes[0].ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token.Value: string text } ? text : null;
    }

    // ---- Children ----

    /// <summary>The edits that move a method into a network of its own; null where it reads more of its class than sizes and parameters of its own.</summary>
    private static TextChange[]? Child(ClassDeclarationSyntax type, MethodDeclarationSyntax method)
    {
        if (type.ParameterList is not { } constructor || !method.Modifiers.Any(SyntaxKind.VirtualKeyword)) return null;
        var words = Words(method);
        var properties = type.Members.OfType<PropertyDeclarationSyntax>().Where(p => Has(p.AttributeLists, "Parameter") && words.Contains(p.Identifier.ValueText)).ToList();
        if (properties.Count == 0) return null;
        // Everything else of the class that the method names, and every other reader of its parameters, ties it to the class.
        foreach (var member in type.Members)
        {
            if (member == method || properties.Contains(member)) continue;
            if (NamesOf(member).Any(words.Contains) || properties.Any(p => Words(member).Contains(p.Identifier.ValueText))) return null;
        }
        var name = method.Identifier.ValueText;
        var used = properties.Aggregate(words, (all, p) => { all.UnionWith(Words(p)); return all; });
        var sizes = constructor.Parameters.Where(p => used.Contains(p.Identifier.ValueText)).ToList();
        var child = Free(type, name + "Layer");
        var field = char.ToLowerInvariant(child[0]) + child.Substring(1);
        var outer = Indent(type);
        var moved = method.WithIdentifier(SyntaxFactory.Identifier("Forward")).WithoutTrivia().ToFullString();
        var parts = string.Join("\n", properties.Select(p => $"{outer}    {p.WithoutTrivia().ToFullString()}"));
        var text = $"\n\n{outer}[Network]\n{outer}{Access(type)}partial class {child}({string.Join(", ", sizes.Select(p => p.WithDefault(null).WithoutTrivia().ToString().Trim()))})\n{outer}{{\n{parts}\n\n{outer}    {moved}\n{outer}}}";
        var call = $"=> {field}.Forward({string.Join(", ", method.ParameterList.Parameters.Select(p => p.Identifier.ValueText))});";
        var body = method.Body is { } block ? block.Span : TextSpan.FromBounds(method.ExpressionBody!.SpanStart, method.SemicolonToken.Span.End);
        var edits = new List<TextChange>
        {
            new(properties[0].Span, $"readonly {child} {field} = new({string.Join(", ", sizes.Select(p => p.Identifier.ValueText))});"),
            new(body, call),
            new(new TextSpan(type.Span.End, 0), text),
        };
        edits.AddRange(properties.Skip(1).Select(p => new TextChange(p.FullSpan, "")));
        return [.. edits];
    }

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(v => v.Identifier.ValueText),
        _ => [],
    };

    /// <summary>Every identifier, and every word of a string.</summary>
    private static HashSet<string> Words(SyntaxNode node)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken)) words.Add(token.ValueText);
            if (token.IsKind(SyntaxKind.StringLiteralToken)) words.UnionWith(token.ValueText.Split(' ', '*', '+', '-', '/', '%', '(', ')', ',', '.'));
        }
        return words;
    }

    private static string Free(ClassDeclarationSyntax type, string wanted)
    {
        var words = Words(type.SyntaxTree.GetRoot());
        while (words.Contains(wanted)) wanted += "2";
        return wanted;
    }

    private static string Access(MemberDeclarationSyntax member) =>
        string.Concat(member.Modifiers.Where(m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.PrivateKeyword).Select(m => m.ValueText + " "));

    private static string Indent(SyntaxNode node) => string.Concat(node.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse());
}
