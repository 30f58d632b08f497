using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Proxima.Generator.Frontend;

/// <summary>One version of a file, bodies and comments left out: what it declares, and which of its types may be the language's.</summary>
internal sealed class Outline
{
    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_outlines = new();
    private static readonly ImmutableHashSet<string> s_attributes = ["Network", Names.NetworkAttribute, "TensorFunction", Names.TensorFunctionAttribute];

    private readonly ImmutableArray<(TypeDeclarationSyntax Type, ImmutableArray<string> Attributes)> _types;

    private Outline(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = tree.GetRoot(cancellation);
        var declarations = root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax).ToList();
        var aliases = declarations.OfType<UsingDirectiveSyntax>().Where(alias => alias.Alias is not null && s_attributes.Contains(LastName(alias.Name)))
            .ToLookup(alias => alias.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword), alias => alias.Alias!.Name.Identifier.ValueText);
        GlobalAliases = [.. aliases[true]];
        _types = [.. declarations.OfType<TypeDeclarationSyntax>().Select(type => (type, Attributes(type, aliases[false]))).Where(type => type.Item2.Length > 0)];
        Signature = Signature.Of((CompilationUnitSyntax)root, declarations, (CSharpParseOptions)tree.Options);
    }

    public Signature Signature { get; }

    /// <summary>The names that the file gives to attributes of the language for the whole project.</summary>
    public ImmutableArray<string> GlobalAliases { get; }

    public static Outline Of(SyntaxTree tree, CancellationToken cancellation) =>
        s_outlines.TryGetValue(tree, out var known) ? known : s_outlines.GetValue(tree, t => new Outline(t, cancellation));

    /// <summary>The types that bear an attribute with a name of the language's, or have a method that does. Only their symbols say whether it is the language's.</summary>
    public IEnumerable<TypeDeclarationSyntax> Candidates(IReadOnlyCollection<string> globalAliases) =>
        _types.Where(type => type.Attributes.Any(name => s_attributes.Contains(name) || globalAliases.Contains(name))).Select(type => type.Type);

    /// <summary>The names of the attributes of a type and of its methods.</summary>
    private static ImmutableArray<string> Attributes(TypeDeclarationSyntax type, IEnumerable<string> aliases) =>
        [.. type.AttributeLists.Concat(type.Members.OfType<MethodDeclarationSyntax>().SelectMany(method => method.AttributeLists))
            .SelectMany(list => list.Attributes).Select(attribute => LastName(attribute.Name)).Select(name => aliases.Contains(name) ? "Network" : name).Distinct()];

    private static string LastName(NameSyntax? name) => name switch
    {
        QualifiedNameSyntax { Right: var right } => right.Identifier.ValueText,
        AliasQualifiedNameSyntax { Name: var last } => last.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
