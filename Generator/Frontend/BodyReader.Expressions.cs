using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

internal sealed partial class BodyReader
{
    private Surface Expr(IOperation operation)
    {
        Enter();
        var result = operation is IBinaryOperation { ConstantValue.HasValue: false } chain ? Binary(chain) : Single(operation);
        _depth--;
        return result;
    }

    private Surface Single(IOperation operation)
    {
        var origin = operation.Syntax.Origin();
        if (operation is IInvalidOperation || operation.Type is IErrorTypeSymbol) return Broken();
        if (operation.ConstantValue is { HasValue: true, Value: var constant })
            return Literals.Of(constant, operation.Type, origin) ?? Unsupported(operation, "this constant", "use an int, a float, a double or a bool");
        switch (operation)
        {
            case IConversionOperation conversion:
                return Conversion(conversion);
            case ILocalReferenceOperation { Local: var local }:
                return Surface.Of("local", local.Name, origin);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return Surface.Of(parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? "size" : "local", parameter.Name, origin);
            case IFieldReferenceOperation field:
                return Field(field);
            case IPropertyReferenceOperation property:
                return Property(property);
            case IArrayElementReferenceOperation when operation.Type.IsNetwork():
                return Receiver(operation);
            case IArrayElementReferenceOperation:
                return Unsupported(operation, "an element of an array", "use a tensor, a tuple or a constant");
            case IInvocationOperation call:
                return Call(call);
            case IUnaryOperation unary:
                return Unary(unary);
            case ITupleOperation tuple:
                return new Surface("tuple", "", Exprs(tuple.Elements), origin);
            case ICollectionExpressionOperation collection:
                return new Surface("array", "", Exprs(collection.Elements), origin);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return new Surface("array", "", Exprs(initializer.ElementValues), origin);
            case IArrayCreationOperation { DimensionSizes: [{ ConstantValue: { HasValue: true, Value: 0 } }] }:
                return Surface.Of("array", "", origin);
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                return WithoutHoisting(() => Surface.Of("cond", "", origin, Expr(choice.Condition), Expr(choice.WhenTrue), Expr(otherwise)));
            case IImplicitIndexerReferenceOperation { Instance: { } instance, Argument: var at } when instance.Type.IsTensor():
                return Surface.Of("index", "", origin, Expr(instance), At(at));
            case IImplicitIndexerReferenceOperation { Instance: { } list } when IsShape(list):
                return Shape(list);
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }:
                return Lambda(lambda);
            case IAnonymousFunctionOperation lambda:
                return Lambda(lambda);
            case IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: var method } } when IsMath(method):
                var names = method.Parameters.Select(p => Surface.Of("local", p.Name, origin)).ToImmutableArray();
                return Surface.Of("lambda", "", origin, new Surface("names", "", names, origin), new Surface("math", method.Name, names, origin));
            case IDefaultValueOperation { Type: var type }:
                return type.IsInteger() ? Surface.Of("int", "0", origin)
                    : type.IsFloating() ? Surface.Of("float", "0", origin)
                    : type?.SpecialType == SpecialType.System_Boolean ? Surface.Of("bool", "false", origin)
                    : Surface.Of("null", "", origin);
            case ISimpleAssignmentOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation or IDeconstructionAssignmentOperation:
                return Unsupported(operation, "an assignment inside an expression", "make it a statement of its own");
            case ISwitchExpressionOperation:
                return Unsupported(operation, "a switch expression", "use '?:' or 'if' on sizes, Where on values");
            case IIsPatternOperation or IIsTypeOperation:
                return Unsupported(operation, "a pattern", "compare sizes with ==, < and &&, values with Where");
            case IObjectCreationOperation { Type: var type } when type.IsNetwork():
                return Unsupported(operation, "creating a network in a body", "declare it as a readonly field");
            case IObjectCreationOperation or IArrayCreationOperation:
                return Unsupported(operation, "creating an object", "use tensors, numbers and tuples; Zeros, Ones and Full make tensors");
            case IInterpolatedStringOperation:
                return Unsupported(operation, "a string that is computed", "use a constant string");
            case IAwaitOperation:
                return Unsupported(operation, "await", "remove it: a body only computes");
            case IInstanceReferenceOperation:
                return Unsupported(operation, "'this' as a value", "name a parameter, a child or a method");
            case ICoalesceOperation or IConditionalAccessOperation:
                return Unsupported(operation, "a null test", "remove it: tensors are never null");
            case ISpreadOperation:
                return Unsupported(operation, "a spread", "list the elements");
            default:
                return Unsupported(operation, "this expression", "a body has arithmetic, calls of Ops, children, methods and [TensorFunction]s, indexing, tuples and '?:'");
        }
    }

    private ImmutableArray<Surface> Exprs(ImmutableArray<IOperation> operations)
    {
        var items = ImmutableArray.CreateBuilder<Surface>(operations.Length);
        foreach (var operation in operations) items.Add(Expr(operation));
        return items.MoveToImmutable();
    }

    /// <summary>A chain of operators, walked down its left spine: programs may add 5,000 terms.</summary>
    private Surface Binary(IBinaryOperation outermost)
    {
        var spine = new Stack<IBinaryOperation>();
        IOperation leaf = outermost;
        while (leaf is IBinaryOperation { ConstantValue.HasValue: false } binary)
        {
            spine.Push(binary);
            leaf = Peel(binary.LeftOperand);
        }
        var result = Expr(leaf);
        var length = 0;
        while (spine.Count > 0)
        {
            var binary = spine.Pop();
            var origin = binary.Syntax.Origin();
            if (binary.Type is IErrorTypeSymbol || binary.OperatorKind == BinaryOperatorKind.None) return Broken();
            if (binary.IsLifted || Operator(binary.OperatorKind) is not { } symbol) return Unsupported(binary, "this operator", "use the operators of arithmetic and comparison");
            if (IsIdentity(binary)) return Identity(binary);
            if (length++ >= LongestChain)
            {
                if (_statements is null) throw new InsufficientExecutionStackException();
                var name = FreshName();
                _statements.Add(Surface.Of("let", name, result.Origin, result));
                result = Surface.Of("local", name, result.Origin);
                length = 1;
            }
            result = Surface.Of("binary", symbol, origin, result, Expr(binary.RightOperand));
        }
        return result;
    }

    /// <summary>Tensors have no operator ==, so C# compares objects. Whether an optional one is there is a good question, though.</summary>
    private static bool IsIdentity(IBinaryOperation binary) =>
        binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals && binary.OperatorMethod is null
        && (Peel(binary.LeftOperand).Type.IsTensor() || Peel(binary.RightOperand).Type.IsTensor())
        && !IsNull(binary.LeftOperand) && !IsNull(binary.RightOperand);

    private static bool IsNull(IOperation operand) => Peel(operand).ConstantValue is { HasValue: true, Value: null };

    private Surface Identity(IBinaryOperation binary)
    {
        if (binary.Syntax is not BinaryExpressionSyntax syntax) return Broken();
        var (sign, op) = binary.OperatorKind == BinaryOperatorKind.Equals ? ("==", "Equal") : ("!=", "NotEqual");
        var (left, right) = (syntax.Left.Origin(), syntax.Right.Origin());
        var between = left with { Start = left.Start + left.Length, Length = right.Start - left.Start - left.Length };
        return Report(Finding.Of("PRX0030", syntax.Origin(), sign, op).With(new Repair($"Use {op}", $"Use {op}", new(
            [new Edit(left with { Length = 0 }, op + "("), new Edit(between, ", "), new Edit(right with { Start = right.Start + right.Length, Length = 0 }, ")")]))));
    }

    /// <summary>A name that the method does not use: <c>partial1</c>.</summary>
    private string FreshName()
    {
        while (true)
        {
            var name = "partial" + ++_hoisted;
            if (_body is null || !_body.DescendantTokens().Any(t => t.ValueText == name)) return name;
        }
    }

    /// <summary>What is evaluated conditionally, or once per element, cannot move in front of its statement.</summary>
    private Surface WithoutHoisting(Func<Surface> read)
    {
        var statements = _statements;
        _statements = null;
        var result = read();
        _statements = statements;
        return result;
    }

    private static string? Operator(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "+",
        BinaryOperatorKind.Subtract => "-",
        BinaryOperatorKind.Multiply => "*",
        BinaryOperatorKind.Divide => "/",
        BinaryOperatorKind.Remainder => "%",
        BinaryOperatorKind.LessThan => "<",
        BinaryOperatorKind.LessThanOrEqual => "<=",
        BinaryOperatorKind.GreaterThan => ">",
        BinaryOperatorKind.GreaterThanOrEqual => ">=",
        BinaryOperatorKind.Equals => "==",
        BinaryOperatorKind.NotEquals => "!=",
        BinaryOperatorKind.ConditionalAnd => "&&",
        BinaryOperatorKind.ConditionalOr => "||",
        BinaryOperatorKind.And => "&",
        BinaryOperatorKind.Or => "|",
        BinaryOperatorKind.ExclusiveOr => "^",
        BinaryOperatorKind.LeftShift => "<<",
        BinaryOperatorKind.RightShift => ">>",
        _ => null,
    };

    private Surface Unary(IUnaryOperation unary)
    {
        var origin = unary.Syntax.Origin();
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => Expr(unary.Operand),
            UnaryOperatorKind.Minus => Surface.Of("unary", "-", origin, Expr(unary.Operand)),
            UnaryOperatorKind.Not => Surface.Of("unary", "!", origin, Expr(unary.Operand)),
            UnaryOperatorKind.BitwiseNegation => Surface.Of("unary", "~", origin, Expr(unary.Operand)),
            UnaryOperatorKind.Hat => Surface.Of("fromend", "", origin, Expr(unary.Operand)),
            _ => Unsupported(unary, "this operator", "use the operators of arithmetic and comparison"),
        };
    }

    /// <summary>Takes off the conversions that say nothing: identity, float to double, number to Tensor.</summary>
    private static IOperation Peel(IOperation operation)
    {
        while (operation is IConversionOperation { ConstantValue.HasValue: false } conversion && IsSilent(conversion)) operation = conversion.Operand;
        return operation;
    }

    private static bool IsSilent(IConversionOperation conversion)
    {
        ITypeSymbol? from = conversion.Operand.Type, to = conversion.Type;
        if (to.IsTensor()) return from.IsTensor() || from.IsNumber();
        if (conversion.OperatorMethod is not null) return conversion.IsImplicit && (from.IsNumber() || from.IsIndexOrRange() || from.IsTensor());
        if (from.IsInteger()) return !to.IsFloating();
        if (from.IsFloating()) return !to.IsInteger();
        return conversion.IsImplicit || conversion.Conversion.IsIdentity;
    }

    private Surface Conversion(IConversionOperation conversion)
    {
        var operand = conversion.Operand;
        if (!conversion.Conversion.Exists || operand is IInvalidOperation || operand.Type is IErrorTypeSymbol) return Broken();
        if (conversion.Type.IsTensor() && operand.Type.IsNumber())
        {
            // Arithmetic with a tensor takes an int for what it is: the widening on the way to Tensor says nothing.
            while (operand is IConversionOperation { IsImplicit: true, OperatorMethod: null, Operand: var inner } && inner.Type.IsNumber()) operand = inner;
            return Expr(operand);
        }
        if (IsSilent(conversion)) return Expr(operand);
        if (conversion.OperatorMethod is null && conversion.Type.IsFloating() && operand.Type.IsInteger())
            return Surface.Of("number", "float", conversion.Syntax.Origin(), Expr(operand));
        if (conversion.OperatorMethod is null && conversion.Type.IsInteger() && operand.Type.IsFloating())
            return Surface.Of("number", "int", conversion.Syntax.Origin(), Expr(operand));
        if (operand.Type.IsTensor()) return Unsupported(conversion, "turning a tensor into a number", "its value is not known here: compute with the tensor itself");
        if (conversion.Type.IsTensor()) return Unsupported(conversion, "a tensor made from data", "pass it as an argument, or declare a [Buffer]");
        return Unsupported(conversion, "this conversion", "use x.To(DType) on tensors, (int) and (float) on numbers");
    }

    private Surface Field(IFieldReferenceOperation reference)
    {
        var origin = reference.Syntax.Origin();
        var field = reference.Field;
        if (field.ContainingType.IsTupleType && reference.Instance is { } tuple)
        {
            var elements = field.ContainingType.TupleElements;
            for (var i = 0; i < elements.Length; i++)
                if (elements[i].Name == field.Name || field.Name == "Item" + (i + 1))
                    return Surface.Of("item", "", origin, Expr(tuple), Literals.Of(i, null, origin)!);
        }
        if (reference.Instance is IInstanceReferenceOperation && scope.Derived.TryGetValue(field.Name, out var derived)) return derived;
        if (field.Type.IsNetwork() || field.Type is IArrayTypeSymbol { ElementType: var element } && element.IsNetwork()) return Receiver(reference);
        if (field.Type.IsTensor()) return Unsupported(reference, $"the field '{field.Name}'", "declare it as [Parameter] or [Buffer], or pass it as an argument");
        return Unsupported(reference, $"the field '{field.Name}'", "use a constructor parameter, a const, or a readonly field computed from constructor parameters");
    }

    private Surface Property(IPropertyReferenceOperation reference)
    {
        var origin = reference.Syntax.Origin();
        var property = reference.Property;
        if (reference.Instance is not { } instance)
            return Unsupported(reference, $"the property '{property.Name}'", "use a constant or an argument");
        if (IsShape(instance)) return Shape(instance);
        if (instance.Type.IsTensor())
        {
            if (property.IsIndexer && reference.Arguments is [var single] && Peel(single.Value) is { Type: var at } rows && at.IsTensor())
                return Surface.Of("op", "Embedding", origin, Surface.Of("arg", "weight", instance.Syntax.Origin(), Expr(instance)), Surface.Of("arg", "indices", rows.Syntax.Origin(), Expr(rows)));
            if (property.IsIndexer) return new Surface("index", "", [Expr(instance), .. Ats(reference.Arguments)], origin);
            if (property.Name == "Rank") return Surface.Of("rank", "", origin, Expr(instance));
            return Unsupported(reference, $"'{property.Name}' of a tensor", "use x.Dim(i) for a size and x.Rank for the number of dims");
        }
        if (instance.Type.IsGraph())
        {
            if (GraphPart.IsIndex(property.Name)) return Surface.Of("graphpart", property.Name, origin, Expr(instance));
            if (GraphPart.Numbers.Contains(property.Name)) return Surface.Of("graphsize", property.Name, origin, Expr(instance));
            return Unsupported(reference, $"'{property.Name}' of a graph", "use Sources, Targets, Edges, Types, Membership, or a number as NodeCount");
        }
        if (instance.Type.IsProxima("Gradients"))
        {
            if (property.Name == "Value") return Surface.Of("gradientvalue", "", origin, Expr(instance));
            if (property.IsIndexer && reference.Arguments is [{ Value: var of }]) return Gradient(instance, of, origin);
        }
        var isState = property.Attribute("ParameterAttribute") is not null || property.Attribute("BufferAttribute") is not null;
        if (isState && instance is IInstanceReferenceOperation)
            return Surface.Of(property.Attribute("BufferAttribute") is not null ? "buffer" : "param", property.Name, origin);
        if (isState && instance.Type.IsNetwork()) return Surface.Of("childparam", property.Name, origin, Receiver(instance));
        if (instance is IInstanceReferenceOperation && scope.Derived.TryGetValue(property.Name, out var derived)) return derived;
        if (property.Name == "Length" && Peel(instance) is IFieldReferenceOperation { Field: { Type: IArrayTypeSymbol { ElementType: var element } } field } && element.IsNetwork())
            return scope.Children.TryGetValue(field.Name, out var child) && child.Count is { } count ? count : Broken();
        return Unsupported(reference, $"the property '{property.Name}'", "declare it as [Parameter] or [Buffer], or use a constructor parameter");
    }

    /// <summary>The list of a tensor's sizes: what stands behind it is what a user is after.</summary>
    private static bool IsShape(IOperation operation) => Peel(operation) is IPropertyReferenceOperation { Property.Name: "Shape", Instance: { } tensor } && tensor.Type.IsTensor();

    private Surface Shape(IOperation shape) => Unsupported(shape, "'Shape' of a tensor", "use x.Dim(i) for a size and x.Rank for the number of dims");

    private Surface Gradient(IOperation gradients, IOperation of, Origin origin)
    {
        var g = Expr(gradients);
        of = Peel(of);
        // The name is what can be wrong.
        origin = of.Syntax.Origin();
        if (of.ConstantValue is { HasValue: true, Value: string text })
            return Surface.Of("gradient", text, origin.Length == text.Length + 2 ? origin with { Start = origin.Start + 1, Length = text.Length } : origin, g);
        return of switch
        {
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: var own } => Surface.Of("gradient", own.Name, origin, g),
            IPropertyReferenceOperation { Instance: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var child }, Property: var theirs } =>
                Surface.Of("gradient", child.Name + "." + theirs.Name, origin, g),
            _ => Unsupported(of, "this as a parameter", "name a [Parameter] of this class or of a child"),
        };
    }

    /// <summary>The child that a call or a parameter belongs to: a field, an element of an array, or a local that holds one.</summary>
    private Surface Receiver(IOperation operation)
    {
        var origin = operation.Syntax.Origin();
        switch (Peel(operation))
        {
            case IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var field }:
                return scope.Children.ContainsKey(field.Name) ? Surface.Of("field", field.Name, origin) : Broken();
            case IArrayElementReferenceOperation { ArrayReference: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var field }, Indices: [var index] }
                when field.Type is IArrayTypeSymbol { ElementType: var element } && element.IsNetwork():
                if (!scope.Children.TryGetValue(field.Name, out var child)) return Broken();
                var at = Expr(index);
                if (at.Kind == "fromend") at = Surface.Of("binary", "-", at.Origin, child.Count!, at[0]);
                return Surface.Of("element", field.Name, origin, at);
            case ILocalReferenceOperation { Local: var local }:
                return Surface.Of("local", local.Name, origin);
            case IInvocationOperation { Instance: { } on } call when FunctionalCalls.IsWith(call.TargetMethod):
                return new Surface("with", "", [on is IInstanceReferenceOperation ? Surface.Of("self", "", on.Syntax.Origin()) : Receiver(on), .. Arguments(call.Arguments)], origin);
            case IInvalidOperation:
                return Broken();
            default:
                return Peel(operation) switch
                {
                    IObjectCreationOperation { Type: var type } when type.IsNetwork() => Unsupported(operation, "creating a network in a body", "declare it as a readonly field"),
                    IPropertyReferenceOperation { Property: var property } when property.Type.IsNetwork() => Unsupported(operation, $"the property '{property.Name}' as a child", "make it a readonly field"),
                    _ => Unsupported(operation, "this as a child", "a child is a readonly field of this class, an element of one, the variable of a foreach, or With on one of them"),
                };
        }
    }

    private ImmutableArray<Surface> Ats(ImmutableArray<IArgumentOperation> arguments)
    {
        var ats = ImmutableArray.CreateBuilder<Surface>();
        foreach (var argument in arguments)
        {
            var value = argument.Value;
            if (argument.ArgumentKind == Microsoft.CodeAnalysis.Operations.ArgumentKind.ParamArray && value is IArrayCreationOperation { Initializer: { } initializer })
                foreach (var element in initializer.ElementValues) ats.Add(At(element));
            else if (argument.ArgumentKind == Microsoft.CodeAnalysis.Operations.ArgumentKind.ParamCollection && Peel(value) is ICollectionExpressionOperation collection)
                foreach (var element in collection.Elements) ats.Add(At(element));
            else
                ats.Add(At(value));
        }
        return ats.ToImmutable();
    }

    private Surface At(IOperation operation)
    {
        operation = Peel(operation);
        if (operation is not IRangeOperation range) return Surface.Of("at", "", operation.Syntax.Origin(), Expr(operation));
        return Surface.Of("range", "", range.Syntax.Origin(), End(range.LeftOperand), End(range.RightOperand));

        Surface End(IOperation? end) => end is null ? s_nothing : Expr(end);
    }

    private Surface Lambda(IAnonymousFunctionOperation lambda)
    {
        var origin = lambda.Syntax.Origin();
        if (lambda.Body.Operations is not [IReturnOperation { ReturnedValue: { } value }])
            return Unsupported(lambda, "this lambda", "give it one expression: v => v / (1 + MathF.Abs(v)), (source, target, edge) => x[source]");
        var names = lambda.Symbol.Parameters.Select(p => Surface.Of("local", p.Name, p.Origin())).ToImmutableArray();
        return WithoutHoisting(() => Surface.Of("lambda", "", origin, new Surface("names", "", names, origin), Expr(value)));
    }

    private Surface Call(IInvocationOperation call)
    {
        var origin = call.Syntax.Origin();
        var method = call.TargetMethod;
        var owner = method.ContainingType;
        // C# 14 puts extension members into a nameless type of their own.
        if (owner is { IsExtension: true, ContainingType: { } declaring }) owner = declaring;
        // Operations that are made of others are compiled like any function.
        if (owner.IsProxima("Ops") && !method.IsTensorFunction()) return new Surface("op", method.Name, Arguments(call), origin);
        if (IsMath(method)) return new Surface("math", method.Name, Arguments(call.Arguments).Select(a => a[0]).ToImmutableArray(), origin);
        if (FunctionalCalls.IsWith(method)) return Receiver(call);
        // The declaration says what is wrong with it.
        if (method.MethodKind == MethodKind.LocalFunction) return Broken();
        if (owner.IsTensor() && call.Instance is null) return Report("PRX0007", call, NameOf(call), method.Name, "use the operation of Ops; data of the host are arguments or a [Buffer]");
        if (owner.IsTensor() && call.Instance is { } tensor)
        {
            switch (method.Name)
            {
                case "Dim" when call.Arguments is [{ Value: var axis }]:
                    return Surface.Of("dim", "", origin, Expr(tensor), Expr(axis));
                case "To" when call.Arguments is [{ Value: { ConstantValue: { HasValue: true, Value: { } dtype }, Type: { } type } }]:
                    return Surface.Of("cast", Literals.EnumName(dtype, type), origin, Expr(tensor));
            }
            return Report("PRX0007", call, NameOf(call), method.Name, "use the operation of Ops; a body has no access to a tensor's memory");
        }
        if (owner.IsGraph()) return Report("PRX0007", call, NameOf(call), method.Name, "make the graph outside, and pass it as an argument");
        if (owner.IsProxima("Gradients") && method.Name == "Of" && call is { Instance: { } gradients, Arguments: [{ Value: var of }] })
            return Gradient(gradients, of, origin);
        if (method.IsGenericMethod) return Report("PRX0007", call, NameOf(call), method.Name, "generic methods are not compiled");
        if (method.IsCompiled())
        {
            if (method.IsStatic) return new Surface("function", owner.FullName() + "." + method.Name, Arguments(call.Arguments), origin);
            if (call.Instance is IInstanceReferenceOperation) return new Surface("method", method.Name, Arguments(call.Arguments), origin);
            if (call.Instance is { } child) return new Surface("child", method.Name, [Receiver(child), .. Arguments(call.Arguments)], origin);
        }
        return Report("PRX0007", call, NameOf(call), method.Name, method.IsStatic
            ? "mark it [TensorFunction], or use an operation of Ops"
            : "a body calls Ops, compiled methods of this class and its children, and [TensorFunction]s");
    }

    /// <summary>The arguments under their parameters' names, in the order of the parameters, with the receiver of an extension first.</summary>
    private ImmutableArray<Surface> Arguments(IInvocationOperation call)
    {
        var arguments = Arguments(call.Arguments);
        if (call.Instance is not { } receiver || receiver is IInstanceReferenceOperation) return arguments;
        var name = call.TargetMethod.ContainingType.ExtensionParameter?.Name ?? "x";
        return arguments.Insert(0, Surface.Of("arg", name, receiver.Syntax.Origin(), Expr(receiver)));
    }

    private ImmutableArray<Surface> Arguments(ImmutableArray<IArgumentOperation> arguments)
    {
        var items = ImmutableArray.CreateBuilder<Surface>(arguments.Length);
        foreach (var argument in arguments.OrderBy(a => a.Parameter?.Ordinal ?? 0))
        {
            if (argument.Parameter is not { } parameter) return [Broken()];
            var origin = argument.ArgumentKind == Microsoft.CodeAnalysis.Operations.ArgumentKind.DefaultValue ? Origin.None
                : argument.Syntax is ArgumentSyntax syntax ? syntax.Expression.Origin()
                : argument.Value.Syntax.Origin();
            items.Add(Surface.Of("arg", parameter.Name, origin, Expr(argument.Value)));
        }
        return items.ToImmutable();
    }

    private static Origin NameOf(IInvocationOperation call) => call.Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name.Origin(),
        InvocationExpressionSyntax invocation => invocation.Expression.Origin(),
        var syntax => syntax.Origin(),
    };

    private static bool IsMath(IMethodSymbol method) =>
        method.IsStatic && method.ReturnType.IsNumber() && method.ContainingType is { } type
        && (type.IsNumber() || (type.Name is "Math" or "MathF" && type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true }));
}
