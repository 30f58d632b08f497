using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Analyzers;
using Proxima.Generator.Ir;

namespace Proxima.Generator.CodeFixes;

/// <summary>
/// Mends what can be mended mechanically: what the analyzer says to write (see <see cref="Repair"/>), a missing <c>virtual</c>, <c>partial</c> or
/// <c>[Shape]</c>, and constructs outside the language that have a counterpart in it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NetworkCodeFixes)), Shared]
public sealed class NetworkCodeFixes : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. Diagnostics.All.Select(rule => rule.Id)];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAll.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            foreach (var repair in Repairs(diagnostic))
                context.RegisterCodeFix(CodeAction.Create(repair.Title, cancellation => Apply(context.Document, repair, cancellation), FixAll.Key(diagnostic, repair.Key)), diagnostic);
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (diagnostic.Id is "PRX0005" or "PRX0006" or "PRX0007" && await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model)
            {
                foreach (var (title, edits) in ConstructFixes.Of(node, model))
                    context.RegisterCodeFix(CodeAction.Create(title, cancellation => Apply(context.Document, edits, cancellation), FixAll.Key(diagnostic, title)), diagnostic);
            }
            switch (diagnostic.Id)
            {
                case "PRX0001" when node is TypeDeclarationSyntax type && !Has(type, SyntaxKind.PartialKeyword):
                    Offer("Add 'partial'", root => Modify(root, type, SyntaxKind.PartialKeyword));
                    break;
                case "PRX0002" or "PRX0010" when node is MethodDeclarationSyntax method:
                    if (diagnostic.Id == "PRX0010" && method.Body is null && method.ExpressionBody is null && !Has(method, SyntaxKind.PartialKeyword))
                        Offer("Add 'partial'", root => Modify(root, method, SyntaxKind.PartialKeyword));
                    else if (!Has(method, SyntaxKind.VirtualKeyword) && (diagnostic.Id == "PRX0002" || Has(method, SyntaxKind.PartialKeyword)))
                        Offer("Add 'virtual'", root => Modify(root, method, SyntaxKind.VirtualKeyword));
                    break;
                case "PRX0004" when node is ParameterSyntax argument:
                    Offer("Add [Shape]", root => root.ReplaceNode(argument, WithShape(argument)));
                    break;
                case "PRX0135" when node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is { NameEquals: { } option } argument:
                    Offer($"Leave out '{option.Name}'", root => root.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
                    break;
                case "PRX0004" when node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && ResultCount(method) - ShapeCount(method) is > 0 and var missing:
                    Offer("Add [return: Shape]", root => root.ReplaceNode(method, WithResultShapes(method, missing)));
                    break;
            }

            void Offer(string title, Func<SyntaxNode, SyntaxNode> mend) => context.RegisterCodeFix(
                CodeAction.Create(title, cancellation => Task.FromResult(context.Document.WithSyntaxRoot(mend(root))), FixAll.Key(diagnostic, title)), diagnostic);
        }
    }

    private static bool Has(MemberDeclarationSyntax member, SyntaxKind modifier) => member.Modifiers.Any(modifier);

    /// <summary>Adds a modifier where C# wants it: <c>partial</c> last, <c>virtual</c> before it.</summary>
    private static SyntaxNode Modify(SyntaxNode root, MemberDeclarationSyntax member, SyntaxKind modifier)
    {
        var token = SyntaxFactory.Token(modifier).WithTrailingTrivia(SyntaxFactory.Space);
        var partial = member.Modifiers.IndexOf(SyntaxKind.PartialKeyword);
        if (member.Modifiers.Count > 0)
            return root.ReplaceNode(member, member.WithModifiers(partial >= 0 ? member.Modifiers.Insert(partial, token) : member.Modifiers.Add(token)));
        // The first modifier takes the place of what it stands in front of.
        var first = member.AttributeLists.Count > 0 ? member.AttributeLists.Last().GetLastToken().GetNextToken() : member.GetFirstToken();
        var bare = member.ReplaceToken(first, first.WithLeadingTrivia());
        return root.ReplaceNode(member, bare.WithModifiers([token.WithLeadingTrivia(first.LeadingTrivia)]));
    }

    private static AttributeSyntax ShapeAttribute() => SyntaxFactory.Attribute(
        SyntaxFactory.IdentifierName("Shape"),
        SyntaxFactory.AttributeArgumentList([SyntaxFactory.AttributeArgument(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal("")))]));

    private static ParameterSyntax WithShape(ParameterSyntax argument) => argument
        .WithoutLeadingTrivia()
        .WithAttributeLists(argument.AttributeLists.Insert(0, SyntaxFactory.AttributeList([ShapeAttribute()]).WithTrailingTrivia(SyntaxFactory.Space)))
        .WithLeadingTrivia(argument.GetLeadingTrivia());

    private static int ResultCount(MethodDeclarationSyntax method) => method.ReturnType is TupleTypeSyntax tuple ? tuple.Elements.Count : 1;

    private static int ShapeCount(MethodDeclarationSyntax method) => method.AttributeLists
        .Where(list => list.Target?.Identifier.IsKind(SyntaxKind.ReturnKeyword) == true)
        .Sum(list => list.Attributes.Count(a => a.Name.ToString().Split('.').Last() is "Shape" or "ShapeAttribute"));

    private static MethodDeclarationSyntax WithResultShapes(MethodDeclarationSyntax method, int count)
    {
        var target = SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(SyntaxKind.ReturnKeyword)).WithTrailingTrivia(SyntaxFactory.Space);
        var separator = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        var shapes = SyntaxFactory.SeparatedList(Enumerable.Repeat(0, count).Select(_ => ShapeAttribute()), Enumerable.Repeat(separator, count - 1));
        var indent = SyntaxFactory.TriviaList(method.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)));
        var list = SyntaxFactory.AttributeList(target, shapes)
            .WithTrailingTrivia(method.SyntaxTree.GetText().Lines is { Count: > 1 } lines ? LineEnd(lines[0]) : SyntaxFactory.LineFeed);
        var leading = method.GetLeadingTrivia();
        return method.WithoutLeadingTrivia().WithLeadingTrivia(indent)
            .WithAttributeLists(method.WithoutLeadingTrivia().WithLeadingTrivia(indent).AttributeLists.Insert(0, list))
            .WithLeadingTrivia(leading);
    }

    private static SyntaxTrivia LineEnd(TextLine line) =>
        line.EndIncludingLineBreak - line.End == 2 ? SyntaxFactory.CarriageReturnLineFeed : SyntaxFactory.LineFeed;

    /// <summary>What the analyzer says to write.</summary>
    private static IEnumerable<Repair> Repairs(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(CompilationChecker.RepairsKey, out var repairs) && repairs is not null ? Repair.Read(repairs) : [];

    private static async Task<Document> Apply(Document document, IEnumerable<TextChange> edits, CancellationToken cancellation) =>
        document.WithText((await document.GetTextAsync(cancellation).ConfigureAwait(false)).WithChanges(edits.OrderBy(e => e.Span.Start)));

    private static async Task<Document> Apply(Document document, Repair repair, CancellationToken cancellation)
    {
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var whole = text.ToString();
        return document.WithText(text.WithChanges(repair.Edits.OrderBy(e => e.At.Start).Select(e => new TextChange(new TextSpan(e.At.Start, e.At.Length), e.In(whole)))));
    }
}
