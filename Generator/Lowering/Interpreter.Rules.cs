using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Methods whose derivative another method declares.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Runs a body whose arguments are bound; its value varies with them as [CustomGradient] says, where there is one, and in a problem it is what [ProxRule] says.</summary>
    private void Run(Activation callee, MethodDeclaration method)
    {
        if (_isProblem && callee.Instance.Declaration.OperatorOf(method.Name) is { Body: not null } declared)
        {
            callee.Returned = Proximable(callee, method, declared);
            return;
        }
        if (callee.Instance.Declaration.RuleOf(method.Name) is not { } rule)
        {
            Block(method.Body!);
            return;
        }
        var given = method.Arguments.Select(a => callee.Scope.Find(a.Name)!).ToImmutableArray();
        var operands = Operands(method, rule, given);
        if (rule.Body is null || operands.IsEmpty)
        {
            Block(method.Body!);
            return;
        }
        var (outer, state) = (_frame, _root.State);
        var inputs = operands.Select(i => Here(given[i])).ToImmutableArray();
        Open(outer);
        try
        {
            // A region of its own, so that derivatives by the operands and by what the body reads besides them can be told apart.
            var parameters = operands.Select((argument, i) => Builder.Parameter(method.Arguments[argument].Name, inputs[i].Type)).ToImmutableArray();
            for (var i = 0; i < operands.Length; i++) callee.Scope.Declare(method.Arguments[operands[i]].Name, Result(parameters[i]));
            Block(method.Body!);
            if (callee.Returned is not { } returned || returned == Value.Error) return;
            if (returned is not TensorValue { Type.IsFloat: true })
                throw Refusal.Of("PRX0121", rule.Rule!.OfOrigin, $"{method.Name} gives {(returned is TensorValue t ? t.Type.ToString() : returned.Kind)}; a custom gradient is that of one floating-point tensor");
            var value = new Region([.. parameters, .. _frame.Inner], [Here(returned)]);
            inputs = inputs.AddRange(_frame.Outer);
            _frame = outer;
            var back = Back(callee, method, rule, given, operands, value.Results[0].Type, out var captures);
            if (!ReferenceEquals(state, _root.State))
                throw Refusal.Of("PRX0121", rule.Rule!.OfOrigin, $"{method.Name} or {rule.Name} assigns a buffer; a method with a custom gradient only computes: assign where it is called");
            callee.Returned = back is null ? Value.Error : Result(Builder.Ruled(inputs.AddRange(captures), new RuleInfo(rule.Name, operands.Length, value, back)));
        }
        finally
        {
            _frame = outer;
        }
    }

    private void Open(Frame outer)
    {
        _frame = new Frame(outer);
        _frame.Builder.Source = outer.Builder.Source;
    }

    private Node Here(Value value) => value is TensorValue tensor ? _frame.Import(tensor.Node, tensor.Home) : throw new InvalidOperationException("a tensor is expected");

    /// <summary>The arguments whose gradients a rule gives.</summary>
    private static ImmutableArray<int> Operands(MethodDeclaration method, MethodDeclaration rule, ImmutableArray<Value> given)
    {
        var wrt = rule.Rule!.Wrt;
        var names = method.Arguments.Items.Select(a => a.Name).ToImmutableArray();
        if (wrt.Count == 0) return [.. Enumerable.Range(0, given.Length).Where(i => given[i] is TensorValue { Type.IsFloat: true })];
        return [.. wrt.Select((name, w) => names.IndexOf(name) is >= 0 and var i && given[i] is TensorValue { Type.IsFloat: true } ? i
            : throw Refusal.Of("PRX0122", rule.Rule.WrtOrigins[w], names.Contains(name)
                ? $"'{name}' of {method.Name} is no floating-point tensor, so there is no gradient by it"
                : $"'{name}' is no argument of {method.Name}; it has {string.Join(", ", names)}"))];
    }

    /// <summary>Lowers the rule as a region of its own; null where there is a mistake.</summary>
    private Region? Back(
        Activation callee, MethodDeclaration method, MethodDeclaration rule, ImmutableArray<Value> given, ImmutableArray<int> operands, TensorType type, out ImmutableArray<Node> captures)
    {
        var takesResult = rule.Arguments.Count == given.Length + 2;
        if (!takesResult && rule.Arguments.Count != given.Length + 1)
        {
            throw Refusal.Of("PRX0123", rule.Origin,
                $"{rule.Name} has {Count(rule.Arguments.Count, "argument")}; the derivative of {method.Name} takes its {Count(given.Length, "argument")}, then (or not) the result, then the gradient by the result");
        }
        var (outer, call) = (_frame, _call);
        captures = [];
        _call = callee.Caller ?? callee;
        GuardRecursion(callee.Instance, rule.Name, Surface.Of("method", rule.Name, rule.Origin));
        Open(outer);
        var activation = new Activation(callee.Instance, rule, callee.Caller, callee.Site);
        try
        {
            var cotangent = Builder.Parameter(rule.Arguments[rule.Arguments.Count - 1].Name, type);
            var result = Builder.Parameter(takesResult ? rule.Arguments[given.Length].Name : "", type);
            var values = given.Select((v, i) => (Surface.Of("local", method.Arguments[i].Name, rule.Origin), v)).ToList();
            if (takesResult) values.Add((Surface.Of("local", result.Text, rule.Origin), Result(result)));
            values.Add((Surface.Of("local", cotangent.Text, rule.Origin), Result(cotangent)));
            Bind(activation, rule, values, values[0].Item1);
            _call = activation;
            Block(rule.Body!);
            if (activation.Returned is not { } returned || returned == Value.Error) return null;
            var gradients = returned is TupleValue tuple ? tuple.Items : [returned];
            if (gradients.Length != operands.Length)
            {
                throw Refusal.Of("PRX0123", rule.ReturnOrigin,
                    $"{rule.Name} gives {Count(gradients.Length, "value")}, and the derivative of {method.Name} has one for each of {string.Join(", ", operands.Select(i => method.Arguments[i].Name))}");
            }
            var results = gradients.Select((g, k) => Gradient(g, operands[k])).ToImmutableArray();
            captures = _frame.Outer;
            return new Region([cotangent, result, .. _frame.Inner], results);
        }
        finally
        {
            (_frame, _call) = (outer, call);
        }

        Node Gradient(Value gradient, int argument)
        {
            var type = ((TensorValue)given[argument]).Type;
            var source = Surface.Of("method", rule.Name, rule.Origin);
            var node = ToNode(gradient, gradient is TensorValue tensor ? tensor.Type.DType : type.DType, source);
            if (gradient is not TensorValue) node = Builder.BroadcastTo(node, type.Shape);
            var words = $"{rule.Name} gives {node.Type} as the gradient by {method.Arguments[argument].Name}, which is {type}";
            if (node.Type.DType != type.DType || node.Rank != type.Rank) throw Refusal.Of("PRX0106", rule.ReturnOrigin, words);
            for (var i = 0; i < type.Rank; i++)
                RequireEqual(type.Shape[i], node.Shape[i], () => words, () => Finding.Of("PRX0106", rule.ReturnOrigin, words).With(Declarations(type.Shape[i], node.Shape[i])));
            return Builder.Reshape(node, type.Shape);
        }
    }
}
