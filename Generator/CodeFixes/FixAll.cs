using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Proxima.Generator.CodeFixes;

/// <summary>
/// Mends every place that a fix applies to, in one change per file; where two would edit the same text the first does. <c>dotnet format</c> asks with the
/// key of whichever fix it came across first, of any rule; it then gets the first fix of every finding.
/// </summary>
internal sealed class FixAll : DocumentBasedFixAllProvider
{
    public static readonly FixAll Instance = new();

    /// <summary>What tells the fixes of a rule apart when all of one kind are asked for.</summary>
    public static string Key(Diagnostic diagnostic, string kind) => $"{diagnostic.Id} {kind}";

    /// <inheritdoc/>
    protected override async Task<Document?> FixAllAsync(FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var cancellation = context.CancellationToken;
        var changes = new List<TextChange>();
        foreach (var diagnostic in diagnostics.OrderBy(d => d.Location.SourceSpan))
        {
            var fixes = new List<CodeAction>();
            await context.CodeFixProvider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (fix, _) => fixes.Add(fix), cancellation)).ConfigureAwait(false);
            var isOfRule = context.CodeActionEquivalenceKey?.StartsWith(Key(diagnostic, ""), StringComparison.Ordinal) == true;
            if (fixes.Find(fix => !isOfRule || fix.EquivalenceKey == context.CodeActionEquivalenceKey) is not { } chosen) continue;
            foreach (var operation in (await chosen.GetOperationsAsync(cancellation).ConfigureAwait(false)).OfType<ApplyChangesOperation>())
            {
                if (operation.ChangedSolution.GetDocument(document.Id) is not { } mended) continue;
                var edits = (await mended.GetTextChangesAsync(document, cancellation).ConfigureAwait(false)).ToList();
                if (!edits.Exists(edit => changes.Exists(other => other.Span.IntersectsWith(edit.Span)))) changes.AddRange(edits);
            }
        }
        return document.WithText((await document.GetTextAsync(cancellation).ConfigureAwait(false)).WithChanges(changes.OrderBy(change => change.Span)));
    }
}
