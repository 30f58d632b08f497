using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>Attributes of the language on members that nothing reads.</summary>
internal static class Strays
{
    public static IEnumerable<Finding> Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var isNetwork = type.IsNetwork();
        var reported = isNetwork;
        foreach (var member in type.GetMembers())
        {
            if (member.IsImplicitlyDeclared || !member.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.IsGenerated())) continue;
            if (member is IMethodSymbol method && method.Attribute(Names.TensorFunctionAttribute) is not null && Function(method, cancellation) is { } function) yield return function;
            if (reported || What(member) is not { } what) continue;
            // One class lacks one attribute, however many members need it.
            reported = true;
            var finding = Finding.Of("PRX0016", member.Origin(), member.Name, what, type.Name).With([type.Origin()]);
            yield return Declaration(type, cancellation) is { } declaration ? finding.With(Repair.Insert("Add [Network]", "Add [Network]", declaration.Origin(), "[Network]\n" + Indent(declaration))) : finding;
        }
    }

    /// <summary>What a member is that only a network can have.</summary>
    private static string? What(ISymbol member) => member switch
    {
        IPropertySymbol when member.Attribute("ParameterAttribute") is not null => "a [Parameter]",
        IPropertySymbol when member.Attribute("BufferAttribute") is not null => "a [Buffer]",
        IMethodSymbol method when method.Transform() is { AttributeClass: { } attribute } => $"a [{attribute.Name.Replace("Attribute", "")}]",
        IMethodSymbol method when !method.IsTensorFunction() && method.GetReturnTypeAttributes().Any(a => a.AttributeClass.IsProxima("ShapeAttribute")) => "a method with shapes",
        _ => null,
    };

    private static Finding? Function(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.ReturnType.TypeKind == TypeKind.Error || Declaration(method, cancellation) is not MethodDeclarationSyntax syntax) return null;
        if (!method.IsStatic)
            return Finding.Of("PRX0019", method.Origin(), method.Name, "must be static").With(Repair.Insert("Add 'static'", "Add 'static'", syntax.ReturnType.Origin(), "static "));
        if (!method.ReturnType.IsTensors())
            return Finding.Of("PRX0019", syntax.ReturnType.Origin(), method.Name, "must return Tensor or a tuple of tensors");
        return null;
    }

    private static SyntaxNode? Declaration(ISymbol symbol, CancellationToken cancellation) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault(r => !r.SyntaxTree.IsGenerated())?.GetSyntax(cancellation);

    private static string Indent(SyntaxNode node) => string.Concat(node.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse());
}
