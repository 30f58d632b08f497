using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>
/// Translates a <c>[Network]</c> class, or a class that holds <c>[TensorFunction]</c>s, to a <see cref="NetworkDeclaration"/>. Reads what the user
/// wrote and nothing that the generator adds: the editor, which sees both, and the build, which sees the first, get the same answer.
/// </summary>
internal sealed partial class NetworkReader
{
    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly List<Finding> _diagnostics = [];
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Scope _scope = new();

    private NetworkReader(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        (_type, _compilation, _cancellation) = (type, compilation, cancellation);

    /// <summary>Reads every part of a class. The diagnostics are those of the language; C#'s own errors only make bodies null.</summary>
    public static Reading Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        (type, compilation) = FunctionalCalls.Complete(type, compilation, cancellation);
        var reader = new NetworkReader(type, compilation, cancellation);
        var declaration = reader.Read();
        return new Reading(declaration, reader._diagnostics.ToImmutableArray());
    }

    private NetworkDeclaration? Read()
    {
        var isNetwork = _type.IsNetwork();
        if (!(isNetwork ? CheckNetwork() : CheckGenerics())) return null;

        var sizes = isNetwork ? Sizes() : [];
        if (sizes.IsDefault) return null;
        var members = _type.GetMembers().Where(m => !m.IsImplicitlyDeclared && IsWritten(m)).ToList();
        var parameters = ImmutableArray.CreateBuilder<ParameterDeclaration>();
        if (isNetwork)
        {
            foreach (var member in members) ReadDerivedSize(member);
            foreach (var member in members)
            {
                if (member is IPropertySymbol property && ReadParameter(property, parameters.Count > 0 ? parameters[parameters.Count - 1] : null) is { } parameter) parameters.Add(parameter);
                // Of two fields of one name, which C# refuses, the first counts.
                if (member is IFieldSymbol field && !_scope.Children.ContainsKey(field.Name) && ReadChild(field) is { } child) _scope.Children.Add(child.Name, child);
            }
        }
        if (isNetwork) CheckNames(members);
        var children = members.OfType<IFieldSymbol>().Select(f => f.Name).Distinct().Where(_scope.Children.ContainsKey).Select(name => _scope.Children[name]).ToImmutableArray();
        var methods = Methods(members);
        // What a mistake leaves unused is no second one, and in what is half typed everything is still to come.
        if (isNetwork && _diagnostics.Count == 0 && methods.All(m => m.Transform is not null || m.Body is not null)) CheckUse(members, sizes);
        return new NetworkDeclaration(
            _type.FullName(),
            _type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "",
            _type.Name,
            _type.DeclaredAccessibility.Written(),
            _type.Containers(),
            !isNetwork,
            sizes,
            parameters.ToImmutable(),
            children,
            methods,
            _type.Origin())
        {
            Requires = Requirements(_type),
            Hidden = isNetwork ? ExternalNames.HiddenIn(_type) : [],
            With = isNetwork ? FunctionalCalls.Accessibility(_type) : null,
        };
    }

    /// <summary>The conditions of every <c>[Require]</c> of a symbol.</summary>
    private EquatableArray<RequireDeclaration> Requirements(ISymbol symbol)
    {
        var requires = ImmutableArray.CreateBuilder<RequireDeclaration>();
        foreach (var attribute in symbol.GetAttributes())
        {
            if (!attribute.AttributeClass.IsProxima("RequireAttribute") || attribute.ConstructorArguments is not [{ Kind: TypedConstantKind.Array, Values: { IsDefault: false } conditions }]) continue;
            for (var i = 0; i < conditions.Length; i++)
                if (conditions[i].Value is string condition) requires.Add(new(condition, attribute.ArgumentOrigin(i, _cancellation)));
        }
        return requires.ToImmutable();
    }

    private void Report(string id, Origin origin, params string[] arguments) => Report(Finding.Of(id, origin, arguments));

    private void Report(Finding finding) => _diagnostics.Add(finding);

    private SemanticModel Model(SyntaxNode node)
    {
        if (_models.TryGetValue(node.SyntaxTree, out var model)) return model;
        // The language knows nothing of null, and the analysis of it takes longer than binding.
#pragma warning disable RSEXPERIMENTAL001
        model = _compilation.GetSemanticModel(node.SyntaxTree, SemanticModelOptions.DisableNullableAnalysis);
#pragma warning restore RSEXPERIMENTAL001
        _models.Add(node.SyntaxTree, model);
        return model;
    }

    private SyntaxNode? Syntax(ISymbol symbol)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
            if (!reference.SyntaxTree.IsGenerated()) return reference.GetSyntax(_cancellation);
        return null;
    }

    private static bool IsWritten(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.IsGenerated());

    private bool CheckNetwork()
    {
        var valid = CheckGenerics();
        for (var type = _type; type is not null; type = type.ContainingType)
        {
            if (type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(_cancellation)).OfType<TypeDeclarationSyntax>().All(t => t.Modifiers.Any(SyntaxKind.PartialKeyword))) continue;
            Require("be partial: the compiler adds its part to the class", type);
        }
        for (var type = _type; type is not null; type = type.ContainingType)
            if (type.IsFileLocal) Require("not be local to a file: the compiler's part of the class is in another one", type);
        if (_type.IsStatic) Require("not be static: every target is an instance of it", _type, SyntaxKind.StaticKeyword);
        else if (_type.IsAbstract) Require("not be abstract: it is the reference that runs its bodies as written", _type, SyntaxKind.AbstractKeyword);
        else if (_type.IsSealed) Require("not be sealed: the compiled targets derive from it", _type, SyntaxKind.SealedKeyword);
        if (_type.IsRecord) Require("be a class and no record: a network is not a value", _type);
        if (_type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error } b && !b.IsProxima("Network"))
        {
            valid = false;
            Report("PRX0011", _type.Origin(), _type.Name, b.Name);
        }
        return valid && _type.BaseType is { TypeKind: not TypeKind.Error };

        void Require(string what, INamedTypeSymbol type, SyntaxKind modifier = SyntaxKind.None)
        {
            valid = false;
            Report(Finding.Of("PRX0001", type.Origin(), type.Name, what).With([.. Removal(type, modifier)]));
        }
    }

    private bool CheckGenerics()
    {
        for (var type = _type; type is not null; type = type.ContainingType)
        {
            if (type.Arity == 0) continue;
            Report("PRX0009", _type.Origin(), _type.Name);
            return false;
        }
        return true;
    }

    /// <summary>The constructor's parameters, or a default array where the class cannot be generated from them.</summary>
    private ImmutableArray<SizeDeclaration> Sizes()
    {
        IMethodSymbol? primary = null;
        foreach (var constructor in _type.InstanceConstructors)
        {
            if (constructor.IsImplicitlyDeclared || !IsWritten(constructor)) continue;
            if (Syntax(constructor) is TypeDeclarationSyntax) primary = constructor;
        }
        if (primary is null)
        {
            // Children and parameters are made before an ordinary constructor's body runs: its parameters come too late to be sizes.
            var ordinary = _type.InstanceConstructors.FirstOrDefault(c => !c.IsImplicitlyDeclared && IsWritten(c) && c.Parameters.Length > 0);
            if (ordinary is null) return [];
            Report("PRX0014", ordinary.Origin(), _type.Name);
            return default;
        }
        var valid = true;
        var sizes = ImmutableArray.CreateBuilder<SizeDeclaration>();
        foreach (var parameter in primary.Parameters)
        {
            if (parameter.Type.TypeKind == TypeKind.Error)
            {
                valid = false;
                continue;
            }
            if (parameter.RefKind != RefKind.None || parameter.Type.SpecialType == SpecialType.System_Int64 || !parameter.Type.IsNumber())
            {
                valid = false;
                var finding = Finding.Of("PRX0008", parameter.Origin(), parameter.Name, parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
                Report(Syntax(parameter) is ParameterSyntax { Type: { } written } && (parameter.Type.IsInteger() || parameter.Type.SpecialType == SpecialType.System_Decimal)
                    ? finding.With(parameter.Type.IsInteger() ? Repair.Replace("Use int", "Use int", written.Origin(), "int") : Repair.Replace("Use double", "Use double", written.Origin(), "double"))
                    : finding);
                continue;
            }
            var defaultValue = parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } ? Literals.CSharp(value) : null;
            sizes.Add(new SizeDeclaration(parameter.Name, parameter.Type.Written(), defaultValue, parameter.Origin()));
        }
        return valid ? sizes.ToImmutable() : default;
    }

    /// <summary><c>readonly int half = n / 2;</c> and <c>int Half => n / 2;</c> are names for sizes.</summary>
    private void ReadDerivedSize(ISymbol member)
    {
        if (member.IsStatic) return;
        SyntaxNode? value = (member, Syntax(member)) switch
        {
            (IFieldSymbol { IsReadOnly: true } field, VariableDeclaratorSyntax { Initializer: { } initializer }) when field.Type.IsNumber() => initializer.Value,
            (IPropertySymbol { SetMethod: null, IsVirtual: false } property, PropertyDeclarationSyntax syntax) when property.Type.IsNumber() =>
                syntax.ExpressionBody?.Expression ?? syntax.Initializer?.Value,
            _ => null,
        };
        if (value is null) return;
        // A field computed in any other way is no error until a body uses it.
        if (new BodyReader(_scope, [], _cancellation).Expression(value, Model(value)) is not { } expression) return;
        var type = member is IFieldSymbol f ? f.Type : ((IPropertySymbol)member).Type;
        if (type.IsFloating() && expression.Kind is not ("float" or "number")) expression = Surface.Of("number", "float", expression.Origin, expression);
        _scope.Derived[member.Name] = expression;
    }

    private ParameterDeclaration? ReadParameter(IPropertySymbol property, ParameterDeclaration? before)
    {
        var isBuffer = false;
        if (property.Attribute("ParameterAttribute") is not { } attribute)
        {
            if (property.Attribute("BufferAttribute") is not { } buffer) return null;
            (attribute, isBuffer) = (buffer, true);
        }
        var type = property.Type;
        if (type.TypeKind == TypeKind.Error) return null;
        if (!property.IsPartialDefinition || property.IsStatic || property.IsIndexer || (property.SetMethod is not null && !isBuffer) || !type.IsTensor())
        {
            Report(Finding.Of("PRX0003", property.Origin(), property.Name).With([.. AsPartial(property)]));
            return null;
        }
        if (attribute.ConstructorArguments is not [{ Value: string shape }, ..]) return null;
        CheckInit(attribute, property, shape, before);
        CheckConstraint(attribute);
        var constraint = Named(attribute, "Constraint")?.Value is ITypeSymbol c ? c.Written() : null;
        return new ParameterDeclaration(
            property.Name, shape, DTypeOf(attribute), Init(attribute, isBuffer), constraint, isBuffer, AccessibilityOf(property),
            property.Origin(), attribute.ArgumentOrigin("shape", _cancellation))
        {
            Setter = property.SetMethod is { } set ? set.DeclaredAccessibility == property.DeclaredAccessibility ? "" : set.DeclaredAccessibility.Written() : null,
        };
    }

    private static string Init(AttributeData attribute, bool isBuffer) => Named(attribute, "Init") switch
    {
        { Value: string name } => "Init." + name,
        { Value: { } number } => $"Initializer.Constant({Literals.CSharp(number)})",
        _ => isBuffer ? "Init.Zeros" : "Init.Default",
    };

    private static TypedConstant? Named(AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
            if (argument.Key == name && argument.Value.Kind != TypedConstantKind.Error) return argument.Value;
        return null;
    }

    private static string DTypeOf(AttributeData attribute) =>
        attribute.ConstructorArguments is [_, { Value: { } value, Type: { TypeKind: TypeKind.Enum } type }, ..] ? Literals.EnumName(value, type) : "Float32";

    /// <summary>The accessibility as written: both parts of a partial member have to agree on the words.</summary>
    private string AccessibilityOf(ISymbol symbol)
    {
        if (Syntax(symbol) is not MemberDeclarationSyntax member) return symbol.DeclaredAccessibility.Written();
        return string.Join(" ", member.Modifiers.Select(m => m.ValueText).Where(m => m is "public" or "private" or "protected" or "internal"));
    }

    private ChildDeclaration? ReadChild(IFieldSymbol field)
    {
        var element = field.Type is IArrayTypeSymbol { Rank: 1, ElementType: var e } ? e : field.Type;
        if (field.IsStatic || !element.IsNetwork() || Syntax(field) is not VariableDeclaratorSyntax syntax) return null;
        var type = ((INamedTypeSymbol)element).FullName();
        var isArray = field.Type is IArrayTypeSymbol;
        if (syntax.Initializer?.Value is not { } value)
            return Refuse(syntax.Identifier.Origin());
        if (!field.IsReadOnly) ReportWritableChild(field, syntax);

        var operation = Model(value).GetOperation(value, _cancellation);
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        switch (operation)
        {
            case IObjectCreationOperation { Type: INamedTypeSymbol created } creation when !isArray:
                return Arguments(creation) is { } arguments
                    ? new ChildDeclaration(field.Name, created.FullName(), null, null, arguments, EquatableArray<Surface>.Empty, field.Origin())
                    : null;
            case IInvocationOperation { TargetMethod: { Name: "Repeat" } method } repeat when isArray && method.ContainingType.ContainingNamespace.IsProxima():
                return Repeat(field, type, repeat);
            case ICollectionExpressionOperation collection when isArray:
                return Elements(field, type, collection.Elements);
            case IArrayCreationOperation { Initializer: { } initializer } when isArray:
                return Elements(field, type, initializer.ElementValues);
            case null:
            case IInvalidOperation:
                return null;
            default:
                return operation.DescendantsAndSelf().Any(o => o is IInvalidOperation) ? null : Refuse(value.Origin());
        }

        ChildDeclaration? Refuse(Origin origin)
        {
            Report("PRX0006", origin, $"the child '{field.Name}'", isArray
                ? $"create it where it is declared: = Repeat(count, _ => new {element.Name}(..)) or = [new(..), new(..)]"
                : "create it where it is declared: = new(..)");
            return null;
        }
    }

    private ChildDeclaration? Repeat(IFieldSymbol field, string type, IInvocationOperation repeat)
    {
        IOperation? count = null, make = null;
        foreach (var argument in repeat.Arguments)
        {
            if (argument.Parameter?.Ordinal == 0) count = argument.Value;
            else make = argument.Value;
        }
        while (make is IConversionOperation conversion) make = conversion.Operand;
        if (make is IDelegateCreationOperation { Target: var target }) make = target;
        if (count is null || make is not IAnonymousFunctionOperation { Symbol.Parameters: [var index], Body.Operations: [IReturnOperation { ReturnedValue: { } value }] })
        {
            if (make is not null && !make.DescendantsAndSelf().Any(o => o is IInvalidOperation))
                Report("PRX0006", make.Syntax.Origin(), "this factory of children", $"write Repeat(count, _ => new {field.Type.Name}(..))");
            return null;
        }
        while (value is IConversionOperation conversion) value = conversion.Operand;
        if (value is not IObjectCreationOperation { Type: INamedTypeSymbol created } creation || !created.IsNetwork())
        {
            if (!value.DescendantsAndSelf().Any(o => o is IInvalidOperation))
                Report("PRX0006", value.Syntax.Origin(), "this factory of children", "create the child with 'new' and sizes");
            return null;
        }
        foreach (var used in creation.Descendants().OfType<IParameterReferenceOperation>())
        {
            if (!SymbolEqualityComparer.Default.Equals(used.Parameter, index)) continue;
            Report("PRX0012", used.Syntax.Origin(), index.Name, field.Name);
            return null;
        }
        if (Arguments(creation) is not { } arguments) return null;
        if (new BodyReader(_scope, _diagnostics, _cancellation).Expression(count.Syntax, Model(count.Syntax)) is not { } length) return null;
        return new ChildDeclaration(field.Name, created.FullName(), length, index.IsDiscard || index.Name == "_" ? null : index.Name,
            arguments, EquatableArray<Surface>.Empty, field.Origin());
    }

    private ChildDeclaration? Elements(IFieldSymbol field, string type, ImmutableArray<IOperation> operations)
    {
        var elements = ImmutableArray.CreateBuilder<Surface>();
        foreach (var operation in operations)
        {
            var element = operation;
            while (element is IConversionOperation conversion) element = conversion.Operand;
            if (element is not IObjectCreationOperation { Type: INamedTypeSymbol created } creation)
            {
                if (!element.DescendantsAndSelf().Any(o => o is IInvalidOperation))
                    Report("PRX0006", element.Syntax.Origin(), "this child", "create each child with 'new' and sizes");
                return null;
            }
            if (Arguments(creation) is not { } arguments) return null;
            elements.Add(new Surface("new", created.FullName(), arguments.Items, creation.Syntax.Origin()));
        }
        var count = Literals.Of(elements.Count, null, field.Origin());
        return new ChildDeclaration(field.Name, type, count, null, EquatableArray<Surface>.Empty, elements.ToImmutable(), field.Origin());
    }

    private EquatableArray<Surface>? Arguments(IObjectCreationOperation creation) =>
        new BodyReader(_scope, _diagnostics, _cancellation).Arguments(creation) is { } arguments ? new EquatableArray<Surface>(arguments) : null;

    private ImmutableArray<MethodDeclaration> Methods(List<ISymbol> members)
    {
        var methods = ImmutableArray.CreateBuilder<MethodDeclaration>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in members.OfType<IMethodSymbol>())
        {
            _cancellation.ThrowIfCancellationRequested();
            var transform = method.Transform();
            if (transform is null && !CheckUncompiled(method)) continue;
            if (method.Arity > 0)
            {
                Report("PRX0009", method.Origin(), method.Name);
                continue;
            }
            // What C# itself refuses is no second mistake: unknown types, two parameters of one name.
            if (method.ReturnType.TypeKind == TypeKind.Error || method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Error)
                || method.Parameters.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() < method.Parameters.Length) continue;
            if (!names.Add(method.Name))
            {
                Report("PRX0015", method.Origin(), method.Name);
                continue;
            }
            if (ReadMethod(method, transform) is { } declaration) methods.Add(declaration);
        }
        return methods.ToImmutable();
    }

    private MethodDeclaration? ReadMethod(IMethodSymbol method, AttributeData? transformAttribute)
    {
        if (Syntax(method.PartialImplementationPart is { } part && IsWritten(part) ? part : method) is not MethodDeclarationSyntax syntax) return null;
        TransformDeclaration? transform = null;
        Surface? body = null;
        var readable = true;
        var isPrivate = method.DeclaredAccessibility == Accessibility.Private;
        if (transformAttribute is not null)
        {
            if (!CheckTransform(method, syntax, transformAttribute)) return null;
            CheckTransformShapes(method, transformAttribute);
            transform = Transform(transformAttribute);
            if (transform is null) return null;
        }
        else
        {
            if (syntax.Body is null && syntax.ExpressionBody is null) return null;
            if (!isPrivate && !method.IsStatic)
            {
                if (!method.IsVirtual) Report("PRX0002", method.Origin(), method.Name);
                readable = CheckShapes(method, syntax);
            }
            else if (ResultShapes(method).Any())
            {
                CheckResultShapes(method, syntax);
            }
            foreach (var parameter in method.Parameters) readable &= CheckGraph(parameter);
            // What the body does with an argument that cannot be compiled would only repeat the mistake.
            if (readable) body = new BodyReader(_scope, _diagnostics, _cancellation).Body(syntax, Model(syntax));
        }

        ImmutableArray<SymmetryDeclaration> symmetries =
        [
            .. method.GetAttributes().Where(a => a.AttributeClass.IsProxima("PermutationEquivariantAttribute") && a.ConstructorArguments is [{ Value: string }])
                .Select(a => new SymmetryDeclaration((string)a.ConstructorArguments[0].Value!, a.ArgumentOrigin("size", _cancellation))),
        ];
        if (isPrivate || method.IsStatic)
        {
            foreach (var symmetry in symmetries)
                Report("PRX0126", symmetry.Origin, $"{method.Name} is looked at where it is called, with the shapes of that call: state it of a method that others can call");
        }
        var shapes = ResultShapes(method).ToList();
        return new MethodDeclaration(
            method.Name,
            AccessibilityOf(method) + (method.IsStatic ? " static" : ""),
            method.IsVirtual,
            method.Parameters.Select(ReadArgument).ToImmutableArray(),
            method.ReturnType.Written(),
            shapes.Select(ShapeOf).OfType<string>().ToImmutableArray(),
            shapes.Select(DTypeOf).ToImmutableArray(),
            body,
            transform,
            method.Origin(),
            shapes.Count > 0 ? shapes[0].ArgumentOrigin("shape", _cancellation) : syntax.ReturnType.Origin(),
            Documentation: "")
        {
            Requires = Requirements(method),
            Rule = method.Rule() is { } rule ? Rule(rule) : null,
            ReturnOrigins = shapes.Select(s => s.ArgumentOrigin("shape", _cancellation)).ToImmutableArray(),
            IsCheckpoint = method.Attribute("CheckpointAttribute") is not null,
            Symmetries = symmetries,
        };
    }

    private TransformDeclaration? Rule(AttributeData attribute)
    {
        if (Transform(attribute) is not { } rule) return null;
        if (_type.GetMembers(rule.Of).OfType<IMethodSymbol>().Any(m => m.IsCompiled() && m.Transform() is null && IsWritten(m))) return rule;
        Report("PRX0120", rule.OfOrigin, $"{_type.Name} has no method '{rule.Of}' with a body, so there is nothing whose {(rule.Kind == "ProxRule" ? "proximal operator" : "derivative")} this could be");
        return null;
    }

    private static IEnumerable<AttributeData> ResultShapes(IMethodSymbol method) =>
        method.GetReturnTypeAttributes().Where(a => a.AttributeClass.IsProxima("ShapeAttribute"));

    private static string? ShapeOf(AttributeData attribute) => attribute.ConstructorArguments is [{ Value: string shape }, ..] ? shape : null;

    private ArgumentDeclaration ReadArgument(IParameterSymbol parameter)
    {
        // On a number the attribute has been reported; it declares nothing.
        var attribute = parameter.Type.IsNumber() ? null : parameter.Attribute("ShapeAttribute");
        return new ArgumentDeclaration(
            parameter.Name, parameter.Type.Written(), attribute is null ? null : ShapeOf(attribute), attribute is null ? "Float32" : DTypeOf(attribute),
            parameter.Origin(), attribute?.ArgumentOrigin("shape", _cancellation) ?? parameter.Origin());
    }

    /// <summary>False where an argument is none that can be compiled.</summary>
    private bool CheckShapes(IMethodSymbol method, MethodDeclarationSyntax syntax)
    {
        var readable = true;
        foreach (var parameter in method.Parameters)
        {
            if (!CheckArgument(parameter))
            {
                readable = false;
                continue;
            }
            if ((parameter.Type.IsTensor() || parameter.Type.IsGraph()) && parameter.Attribute("ShapeAttribute") is null) Report("PRX0004", parameter.Origin(), $"argument '{parameter.Name}'");
        }
        CheckResultShapes(method, syntax);
        return readable;
    }

    private void CheckResultShapes(IMethodSymbol method, MethodDeclarationSyntax syntax)
    {
        var expected = method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Length : 1;
        if (ResultShapes(method).Count() != expected)
            Report("PRX0004", syntax.ReturnType.Origin(), expected == 1 ? "result" : $"result, a tuple of {expected},");
    }

    private bool CheckTransform(IMethodSymbol method, MethodDeclarationSyntax syntax, AttributeData attribute)
    {
        var problem = syntax.Body is not null || syntax.ExpressionBody is not null ? "has a body of its own: declare it partial, without one"
            : !method.IsPartialDefinition ? "must be partial"
            : !method.IsVirtual ? "must be virtual"
            : null;
        if (problem is not null)
        {
            Report("PRX0010", method.Origin(), method.Name, problem);
            return false;
        }
        if (Of(attribute) is not { } of) return false;
        if (_type.GetMembers(of).OfType<IMethodSymbol>().Any(m => m.IsCompiled() && IsWritten(m))) return true;
        var origin = WithinLiteral(SourceOrigin(attribute), of);
        var others = _type.GetMembers().OfType<IMethodSymbol>().Where(m => m.IsCompiled() && IsWritten(m) && !SymbolEqualityComparer.Default.Equals(m, method)).Select(m => m.Name);
        var finding = Finding.Of("PRX0120", origin, $"{_type.Name} has no compiled method '{of}' to derive from{Misspelling.Question(of, others)}");
        Report(Misspelling.Nearest(of, others) is { } near ? finding.With(Repair.Rename(origin, of, near)) : finding);
        return false;
    }

    /// <summary>Where the method is named that a transform is derived from.</summary>
    private Origin SourceOrigin(AttributeData attribute) =>
        attribute.ArgumentOrigin(attribute.AttributeConstructor?.Parameters.FirstOrDefault(p => p.Name.IsSource())?.Name, _cancellation);

    private static string? Of(AttributeData attribute)
    {
        if (attribute.AttributeConstructor is not { } constructor) return null;
        for (var i = 0; i < constructor.Parameters.Length && i < attribute.ConstructorArguments.Length; i++)
            if (constructor.Parameters[i].Name.IsSource()) return attribute.ConstructorArguments[i].Value as string;
        return null;
    }

    private TransformDeclaration? Transform(AttributeData attribute)
    {
        if (attribute is not { AttributeClass: { } type, AttributeConstructor: { } constructor }) return null;
        var of = "";
        var wrt = ImmutableArray<string>.Empty;
        var options = ImmutableArray.CreateBuilder<Surface>();
        for (var i = 0; i < constructor.Parameters.Length && i < attribute.ConstructorArguments.Length; i++)
        {
            var value = attribute.ConstructorArguments[i];
            switch (constructor.Parameters[i].Name)
            {
                case var name when name.IsSource():
                    of = value.Value as string ?? "";
                    break;
                case "wrt" when value.Kind == TypedConstantKind.Array:
                    wrt = value.Values.Select(v => v.Value as string ?? "").ToImmutableArray();
                    break;
                case "wrt":
                    wrt = (value.Value as string ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).ToImmutableArray();
                    break;
                case var name:
                    options.Add(Option(name, value, attribute));
                    break;
            }
        }
        foreach (var named in attribute.NamedArguments) options.Add(Option(named.Key, named.Value, attribute));
        var kind = type.Name.EndsWith("Attribute", StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - "Attribute".Length) : type.Name;
        return new TransformDeclaration(kind, of, wrt, options.ToImmutable(), attribute.ArgumentOrigin(null, _cancellation), SourceOrigin(attribute))
        {
            WrtOrigins = WrtOrigins(attribute, wrt),
        };
    }

    /// <summary>Where each name of <c>wrt: "x, y"</c> stands: inside a plain literal, else all of the argument.</summary>
    private ImmutableArray<Origin> WrtOrigins(AttributeData attribute, ImmutableArray<string> names)
    {
        var written = attribute.ArgumentOrigin("wrt", _cancellation);
        var text = attribute.AttributeConstructor!.Parameters.Select((p, i) => (p.Name, Value: attribute.ConstructorArguments[i])).FirstOrDefault(p => p.Name == "wrt").Value is
            { Kind: TypedConstantKind.Primitive, Value: string plain } ? plain : "";
        if (written.Length != text.Length + 2) return names.Select(_ => written).ToImmutableArray();
        var origins = ImmutableArray.CreateBuilder<Origin>();
        var at = 0;
        foreach (var name in names)
        {
            at = text.IndexOf(name, at, StringComparison.Ordinal);
            origins.Add(written with { Start = written.Start + 1 + at, Length = name.Length });
            at += name.Length;
        }
        return origins.ToImmutable();
    }

    private Surface Option(string name, TypedConstant value, AttributeData attribute) =>
        Surface.Of("arg", name, attribute.ArgumentOrigin(name, _cancellation), Constant(value));

    private static Surface Constant(TypedConstant value) => value.Kind switch
    {
        TypedConstantKind.Array => new Surface("array", "", value.Values.IsDefault ? [] : value.Values.Select(Constant).ToImmutableArray()),
        TypedConstantKind.Type => Surface.Of("string", (value.Value as ITypeSymbol)?.Written() ?? ""),
        TypedConstantKind.Error => Surface.Of("null"),
        _ => Literals.Of(value.Value, value.Type, Origin.None) ?? Surface.Of("null"),
    };
}
