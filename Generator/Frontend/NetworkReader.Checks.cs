using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Frontend;

/// <summary>What a declaration may look like in C# and still says nothing that can be compiled.</summary>
internal sealed partial class NetworkReader
{
    /// <summary>The nested classes that the generator adds.</summary>
    private static readonly ImmutableArray<string> s_targets = ["Cpu", "Gpu", "Torch"];

    // ---- Members ----

    /// <summary>Names that the generated part of the class needs.</summary>
    private void CheckNames(List<ISymbol> members)
    {
        if (s_targets.Contains(_type.Name)) Report("PRX0020", _type.Origin(), _type.Name, "the generator nests a class of that name in it");
        var storage = members.OfType<IPropertySymbol>().Where(p => p.Attribute("ParameterAttribute") is not null || p.Attribute("BufferAttribute") is not null)
            .ToLookup(p => "_" + char.ToLowerInvariant(p.Name[0]) + p.Name.Substring(1), p => p.Name);
        foreach (var member in _type.GetMembers().Where(m => !m.IsImplicitlyDeclared && IsWritten(m)))
        {
            // A written part of a target class adds to the generated one.
            if (s_targets.Contains(member.Name) && member is not INamedTypeSymbol { TypeKind: TypeKind.Class } || member is IMethodSymbol { Name: "Visit" or "CreateTwin" })
                Report("PRX0020", member.Origin(), member.Name, "the generator declares a member of that name");
            else if (member is IFieldSymbol && storage[member.Name].FirstOrDefault() is { } property)
                Report("PRX0020", member.Origin(), member.Name, $"it is the storage of '{property}'");
        }
    }

    /// <summary>Sizes and private children that nothing mentions. Comparing words is enough: what is mentioned in any way counts as used.</summary>
    private void CheckUse(List<ISymbol> members, ImmutableArray<SizeDeclaration> sizes)
    {
        foreach (var size in sizes)
            if (size.Type == "double") Report("PRX0205", size.Origin, size.Name);
        if (members.Count == 0) return;
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in _type.DeclaringSyntaxReferences.Where(r => !r.SyntaxTree.IsGenerated()))
            foreach (var token in part.GetSyntax(_cancellation).DescendantTokens()) Count(words, token);
        foreach (var size in sizes)
            if (words.TryGetValue(size.Name, out var count) && count == 1) Report("PRX0203", size.Origin, size.Name);
        foreach (var field in members.OfType<IFieldSymbol>())
        {
            if (field.DeclaredAccessibility == Accessibility.Private && _scope.Children.ContainsKey(field.Name) && words.TryGetValue(field.Name, out var count) && count == 1)
                Report("PRX0201", field.Origin(), field.Name);
        }
    }

    private static void Count(Dictionary<string, int> words, SyntaxToken token)
    {
        if (token.IsKind(SyntaxKind.IdentifierToken))
        {
            Add(token.ValueText);
        }
        else if (token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken))
        {
            var text = token.ValueText;
            for (var at = 0; at < text.Length;)
            {
                var start = at;
                while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_')) at++;
                if (at > start) Add(text.Substring(start, at - start));
                else at++;
            }
        }

        void Add(string word) => words[word] = words.TryGetValue(word, out var count) ? count + 1 : 1;
    }

    /// <summary>Takes a modifier away.</summary>
    private IEnumerable<Repair> Removal(INamedTypeSymbol type, SyntaxKind modifier)
    {
        if (modifier == SyntaxKind.None) yield break;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree.IsGenerated() || reference.GetSyntax(_cancellation) is not TypeDeclarationSyntax declaration) continue;
            var token = declaration.Modifiers.FirstOrDefault(m => m.IsKind(modifier));
            if (!token.IsKind(modifier)) continue;
            yield return new Repair($"Remove '{token.ValueText}'", $"Remove '{token.ValueText}'", new([new Edit(token.Origin() with { Length = token.FullSpan.End - token.SpanStart }, "")]));
        }
    }

    // ---- Parameters ----

    /// <summary>The property as a parameter is declared: <c>partial Tensor P { get; }</c>.</summary>
    private IEnumerable<Repair> AsPartial(IPropertySymbol property)
    {
        if (property.IsStatic || property.IsIndexer || Syntax(property) is not PropertyDeclarationSyntax syntax) yield break;
        var end = syntax.Identifier.Origin() with { Start = syntax.Identifier.Span.End, Length = syntax.Span.End - syntax.Identifier.Span.End };
        var type = syntax.Type.Origin();
        yield return new Repair("Make it a partial property", "Make it a partial property",
            new([new Edit(type, (syntax.Modifiers.Any(SyntaxKind.PartialKeyword) ? "" : "partial ") + "Tensor"), new Edit(end, " { get; }")]));
    }

    private void CheckInit(AttributeData attribute, IPropertySymbol property, string shape, ParameterDeclaration? before)
    {
        if (Named(attribute, "Init") is not { } init) return;
        var origin = attribute.ArgumentOrigin("Init", _cancellation);
        if (init.Value is not string name)
        {
            if (init.Value is null or char || init.Kind != TypedConstantKind.Primitive)
                Report("PRX0021", origin, property.Name, "Init is a number, or a name from the class Init");
            return;
        }
        var known = _compilation.GetTypeByMetadataName("Proxima.Init")?.GetMembers().OfType<IFieldSymbol>().Where(f => f.IsConst).Select(f => f.Name).ToList() ?? [];
        if (known.Count > 0 && !known.Contains(name))
        {
            var finding = Finding.Of("PRX0021", origin, property.Name, $"there is no initialiser '{name}'{Misspelling.Question(name, known)}");
            Report(Misspelling.Nearest(name, known) is { } near ? finding.With(Repair.Replace($"Use Init.{near}", "Init", origin, "Init." + near)) : finding);
            return;
        }
        var rank = ShapeEntry.Parse(shape).Length;
        var problem = name switch
        {
            "KaimingUniform" or "KaimingNormal" or "XavierUniform" or "XavierNormal" or "Orthogonal" when rank < 2 => $"needs two dimensions or more, and [{shape}] has {rank}",
            "Identity" when rank != 2 => $"needs two dimensions, and [{shape}] has {rank}",
            "Bias" when before is null || (!before.IsBuffer && ShapeEntry.Parse(before.Shape).Length < 2) =>
                "takes its bound from the weight that is declared just before, of two dimensions or more, and there is none",
            _ => null,
        };
        if (problem is not null) Report(Finding.Of("PRX0021", origin, property.Name, $"Init.{name} {problem}").With(Repair.Replace("Use Init.Zeros", "Zeros", origin, "Init.Zeros")));
    }

    private void CheckConstraint(AttributeData attribute)
    {
        if (Named(attribute, "Constraint")?.Value is not INamedTypeSymbol { TypeKind: not TypeKind.Error } type) return;
        var problem = !type.AllInterfaces.Any(i => i.IsProxima("IConstraint")) ? "does not implement IConstraint"
            : type.IsAbstract || type.TypeKind == TypeKind.Interface ? "is abstract"
            : type.TypeKind == TypeKind.Class && !type.InstanceConstructors.Any(c => c.Parameters.IsEmpty && c.DeclaredAccessibility != Accessibility.Private) ? "has no constructor without arguments"
            : null;
        if (problem is null) return;
        var origin = attribute.ArgumentOrigin("Constraint", _cancellation);
        if (attribute.ApplicationSyntaxReference?.GetSyntax(_cancellation) is AttributeSyntax syntax
            && syntax.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == "Constraint")?.Expression is TypeOfExpressionSyntax of) origin = of.Type.Origin();
        Report("PRX0022", origin, type.Name, problem);
    }

    private void ReportWritableChild(IFieldSymbol field, VariableDeclaratorSyntax syntax)
    {
        var finding = Finding.Of("PRX0024", field.Origin(), field.Name);
        Report(syntax.Parent is VariableDeclarationSyntax declaration ? finding.With(Repair.Insert("Add 'readonly'", "Add 'readonly'", declaration.Type.Origin(), "readonly ")) : finding);
    }

    // ---- Methods ----

    /// <summary>True for a method to compile; reports one that looks like one and is not.</summary>
    private bool CheckUncompiled(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.Ordinary || method.ReturnType.TypeKind == TypeKind.Error) return false;
        if (method.IsPartialDefinition && (method.PartialImplementationPart is not { } body || !IsWritten(body)) && (method.ReturnType.IsTensors() || method.ReturnType.IsProxima("Gradients")))
        {
            Report(Finding.Of("PRX0025", method.Origin(), method.Name).With([.. Derivations(method)]));
            return false;
        }
        if (method.IsCompiled()) return true;
        if (ResultShapes(method).FirstOrDefault() is not null && Syntax(method) is MethodDeclarationSyntax syntax)
        {
            var why = method.IsStatic ? "it is static: make it an instance method of the network, or mark it [TensorFunction]"
                : method.IsAbstract || method.IsExtern ? "it has no body"
                : $"it returns {method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}, and a compiled method returns Tensor or a tuple of tensors";
            Report("PRX0026", method.IsStatic ? method.Origin() : syntax.ReturnType.Origin(), method.Name, why);
        }
        return false;
    }

    /// <summary>The attributes that would derive a method without a body: gradients of scalar methods with its arguments.</summary>
    private IEnumerable<Repair> Derivations(IMethodSymbol method)
    {
        if (!method.ReturnType.IsProxima("Gradients") || Syntax(method) is not MethodDeclarationSyntax syntax) yield break;
        foreach (var of in _type.GetMembers().OfType<IMethodSymbol>())
        {
            if (!of.IsCompiled() || of.Parameters.Length != method.Parameters.Length || ResultShapes(of).FirstOrDefault() is not { } shape || ShapeOf(shape) != "") continue;
            var attribute = $"[Gradient(of: nameof({of.Name}))]";
            yield return Repair.Insert($"Add {attribute}", "Add [Gradient]", syntax.Origin(), attribute + " ");
        }
    }

    /// <summary>False where the argument of a compiled method has been reported.</summary>
    private bool CheckArgument(IParameterSymbol parameter)
    {
        var type = parameter.Type;
        if (parameter.RefKind != RefKind.None || parameter.IsParams || !(type.IsTensor() || type.IsGraph() || (type.IsNumber() && type.SpecialType != SpecialType.System_Int64)))
        {
            var syntax = Syntax(parameter) as ParameterSyntax;
            var modifier = syntax?.Modifiers.FirstOrDefault(m => m.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword or SyntaxKind.InKeyword or SyntaxKind.ParamsKeyword) ?? default;
            var what = $"{(parameter.RefKind != RefKind.None ? $"'{modifier.ValueText} {type.Name}'" : type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat))}";
            var finding = Finding.Of("PRX0018", parameter.Origin(), parameter.Name, what);
            Report(modifier.Kind() is SyntaxKind.RefKeyword or SyntaxKind.InKeyword
                ? finding.With(new Repair($"Remove '{modifier.ValueText}'", "Remove the modifier", new([new Edit(modifier.Origin() with { Length = modifier.FullSpan.Length }, "")])))
                : finding);
            return false;
        }
        if (type.IsNumber() && parameter.Attribute("ShapeAttribute") is { } attribute)
        {
            Report(Finding.Of("PRX0017", attribute.ArgumentOrigin(null, _cancellation), parameter.Name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat))
                .With([.. Without(attribute, "Remove [Shape]")]));
            return false;
        }
        return true;
    }

    /// <summary>A graph is declared by how many nodes and edges it has, perhaps how many relations, graphs and pairs; false where it is not, which is reported.</summary>
    private bool CheckGraph(IParameterSymbol parameter)
    {
        if (!parameter.Type.IsGraph() || parameter.Attribute("ShapeAttribute") is not { } attribute || ShapeOf(attribute) is not { } shape) return true;
        var entries = Lowering.ShapeEntry.Parse(shape);
        if (entries.Length >= 2 && entries.Length <= GraphPart.Sizes.Length && entries.All(entry => entry.Kind is Lowering.ShapeEntryKind.Size)) return true;
        Report(Finding.Of("PRX0040", attribute.ArgumentOrigin("shape", _cancellation), parameter.Name, shape));
        return false;
    }

    /// <summary>Takes an attribute away, with its brackets where it stands alone in them.</summary>
    private IEnumerable<Repair> Without(AttributeData attribute, string title)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(_cancellation) is not AttributeSyntax { Parent: AttributeListSyntax { Attributes.Count: 1 } list }) yield break;
        // On a line of its own it goes with its indentation.
        var start = list.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia)
            ? list.SpanStart - list.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Sum(t => t.Span.Length)
            : list.SpanStart;
        yield return new Repair(title, title, new([new Edit(list.Origin() with { Start = start, Length = list.FullSpan.End - start }, "")]));
    }

    private void CheckTransformShapes(IMethodSymbol method, AttributeData transform)
    {
        foreach (var second in method.GetAttributes().Where(a => a.AttributeClass is { } type && type.IsTransformAttribute() && !ReferenceEquals(a, transform)))
        {
            Report(Finding.Of("PRX0023", second.ArgumentOrigin(null, _cancellation) is var at && second.ApplicationSyntaxReference?.GetSyntax(_cancellation) is AttributeSyntax syntax ? syntax.Name.Origin() : at, method.Name)
                .With([.. Without(second, "Remove the second attribute")]));
        }
        if (Of(transform) is not { } of || _type.GetMembers(of).OfType<IMethodSymbol>().FirstOrDefault(m => m.IsCompiled()) is not { } source) return;
        for (var i = 0; i < Math.Min(method.Parameters.Length, source.Parameters.Length); i++)
        {
            if (method.Parameters[i].Attribute("ShapeAttribute") is not { } own || source.Parameters[i].Attribute("ShapeAttribute") is not { } theirs) continue;
            if (ShapeOf(own) == ShapeOf(theirs)) continue;
            Report(Finding.Of("PRX0027", own.ArgumentOrigin("shape", _cancellation), method.Parameters[i].Name, ShapeOf(own) ?? "", ShapeOf(theirs) ?? "", of)
                .With([theirs.ArgumentOrigin("shape", _cancellation)]).With([.. Without(own, "Remove [Shape]")]));
        }
    }

    /// <summary>Inside the quotes where an argument is a plain literal, else all of it.</summary>
    private static Origin WithinLiteral(Origin written, string text) =>
        written.Length == text.Length + 2 ? written with { Start = written.Start + 1, Length = text.Length } : written;
}
