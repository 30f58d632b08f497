using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>What a body can name besides its own locals: the children and the derived sizes of its class.</summary>
internal sealed class Scope
{
    public static readonly Scope Empty = new();

    /// <summary>The children that were understood. A field that is missing here has C# errors of its own.</summary>
    public Dictionary<string, ChildDeclaration> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>The values of <c>readonly int half = n / 2;</c> and <c>int Half => n / 2;</c>, which stand for their expressions.</summary>
    public Dictionary<string, Surface> Derived { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// Translates one body (or one expression) from Roslyn's operations to <see cref="Surface"/>. Every construct outside the language becomes a
/// diagnostic that says what to write instead; code that C# itself rejects is given up silently.
/// </summary>
internal sealed partial class BodyReader(Scope scope, List<Finding> diagnostics, CancellationToken cancellation)
{
    /// <summary>
    /// How deep expressions and statements may nest, together. Later passes recurse over Surface without a guard of their own: this is their bound.
    /// </summary>
    public const int MaximumDepth = 200;

    /// <summary>A chain <c>a + b + c ...</c> nests to the left without limit; longer pieces than this are given a local of their own.</summary>
    private const int LongestChain = 64;

    private static readonly Surface s_nothing = Surface.Of("null");

    private readonly HashSet<string> _loopVariables = new(StringComparer.Ordinal);
    private ImmutableArray<Surface>.Builder? _statements;
    private SyntaxNode? _body;
    private int _depth;
    private int _hoisted;
    private bool _failed;

    /// <summary>The body of a method, or null where it has C# errors or diagnostics.</summary>
    public Surface? Body(SyntaxNode method, SemanticModel model)
    {
        if (HasSyntaxErrors(method)) return null;
        _body = method;
        return Guarded(method, () => model.GetOperation(method, cancellation) is IMethodBodyOperation body && (body.BlockBody ?? body.ExpressionBody) is { } block
            ? Block(block)
            : Broken());
    }

    /// <summary>An expression outside a body (the size of a child, a derived size), or null where it has C# errors or diagnostics.</summary>
    public Surface? Expression(SyntaxNode syntax, SemanticModel model)
    {
        if (HasSyntaxErrors(syntax)) return null;
        return Guarded(syntax, () => model.GetOperation(syntax, cancellation) is { } operation ? Expr(operation) : Broken());
    }

    /// <summary>The arguments of <c>new Linear(inputs, hidden)</c>, defaults included, or null where they have C# errors or diagnostics.</summary>
    public ImmutableArray<Surface>? Arguments(IObjectCreationOperation creation)
    {
        var arguments = ImmutableArray<Surface>.Empty;
        var read = Guarded(creation.Syntax, () =>
        {
            arguments = Arguments(creation.Arguments);
            return s_nothing;
        });
        return read is null ? null : arguments;
    }

    private Surface? Guarded(SyntaxNode syntax, Func<Surface> read)
    {
        try
        {
            if (NestsTooDeeply(syntax)) return TooDeep(syntax);
            var result = read();
            return _failed ? null : result;
        }
        catch (InsufficientExecutionStackException)
        {
            return TooDeep(syntax);
        }
    }

    private Surface? TooDeep(SyntaxNode syntax)
    {
        Report("PRX0013", syntax is MethodDeclarationSyntax method ? method.Identifier.Origin() : syntax.Origin());
        return null;
    }

    private static bool HasSyntaxErrors(SyntaxNode node) =>
        node.ContainsDiagnostics && node.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>Looks before Roslyn binds: its own walk of a deep expression would not survive either. The left spine of an operator chain is free.</summary>
    private static bool NestsTooDeeply(SyntaxNode root)
    {
        var pending = new Stack<(SyntaxNode Node, int Depth)>();
        pending.Push((root, 0));
        while (pending.Count > 0)
        {
            var (node, depth) = pending.Pop();
            if (depth > 4 * MaximumDepth) return true;
            var left = node is BinaryExpressionSyntax binary ? binary.Left : null;
            foreach (var child in node.ChildNodes()) pending.Push((child, child == left ? depth : depth + 1));
        }
        return false;
    }

    private void Enter()
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_depth > MaximumDepth) throw new InsufficientExecutionStackException();
        RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    private Surface Report(string id, Origin origin, params string[] arguments)
    {
        _failed = true;
        diagnostics.Add(Finding.Of(id, origin, arguments));
        return s_nothing;
    }

    private Surface Report(Finding finding)
    {
        _failed = true;
        diagnostics.Add(finding);
        return s_nothing;
    }

    private Surface Unsupported(IOperation operation, string what, string instead) => Report("PRX0006", operation, operation.Syntax.Origin(), what, instead);

    /// <summary>Reports, unless C# has already found an error in there: then there is nothing to add.</summary>
    private Surface Report(string id, IOperation about, Origin origin, params string[] arguments) =>
        about.DescendantsAndSelf().Any(o => o is IInvalidOperation || HasErrors(o.Type)) ? Broken() : Report(id, origin, arguments);

    private static bool HasErrors(ITypeSymbol? type) => type is IErrorTypeSymbol || type is IArrayTypeSymbol { ElementType: IErrorTypeSymbol };

    private Surface UnsupportedStatement(IOperation operation, string what, string instead)
    {
        // The keyword says enough: underlining a whole loop would hide everything else in it.
        var origin = operation.Syntax is StatementSyntax and not ExpressionStatementSyntax
            ? operation.Syntax.GetFirstToken().Origin()
            : operation.Syntax.Origin();
        return Report("PRX0005", operation, origin, what, instead);
    }

    private Surface Broken()
    {
        _failed = true;
        return s_nothing;
    }

    private Surface Block(IOperation operation)
    {
        Enter();
        var outer = _statements;
        var statements = _statements = ImmutableArray.CreateBuilder<Surface>();
        if (operation is IBlockOperation block)
        {
            foreach (var statement in block.Operations) Statement(statement);
        }
        else
        {
            Statement(operation);
        }
        _statements = outer;
        _depth--;
        return new Surface("block", "", statements.ToImmutable(), operation.Syntax.Origin());
    }

    private void Add(string kind, string value, Origin origin, params Surface[] items) =>
        _statements!.Add(new Surface(kind, value, [.. items], origin));

    private void Statement(IOperation statement)
    {
        Enter();
        var origin = statement.Syntax.Origin();
        switch (statement)
        {
            case IBlockOperation:
                _statements!.Add(Block(statement));
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                    foreach (var declarator in declaration.Declarators) Declare(declarator, declarator.Initializer ?? declaration.Initializer);
                break;
            case IExpressionStatementOperation { Operation: var expression }:
                ExpressionStatement(expression);
                break;
            case IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value }:
                Add("return", "", value.Syntax.Origin(), Expr(value));
                break;
            case IForLoopOperation loop:
                For(loop);
                break;
            case IForEachLoopOperation loop:
                ForEach(loop);
                break;
            case IConditionalOperation choice:
                var condition = Expr(choice.Condition);
                Add("if", "", choice.Condition.Syntax.Origin(), condition, Block(choice.WhenTrue),
                    choice.WhenFalse is { } otherwise ? Block(otherwise) : Surface.Of("block"));
                break;
            case IEmptyOperation:
                break;
            case IInvalidOperation:
                Broken();
                break;
            case IWhileLoopOperation:
                UnsupportedStatement(statement, "a while loop", "write a 'for' over an int range");
                break;
            case IBranchOperation:
                UnsupportedStatement(statement, "a jump", "choose the loop's range so that it runs to its end, or use 'if' on sizes");
                break;
            case ISwitchOperation:
                UnsupportedStatement(statement, "a switch", "use 'if' on sizes");
                break;
            case IThrowOperation:
                UnsupportedStatement(statement, "throw", "remove it: shapes are checked at entry");
                break;
            case ILocalFunctionOperation:
                var named = statement.Syntax is LocalFunctionStatementSyntax function ? function.Identifier.Origin() : origin;
                Report("PRX0005", statement, named, "a local function", "make it a private method");
                break;
            case IUsingOperation or IUsingDeclarationOperation:
                UnsupportedStatement(statement, "using", "remove it: the compiler plans the memory");
                break;
            case ITryOperation or ILockOperation:
                UnsupportedStatement(statement, "this statement", "remove it: a body only computes");
                break;
            default:
                UnsupportedStatement(statement, "this statement", "a body has locals, 'for', 'foreach' over children, 'if' on sizes, and 'return'");
                break;
        }
        _depth--;
    }

    private void Declare(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? initializer)
    {
        if (declarator.Symbol.IsConst) return;
        var origin = declarator.Syntax is VariableDeclaratorSyntax syntax ? syntax.Identifier.Origin() : declarator.Syntax.Origin();
        // A declaration without a value opens the scope; C# has checked that a value is assigned before it is read.
        var value = initializer is null ? s_nothing : Expr(initializer.Value);
        Add("let", declarator.Symbol.Name, origin, value);
    }

    private void ExpressionStatement(IOperation expression)
    {
        var origin = expression.Syntax.Origin();
        if (expression.Syntax is AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax element } && expression.SemanticModel?.GetTypeInfo(element.Expression, cancellation).Type.IsTensor() == true)
        {
            // C# only says that the indexer is read-only.
            Report("PRX0005", element.Origin(), "assigning part of a tensor", "build the tensor with Where, Concat or Stack");
            return;
        }
        switch (expression)
        {
            case { Type: IErrorTypeSymbol } or IInvalidOperation:
                Broken();
                break;
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                Assign(assignment.Target, Expr(assignment.Value));
                break;
            case ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.None }:
                Broken();
                break;
            case ICompoundAssignmentOperation assignment:
                if (Operator(assignment.OperatorKind) is { } symbol)
                {
                    // A chain of its own: the left side reads the target.
                    var current = Expr(assignment.Target);
                    var value = Expr(assignment.Value);
                    Assign(assignment.Target, Surface.Of("binary", symbol, origin, current, value));
                }
                else
                {
                    Unsupported(assignment, "this operator", "write the computation with +, -, * or /");
                }
                break;
            case IIncrementOrDecrementOperation step:
                Assign(step.Target, Surface.Of("binary", step.Kind == OperationKind.Increment ? "+" : "-", origin, Expr(step.Target), Surface.Of("int", "1", origin)));
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                Deconstruct(deconstruction);
                break;
            default:
                var dropped = Expr(expression);
                if (!_failed && expression is IInvocationOperation call) ReportDropped(call, dropped);
                Add("expr", "", origin, dropped);
                break;
        }
    }

    /// <summary>A call computes and changes nothing: dropping its value is most often the habit of operations in place.</summary>
    private void ReportDropped(IInvocationOperation call, Surface value)
    {
        var origin = call.Syntax.Origin();
        var finding = Finding.Of("PRX0031", origin, SurfaceText.ToCSharp(value));
        var first = call.Instance is null or IInstanceReferenceOperation ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value : call.Instance;
        var target = first is null ? null : Peel(first) switch
        {
            ILocalReferenceOperation { Local: var local } when local.Type.IsTensor() && !_loopVariables.Contains(local.Name) => local.Name,
            IParameterReferenceOperation { Parameter: var parameter } when parameter.Type.IsTensor() => parameter.Name,
            _ => null,
        };
        diagnostics.Add(target is null ? finding : finding.With(Repair.Insert($"Assign it to '{target}'", "Assign", origin, target + " = ")));
    }

    private void Assign(IOperation target, Surface value)
    {
        var origin = target.Syntax.Origin();
        switch (target)
        {
            case IDiscardOperation:
                Add("expr", "", origin, value);
                break;
            case ILocalReferenceOperation { Local: var local } when _loopVariables.Contains(local.Name):
                UnsupportedStatement(target, $"assigning the loop variable '{local.Name}'", "copy it to a local of its own");
                break;
            case ILocalReferenceOperation { Local: var local }:
                Add("assign", local.Name, origin, value);
                break;
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } } parameter }:
                Add("assign", parameter.Name, origin, value);
                break;
            case IParameterReferenceOperation { Parameter: var parameter }:
                UnsupportedStatement(target, $"assigning the size '{parameter.Name}'", "sizes are fixed by the constructor; use a local");
                break;
            case IPropertyReferenceOperation { Property: var property, Instance: IInstanceReferenceOperation } when property.Attribute("BufferAttribute") is not null:
                Add("setbuffer", property.Name, origin, value);
                break;
            case IPropertyReferenceOperation { Property: var property, Instance: { } child } when property.Attribute("BufferAttribute") is not null && child.Type.IsNetwork():
                Add("setbuffer", property.Name, origin, value, Receiver(child));
                break;
            case IPropertyReferenceOperation { Arguments.Length: > 0 }:
                UnsupportedStatement(target, "assigning part of a tensor", "build the tensor with Where, Concat or Stack");
                break;
            case IPropertyReferenceOperation { Property: var property } when property.Attribute("ParameterAttribute") is not null:
                UnsupportedStatement(target, $"assigning the parameter '{property.Name}'", "declare state that a body changes as [Buffer]");
                break;
            case IInvalidOperation:
                Broken();
                break;
            default:
                UnsupportedStatement(target, "assigning this", "assign a local or a [Buffer]");
                break;
        }
    }

    private void Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        var declares = deconstruction.Target is IDeclarationExpressionOperation;
        var target = deconstruction.Target is IDeclarationExpressionOperation { Expression: var declared } ? declared : deconstruction.Target;
        if (target is not ITupleOperation tuple)
        {
            UnsupportedStatement(deconstruction, "this deconstruction", "deconstruct a tuple into locals");
            return;
        }
        var names = ImmutableArray.CreateBuilder<Surface>();
        foreach (var element in tuple.Elements)
        {
            var item = element;
            if (element is IDeclarationExpressionOperation { Expression: var local })
            {
                declares = true;
                item = local;
            }
            var name = item switch
            {
                IDiscardOperation => "_",
                ILocalReferenceOperation { Local: var l } when !_loopVariables.Contains(l.Name) => l.Name,
                IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } } p } => p.Name,
                _ => null,
            };
            if (name is null)
            {
                UnsupportedStatement(element, "deconstructing into this", "deconstruct into locals, one level deep");
                return;
            }
            if (declares && item is ILocalReferenceOperation { IsDeclaration: false } or IParameterReferenceOperation)
            {
                UnsupportedStatement(element, "mixing new and existing variables in a deconstruction", "declare all of them here, or all of them before");
                return;
            }
            names.Add(Surface.Of("local", name, element.Syntax.Origin()));
        }
        Add(declares ? "lettuple" : "assigntuple", "", target.Syntax.Origin(),
            new Surface("names", "", names.ToImmutable(), target.Syntax.Origin()), Expr(deconstruction.Value));
    }

    private void For(IForLoopOperation loop)
    {
        const string Instead = "write for (var k = start; k < end; k++), or with k <= end, k--, k += step";
        if (loop.Before.Length != 1 || loop.Before[0] is not IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [var variable] } declaration] }
            || (variable.Initializer ?? declaration.Initializer) is not { Value: var start } || !variable.Symbol.Type.IsInteger())
        {
            UnsupportedStatement(loop, "this loop header", Instead);
            return;
        }
        var counter = variable.Symbol;
        if (loop.AtLoopBottom.Length != 1 || Step(loop.AtLoopBottom[0], counter) is not { } step || step == 0)
        {
            UnsupportedStatement(loop, "this loop step", Instead);
            return;
        }
        if (loop.Condition is not IBinaryOperation condition || Bound(condition, counter) is not var (comparison, bound)
            || (step > 0 ? comparison is not ("<" or "<=") : comparison is not (">" or ">=")))
        {
            if (loop.Condition is { } wrong) Report("PRX0005", wrong, wrong.Syntax.Origin(), "this loop condition", Instead);
            else UnsupportedStatement(loop, "a loop without an end", Instead);
            return;
        }
        if (bound.DescendantsAndSelf().Any(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, counter)))
        {
            Report("PRX0005", bound.Syntax.Origin(), "a bound that depends on the loop variable", Instead);
            return;
        }
        var first = Expr(start);
        var end = Expr(bound);
        // Surface's end is exclusive.
        if (comparison.Length == 2)
            end = Surface.Of("binary", step > 0 ? "+" : "-", bound.Syntax.Origin(), end, Surface.Of("int", "1", bound.Syntax.Origin()));
        _loopVariables.Add(counter.Name);
        var body = Block(loop.Body);
        _loopVariables.Remove(counter.Name);
        Add("for", counter.Name, loop.Syntax.GetFirstToken().Origin(), first, end,
            Literals.Of(step, null, loop.AtLoopBottom[0].Syntax.Origin())!, body);
    }

    /// <summary>The constant that the loop adds to its counter, or null.</summary>
    private static int? Step(IOperation bottom, ILocalSymbol counter)
    {
        var operation = bottom is IExpressionStatementOperation { Operation: var inner } ? inner : bottom;
        return operation switch
        {
            IIncrementOrDecrementOperation { Target: var t } step when Is(t) => step.Kind == OperationKind.Increment ? 1 : -1,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add, Target: var t, Value: var v } when Is(t) => Constant(v),
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract, Target: var t, Value: var v } when Is(t) => -Constant(v),
            ISimpleAssignmentOperation { Target: var t, Value: var v } when Is(t) && Peel(v) is IBinaryOperation sum => sum.OperatorKind switch
            {
                BinaryOperatorKind.Add when Is(sum.LeftOperand) => Constant(sum.RightOperand),
                BinaryOperatorKind.Add when Is(sum.RightOperand) => Constant(sum.LeftOperand),
                BinaryOperatorKind.Subtract when Is(sum.LeftOperand) => -Constant(sum.RightOperand),
                _ => null,
            },
            _ => null,
        };

        bool Is(IOperation o) => Peel(o) is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, counter);

        static int? Constant(IOperation o) => o.ConstantValue is { HasValue: true, Value: int value } && value != int.MinValue ? value : null;
    }

    /// <summary>A condition as (comparison, bound) with the counter on the left, or null.</summary>
    private static (string Comparison, IOperation Bound)? Bound(IBinaryOperation condition, ILocalSymbol counter)
    {
        if (Operator(condition.OperatorKind) is not ("<" or "<=" or ">" or ">=") || condition.OperatorMethod is not null) return null;
        var comparison = Operator(condition.OperatorKind)!;
        if (Is(condition.LeftOperand)) return (comparison, condition.RightOperand);
        if (!Is(condition.RightOperand)) return null;
        return (comparison switch { "<" => ">", "<=" => ">=", ">" => "<", _ => "<=" }, condition.LeftOperand);

        bool Is(IOperation o) => Peel(o) is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, counter);
    }

    private void ForEach(IForEachLoopOperation loop)
    {
        if (loop.LoopControlVariable is not IVariableDeclaratorOperation { Symbol: var variable }
            || Peel(loop.Collection) is not IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: { Type: IArrayTypeSymbol array } field }
            || !array.ElementType.IsNetwork())
        {
            UnsupportedStatement(loop, "foreach over this", "foreach runs over a field that is an array of child networks; for the rows of a tensor write a 'for'");
            return;
        }
        if (!scope.Children.ContainsKey(field.Name))
        {
            Broken();
            return;
        }
        var blocks = Surface.Of("field", field.Name, loop.Collection.Syntax.Origin());
        _loopVariables.Add(variable.Name);
        var body = Block(loop.Body);
        _loopVariables.Remove(variable.Name);
        Add("foreach", variable.Name, loop.Syntax.GetFirstToken().Origin(), blocks, body);
    }
}
