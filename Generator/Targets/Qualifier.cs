using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Targets;

/// <summary>
/// Writes external names in full where the user's class means something else by them. Printers need not know: this reads what they printed, and only
/// for the few networks that have such names.
/// </summary>
internal static class Qualifier
{
    /// <summary>What printers call on arguments and parameters, and never on a type.</summary>
    private static readonly HashSet<string> s_onTensors = new(StringComparer.Ordinal) { "Dim", "Shape", "Rank", "Length", "Pointer", "Clone", "To", "DType", "AsSpan", "CopyFrom" };

    /// <param name="isReference">The source is run by the declared class itself, and reads its children.</param>
    public static string Apply(string source, NetworkDeclaration network, bool isReference)
    {
        if (network.Hidden.Count == 0) return source;
        var hidden = new HashSet<string>(network.Hidden, StringComparer.Ordinal);
        var root = CSharpSyntaxTree.ParseText(source, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview)).GetRoot();
        foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => hidden.Contains(name.Identifier.ValueText) && IsExternal(name, network, isReference)).OrderByDescending(name => name.SpanStart))
        {
            var text = name.Identifier.ValueText;
            var full = ExternalNames.Full(text) ?? "global::Proxima.Ops." + text;
            source = source.Remove(name.Identifier.SpanStart, name.Identifier.Span.Length).Insert(name.Identifier.SpanStart, full);
        }
        return source;
    }

    /// <summary>Is the name that of a type, or of an operation, and not a member's of the class?</summary>
    private static bool IsExternal(SimpleNameSyntax name, NetworkDeclaration network, bool isReference)
    {
        var text = name.Identifier.ValueText;
        switch (name.Parent)
        {
            case MemberAccessExpressionSyntax access when access.Name == name:
            case QualifiedNameSyntax qualified when qualified.Right == name:
            case AliasQualifiedNameSyntax or NameColonSyntax or NameEqualsSyntax or UsingDirectiveSyntax:
            // The compiled classes derive from the network, whatever its name.
            case SimpleBaseTypeSyntax when text == network.Name:
                return false;
            // Only the bodies of transforms call operations; elsewhere it is a call of the class's own method.
            case InvocationExpressionSyntax invocation when invocation.Expression == name:
                return isReference && ExternalNames.IsOperation(text);
            // first.Weight, where a child is called like a type.
            case MemberAccessExpressionSyntax access:
                return ExternalNames.Full(text) is not null && !s_onTensors.Contains(access.Name.Identifier.ValueText) && !(isReference && network.Children.Any(child => child.Name == text));
            default:
                return ExternalNames.Full(text) is not null && (SyntaxFacts.IsInTypeOnlyContext(name) || name is GenericNameSyntax);
        }
    }
}
