using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>
/// <c>net.With(weight: w)</c>: a network on computed parameters. With is generated, so the compilation that the generator sees lacks it; bodies that
/// mention it are read in one to which its signatures have been added.
/// </summary>
internal static class FunctionalCalls
{
    public const string Method = "With";

    /// <summary>The arguments of With, in order: one for each parameter, then one for each child and each array of children.</summary>
    public static ImmutableArray<(string Argument, string Member)> Arguments(NetworkDeclaration network) => Arguments(
        network.Parameters.Where(p => !p.IsBuffer).Select(p => p.Name).Concat(network.Children.Select(c => c.Name)));

    private static ImmutableArray<(string Argument, string Member)> Arguments(IEnumerable<string> members)
    {
        var arguments = ImmutableArray.CreateBuilder<(string Argument, string Member)>();
        // A field that is being typed may have no name yet.
        foreach (var member in members.Where(name => name.Length > 0))
        {
            var argument = char.ToLowerInvariant(member[0]) + member.Substring(1);
            while (arguments.Any(a => a.Argument == argument)) argument += "_";
            arguments.Add((argument, member));
        }
        return arguments.ToImmutable();
    }

    /// <summary>Whether a call is one of the generated With.</summary>
    public static bool IsWith(IMethodSymbol method) =>
        method is { Name: Method, IsStatic: false, MethodKind: MethodKind.Ordinary } && method.ContainingType.IsNetwork()
        && SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType) && method.DeclaringSyntaxReferences.All(r => r.SyntaxTree.IsGenerated());

    /// <summary>How the generated With is accessible: no further than the types of the children that it takes. Null where the class has a member of that name.</summary>
    public static string? Accessibility(INamedTypeSymbol type)
    {
        if (type.GetMembers(Method).Any(m => m.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.IsGenerated()))) return null;
        var widest = 2;
        foreach (var child in Children(type).Select(field => (INamedTypeSymbol)(field.Type is IArrayTypeSymbol array ? array.ElementType : field.Type)))
        {
            var own = Reach(child);
            if (own < Reach(type) || IsInside(child, type)) widest = Math.Min(widest, own);
        }
        return widest switch { 2 => "public", 1 => "internal", _ => "private" };

        static bool IsInside(INamedTypeSymbol child, INamedTypeSymbol type)
        {
            for (var outer = child.ContainingType; outer is not null; outer = outer.ContainingType)
                if (SymbolEqualityComparer.Default.Equals(outer, type)) return true;
            return false;
        }
    }

    /// <summary>2 for what everybody sees, 1 for what the assembly sees.</summary>
    private static int Reach(INamedTypeSymbol type)
    {
        var reach = 2;
        for (ISymbol symbol = type; symbol is INamedTypeSymbol; symbol = symbol.ContainingType)
        {
            reach = Math.Min(reach, symbol.DeclaredAccessibility switch
            {
                Microsoft.CodeAnalysis.Accessibility.Public => 2,
                Microsoft.CodeAnalysis.Accessibility.Internal or Microsoft.CodeAnalysis.Accessibility.ProtectedOrInternal => 1,
                _ => 0,
            });
        }
        return reach;
    }

    private static IEnumerable<IFieldSymbol> Children(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic && (field.Type is IArrayTypeSymbol array ? array.ElementType : field.Type).IsNetwork());

    /// <summary>A class in a compilation in which the Withs that its bodies may call are known.</summary>
    public static (INamedTypeSymbol Type, Compilation Compilation) Complete(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var parts = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Where(n => !n.SyntaxTree.IsGenerated()).ToImmutableArray();
        if (!parts.Any(Mentions)) return (type, compilation);
        var missing = type.GetMembers().OfType<IFieldSymbol>().Select(field => field.Type is IArrayTypeSymbol { ElementType: var element } ? element : field.Type).Prepend(type)
            .OfType<INamedTypeSymbol>().Where(t => t.IsNetwork() && t.Arity == 0 && t.DeclaringSyntaxReferences.Length > 0 && t.GetMembers(Method).IsEmpty)
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray();
        if (missing.IsEmpty) return (type, compilation);
        var text = new StringBuilder("#nullable enable\n");
        foreach (var network in missing) Declare(text, network);
        var tree = CSharpSyntaxTree.ParseText(text.ToString(), (CSharpParseOptions)parts[0].SyntaxTree.Options, Method + Names.GeneratedSuffix, Encoding.UTF8, cancellation);
        var completed = compilation.AddSyntaxTrees(tree);
        return completed.GetSemanticModel(parts[0].SyntaxTree).GetDeclaredSymbol(parts[0], cancellation) is INamedTypeSymbol again ? (again, completed) : (type, compilation);
    }

    private static bool Mentions(SyntaxNode part) => part.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText == Method,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText == Method,
        _ => false,
    });

    private static void Declare(StringBuilder text, INamedTypeSymbol type)
    {
        var tensors = type.GetMembers().OfType<IPropertySymbol>().Where(p => p.Attribute("ParameterAttribute") is not null).Select(p => p.Name).Distinct().ToList();
        var children = Children(type).GroupBy(field => field.Name).ToDictionary(same => same.Key, same => same.First().Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));
        var closing = 0;
        if (type.ContainingNamespace is { IsGlobalNamespace: false } space)
        {
            text.Append("namespace ").Append(space.ToDisplayString()).Append(" { ");
            closing++;
        }
        foreach (var header in type.Containers().Add("partial class " + Names.Identifier(type.Name)))
        {
            text.Append(header).Append(" { ");
            closing++;
        }
        var arguments = Arguments(tensors.Concat(children.Keys)).Select(a => $"{(children.TryGetValue(a.Member, out var child) ? child : "global::Proxima.Tensor")}? {Names.Identifier(a.Argument)} = null");
        text.Append("public ").Append(type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)).Append(' ').Append(Method).Append('(').Append(string.Join(", ", arguments)).Append(") => throw null!;")
            .Append('}', closing).Append('\n');
    }
}
