using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Frontend;

namespace Proxima.Generator.Analyzers;

/// <summary>
/// Silences "parameter is captured into the state of the enclosing type and its value is also used to initialize a field" in networks: a size is
/// never reassigned, so the two copies cannot differ.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConstructorCaptureSuppressor : DiagnosticSuppressor
{
    private const string Justification = "The sizes of a network never change.";

    private static readonly SuppressionDescriptor s_capturedAndUsed = new("PRXS001", "CS9124", Justification);
    private static readonly SuppressionDescriptor s_unread = new("PRXS002", "CS9113", "Generated code reads the sizes of a network.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [s_capturedAndUsed, s_unread];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree) continue;
            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan);
            if (node.FirstAncestorOrSelf<ClassDeclarationSyntax>() is not { } declaration) continue;
            var type = context.GetSemanticModel(tree).GetDeclaredSymbol(declaration, context.CancellationToken);
            if (!type.IsNetwork()) continue;
            var descriptor = diagnostic.Id == s_capturedAndUsed.SuppressedDiagnosticId ? s_capturedAndUsed : s_unread;
            context.ReportSuppression(Suppression.Create(descriptor, diagnostic));
        }
    }
}
