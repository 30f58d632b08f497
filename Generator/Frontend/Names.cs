using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>The language's types and attributes, recognised by name: a symbol of a rebuilt Proxima compares like any other.</summary>
internal static class Names
{
    public const string NetworkAttribute = "NetworkAttribute";
    public const string TensorFunctionAttribute = "TensorFunctionAttribute";
    public const string CustomGradient = "CustomGradientAttribute";
    public const string ProxRule = "ProxRuleAttribute";

    /// <summary>What every file that the generator adds ends with; the front end never reads them.</summary>
    public const string GeneratedSuffix = ".proxima.g.cs";

    public static bool IsProxima(this ITypeSymbol? type, string name) =>
        type is INamedTypeSymbol { Arity: 0, ContainingType: null } named && named.Name == name && named.ContainingNamespace.IsProxima();

    public static bool IsProxima(this INamespaceSymbol? space) =>
        space is { Name: "Proxima", ContainingNamespace.IsGlobalNamespace: true };

    public static bool IsTensor(this ITypeSymbol? type) => type.IsProxima("Tensor");

    public static bool IsGraph(this ITypeSymbol? type) => type.IsProxima(GraphPart.Graph);

    public static bool IsNumber(this ITypeSymbol? type) => type?.SpecialType
        is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Boolean;

    public static bool IsInteger(this ITypeSymbol? type) => type?.SpecialType
        is SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16
        or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64;

    public static bool IsFloating(this ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double;

    public static bool IsIndexOrRange(this ITypeSymbol? type) =>
        type is { Name: "Index" or "Range", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    public static bool IsNetwork(this ITypeSymbol? type) => type is INamedTypeSymbol && type.Attribute(NetworkAttribute) is not null;

    public static bool IsTensorFunction(this IMethodSymbol method) => method.IsStatic && method.Attribute(TensorFunctionAttribute) is not null;

    /// <summary>Whether a class declares something in the language: it is a network, or holds functions.</summary>
    public static bool HasDeclaration(this INamedTypeSymbol type) => type.IsNetwork() || type.GetMembers().Any(member => member is IMethodSymbol method && method.IsTensorFunction());

    /// <summary>A tensor, or a tuple of tensors.</summary>
    public static bool IsTensors(this ITypeSymbol type) =>
        type.IsTensor() || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => e.Type.IsTensor()));

    public static AttributeData? Attribute(this ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
            if (attribute.AttributeClass.IsProxima(name)) return attribute;
        return null;
    }

    /// <summary>The attribute that makes a partial method a transform: one of Proxima's whose constructor names the method to derive from.</summary>
    public static AttributeData? Transform(this IMethodSymbol method)
    {
        foreach (var attribute in method.GetAttributes())
            if (attribute.AttributeClass is { } type && type.IsTransformAttribute() && !type.IsRule()) return attribute;
        return null;
    }

    /// <summary>The attribute by which a method with a body declares something of another one, instead of deriving it.</summary>
    public static AttributeData? Rule(this IMethodSymbol method)
    {
        foreach (var attribute in method.GetAttributes())
            if (attribute.AttributeClass is { } type && type.IsRule()) return attribute;
        return null;
    }

    private static bool IsRule(this INamedTypeSymbol type) => type.IsProxima(CustomGradient) || type.IsProxima(ProxRule);

    public static bool IsTransformAttribute(this INamedTypeSymbol type)
    {
        for (var b = type.BaseType; b is not null; b = b.BaseType)
            if (b.IsProxima("TransformAttribute")) return true;
        return type.ContainingNamespace.IsProxima() && type.InstanceConstructors.Any(c => c.Parameters.Any(p => p.Name.IsSource()));
    }

    /// <summary>The parameter of a transform's attribute that names the method to derive from: an algorithm's is the smooth function.</summary>
    public static bool IsSource(this string parameter) => parameter is "of" or "smooth";

    /// <summary>Whether a body can call a method: it is declared in the language and gives tensors, or is a private helper on numbers.</summary>
    public static bool IsCompiled(this IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.Ordinary || method.IsImplicitlyDeclared) return false;
        if (method.IsStatic) return method.IsTensorFunction();
        if (!method.ContainingType.IsNetwork()) return false;
        if (method.Transform() is not null) return true;
        if (method.IsAbstract || method.IsExtern) return false;
        return method.ReturnType.IsTensors() || (method.DeclaredAccessibility == Accessibility.Private && method.ReturnType.IsNumber());
    }

    /// <summary>Metadata name with namespace and containing types: <c>Ns.Outer+Inner</c>.</summary>
    public static string FullName(this INamedTypeSymbol type)
    {
        if (type.ContainingType is { } outer) return outer.FullName() + "+" + type.MetadataName;
        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + type.MetadataName : type.MetadataName;
    }

    /// <summary>The headers of the types around a type, outermost first.</summary>
    public static ImmutableArray<string> Containers(this INamedTypeSymbol of)
    {
        var headers = ImmutableArray.CreateBuilder<string>();
        for (var type = of.ContainingType; type is not null; type = type.ContainingType)
        {
            var keyword = (type.IsRecord, type.TypeKind) switch
            {
                (true, TypeKind.Struct) => "record struct",
                (true, _) => "record",
                (_, TypeKind.Struct) => "struct",
                (_, TypeKind.Interface) => "interface",
                _ => "class",
            };
            headers.Insert(0, $"partial {keyword} {Identifier(type.Name)}");
        }
        return headers.ToImmutable();
    }

    public static bool IsGenerated(this SyntaxTree tree) => tree.FilePath.EndsWith(GeneratedSuffix, StringComparison.Ordinal);

    /// <summary>Where a symbol's name is written.</summary>
    public static Origin Origin(this ISymbol symbol)
    {
        foreach (var location in symbol.Locations)
            if (location.SourceTree is { } tree && !tree.IsGenerated()) return Origin(tree, location.SourceSpan);
        return Ir.Origin.None;
    }

    public static Origin Origin(this SyntaxNode node) => Origin(node.SyntaxTree, node.Span);

    public static Origin Origin(this SyntaxToken token) => Origin(token.SyntaxTree!, token.Span);

    private static Origin Origin(SyntaxTree tree, Microsoft.CodeAnalysis.Text.TextSpan span) =>
        new(tree.FilePath, span.Start, span.Length, tree.GetText().Lines.GetLineFromPosition(span.Start).LineNumber + 1);

    /// <summary>Where an argument of an attribute is written: the name inside nameof, else the expression; the attribute itself where it is absent.</summary>
    public static Origin ArgumentOrigin(this AttributeData attribute, string? name, CancellationToken cancellation)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax) return Ir.Origin.None;
        var arguments = syntax.ArgumentList?.Arguments ?? default;
        var position = 0;
        foreach (var argument in arguments)
        {
            var written = argument.NameColon?.Name.Identifier.ValueText ?? argument.NameEquals?.Name.Identifier.ValueText;
            if (written is null && attribute.AttributeConstructor is { } constructor && position < constructor.Parameters.Length)
                written = constructor.Parameters[position].Name;
            position++;
            if (name is not null && written != name) continue;
            return argument.Expression is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } nameOf
                && nameOf.ArgumentList.Arguments.Count == 1
                ? nameOf.ArgumentList.Arguments[0].Expression.Origin()
                : argument.Expression.Origin();
        }
        return syntax.Origin();
    }

    /// <summary>Where the element of a <c>params</c> argument is written; the attribute itself where they are given as one array.</summary>
    public static Origin ArgumentOrigin(this AttributeData attribute, int element, CancellationToken cancellation)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax) return Ir.Origin.None;
        var written = syntax.ArgumentList?.Arguments ?? default;
        return written.Count == attribute.ConstructorArguments[0].Values.Length ? written[element].Expression.Origin() : syntax.Origin();
    }

    /// <summary>A type as the signature of a generated method writes it.</summary>
    public static string Written(this ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
            return "(" + string.Join(", ", tuple.TupleElements.Select(e => e.IsExplicitlyNamedTupleElement ? e.Type.Written() + " " + Identifier(e.Name) : e.Type.Written())) + ")";
        if (type.ContainingNamespace.IsProxima() && type.ContainingType is null) return type.Name;
        return type.ToDisplayString(type.SpecialType == SpecialType.None ? SymbolDisplayFormat.FullyQualifiedFormat : SymbolDisplayFormat.MinimallyQualifiedFormat);
    }

    /// <summary>A name as an identifier of C#: <c>in</c> needs its <c>@</c>.</summary>
    public static string Identifier(string name) => IsKeyword(name) ? "@" + name : name;

    /// <summary>A metadata name as C# writes it: <c>global::Space.Outer.Inner</c>.</summary>
    public static string Global(string fullName) => "global::" + string.Join(".", fullName.Split('.', '+').Select(Identifier));

    /// <summary>A word that C# keeps for itself everywhere.</summary>
    public static bool IsKeyword(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None;

    public static string Written(this Accessibility accessibility) => accessibility switch
    {
        Accessibility.Public => "public",
        Accessibility.Internal => "internal",
        Accessibility.Protected => "protected",
        Accessibility.ProtectedOrInternal => "protected internal",
        Accessibility.ProtectedAndInternal => "private protected",
        _ => "private",
    };
}
