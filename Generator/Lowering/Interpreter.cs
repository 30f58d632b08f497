using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>
/// Runs a body with symbolic values and writes down what it computes. One interpreter is one run under one list of <see cref="Decisions"/>.
/// This part: statements.
/// </summary>
internal sealed partial class Interpreter(Library library, Decisions decisions, CancellationToken cancellation)
{
    private readonly Decisions _decisions = decisions;
    private readonly List<Finding> _findings = [];
    private readonly List<Finding> _warnings = [];
    private Root _root = null!;
    private Frame _frame = null!;
    private Activation _call = null!;
    private string _compiled = "";

    public IReadOnlyList<Finding> Findings => _findings;

    public Builder Builder => _frame.Builder;

    public void Report(Finding finding) => _findings.Add(finding with { Site = Site() });

    /// <summary>What is most likely not meant, and can be compiled all the same.</summary>
    public void Warn(Finding finding) => _warnings.Add(finding with { Site = Site() });

    public IReadOnlyList<Finding> Warnings => _warnings;

    /// <summary>A refusal without a finding has been reported where it arose.</summary>
    private void Report(Refusal refusal)
    {
        if (refusal.Finding is { } finding) Report(finding);
    }

    /// <summary>The call in the compiled class that leads to what is being read; none in its compiled method itself.</summary>
    private Origin Site()
    {
        for (var call = _call; call.Caller is { } caller; call = caller)
            if (call.Site.IsWritten && caller.Instance.Declaration.FullName == _compiled) return call.Site;
        return Origin.None;
    }

    /// <summary>Runs statements in a scope of their own.</summary>
    private void Block(Surface block)
    {
        if (block.Kind != "block") throw Malformed(block);
        var outer = _call.Scope;
        _call.Scope = new Scope(outer);
        foreach (var statement in block.Items)
        {
            if (_call.Returned is not null) break;
            Statement(statement);
        }
        _call.Scope = outer;
    }

    private void Statement(Surface s)
    {
        cancellation.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            Execute(s);
        }
        catch (Refusal refusal)
        {
            Report(refusal);
            // What the statement would have assigned is in error, too.
            foreach (var name in Assigned(s)) _call.Scope.Assign(name, Value.Error);
            if (Returns(s)) _call.Returned = Value.Error;
        }
    }

    private void Execute(Surface s)
    {
        switch (s.Kind)
        {
            case "block":
                Block(s);
                break;
            case "let" when s.Count == 1:
                _call.Scope.Declare(s.Value, Value.Error);
                var local = Named(s.Value, Evaluate(s[0], s));
                _call.Scope.Declare(s.Value, local);
                Note(s.Value, s.Origin, local);
                break;
            case "assign" when s.Count == 1:
                Assign(s.Value, Named(s.Value, Evaluate(s[0], s)), s);
                break;
            case "lettuple" or "assigntuple" when s.Count == 2 && s[0].Kind == "names":
                AssignTuple(s);
                break;
            case "setbuffer" when s.Count is 1 or 2:
                SetBuffer(s);
                break;
            case "for" when s.Count == 4:
                For(s);
                break;
            case "foreach" when s.Count == 2:
                ForEach(s);
                break;
            case "if" when s.Count is 2 or 3:
                If(s);
                break;
            case "return" when s.Count == 1:
                var result = Evaluate(s[0], s);
                if (_call.Inside > 0)
                    throw Refusal.Of("PRX0005", s.Origin, "a return inside a loop, or inside an 'if' that depends on one,", "assign a local and return it after the loop");
                _call.Returned = Checked(result, s);
                break;
            case "expr" when s.Count == 1:
                Evaluate(s[0], s);
                break;
            default:
                throw Refusal.Of("PRX0005", s.Origin, $"'{s.Kind}'", "a body has locals, 'for', 'foreach' over children, 'if' on sizes, and 'return'");
        }
    }

    private void Assign(string name, Value value, Surface s)
    {
        if (!_call.Scope.Assign(name, value)) throw Refusal.Of("PRX0116", s.Origin, $"there is no local '{name}' here");
    }

    private void AssignTuple(Surface s)
    {
        var names = s[0].Items;
        if (s.Kind == "lettuple")
            foreach (var name in names) _call.Scope.Declare(name.Value, Value.Error);
        var value = Evaluate(s[1], s);
        var items = value is TupleValue tuple ? tuple.Items : [];
        if (value != Value.Error && items.Length != names.Length)
            throw Refusal.Of("PRX0114", s[1].Origin, $"this is {value.Kind}, and a tuple of {names.Length} values is needed");
        for (var i = 0; i < names.Length; i++)
        {
            var item = value == Value.Error ? value : Named(names[i].Value, items[i]);
            if (names[i].Value == "_") continue;
            if (s.Kind == "lettuple")
            {
                _call.Scope.Declare(names[i].Value, item);
                Note(names[i].Value, names[i].Origin, item);
            }
            else Assign(names[i].Value, item, s);
        }
    }

    /// <summary>Gives a computed node the name of the local that holds it, so that generated code can use it.</summary>
    private static Value Named(string name, Value value)
    {
        var node = value switch { TensorValue tensor => tensor.Node, NumberValue number => number.Node, _ => null };
        if (node is { Op: not (Op.Parameter or Op.Full or Op.Number) } && name != "_") node.Name ??= name;
        return value;
    }

    private readonly List<Finding> _locals = [];

    /// <summary>The locals of the compiled class with their shapes, once for each time that they are assigned.</summary>
    public IReadOnlyList<Finding> Locals => _locals;

    private void Note(string name, Origin origin, Value value)
    {
        if (!origin.IsWritten || _call.Instance.Declaration.FullName != _compiled) return;
        var text = value switch
        {
            TensorValue { Type: { DType: DType.Float32 } type } => type.ShapeText,
            TensorValue tensor => $"{tensor.Type.DType} {tensor.Type.ShapeText}",
            SizeValue size when size.Dim.Constant is null => size.Dim.ToString(),
            TupleValue tuple when tuple.Items.All(item => item is TensorValue) => "(" + string.Join(", ", tuple.Items.Select(item => ((TensorValue)item).Type.ShapeText)) + ")",
            _ => null,
        };
        if (text is not null) _locals.Add(Finding.Of("PRX0190", origin, name, text));
    }

    private void If(Surface s)
    {
        var condition = ToCondition(Evaluate(s[0]), s[0]);
        if (!DependsOnLoop(condition))
        {
            if (Decide(condition)) Block(s[1]);
            else if (s.Count == 3) Block(s[2]);
            return;
        }
        // Both branches run, and what they assign is chosen by value.
        Warn(Finding.Of("PRX0302", s[0].Origin));
        var test = Compile(condition);
        var names = Assigned(s).Where(name => _call.Scope.Find(name) is not null).Distinct().ToImmutableArray();
        var before = names.Select(name => _call.Scope.Find(name)!).ToImmutableArray();
        var then = before;
        var state = _root.State;
        ImmutableSortedDictionary<string, Value> stateThen;
        _call.Inside++;
        try
        {
            Block(s[1]);
            then = [.. names.Select(name => _call.Scope.Find(name)!)];
            for (var i = 0; i < names.Length; i++) _call.Scope.Assign(names[i], before[i]);
            (stateThen, _root.State) = (_root.State, state);
            if (s.Count == 3) Block(s[2]);
        }
        finally
        {
            _call.Inside--;
        }
        foreach (var buffer in stateThen.Keys.Union(_root.State.Keys))
            Store(Buffer + buffer, Choose(test, stateThen.TryGetValue(buffer, out var value) ? value : StateValue(buffer), StateValue(buffer), buffer, s));
        for (var i = 0; i < names.Length; i++)
            _call.Scope.Assign(names[i], Named(names[i], Choose(test, then[i], _call.Scope.Find(names[i])!, names[i], s)));
    }

    private bool DependsOnLoop(Condition condition) => condition.Dims().Any(DependsOnLoop);

    /// <summary>The value of one of two branches, picked by a truth value.</summary>
    private Value Choose(Node test, Value a, Value b, string what, Surface s)
    {
        if (ReferenceEquals(a, b)) return a;
        if (a == Value.Error || b == Value.Error) return Value.Error;
        if (a is SizeValue x && b is SizeValue y && x.Dim.Equals(y.Dim)) return a;
        if (a is TupleValue left && b is TupleValue right && left.Items.Length == right.Items.Length)
            return new TupleValue([.. left.Items.Zip(right.Items, (i, j) => Choose(test, i, j, what, s))]);
        if (a is NumberValue or SizeValue && b is NumberValue or SizeValue)
            return new NumberValue(Builder.Where(test, ToNumber(a, s), ToNumber(b, s)), _frame);
        if (a is not (TensorValue or NumberValue or SizeValue) || b is not (TensorValue or NumberValue or SizeValue))
            throw Refusal.Of("PRX0114", s.Origin, $"{what} is {a.Kind} in one branch and {b.Kind} in the other, and which one depends on a loop's counter");
        var dtype = Promote(a, b);
        Node one = ToNode(a, dtype, s), other = ToNode(b, dtype, s);
        if (one.Rank != other.Rank || one.Shape.Zip(other.Shape, AreEqual).Any(answer => answer != Answer.Yes))
            throw Refusal.Of("PRX0105", s.Origin,
                $"{what} is {one.Type.ShapeText} in one branch and {other.Type.ShapeText} in the other; which one depends on a loop's counter, so the shapes must agree");
        return new TensorValue(Builder.Where(Builder.BroadcastTo(test, one.Shape), one, Builder.Reshape(other, one.Shape)), _frame);
    }

    /// <summary>The locals that a statement assigns, declared outside or inside, in order of first assignment.</summary>
    private static ImmutableArray<string> Assigned(Surface s)
    {
        var names = new List<string>();
        Collect(s);
        return [.. names.Distinct()];

        void Collect(Surface node)
        {
            if (node.Kind == "assign") names.Add(node.Value);
            if (node.Kind == "assigntuple" && node.Count > 0) names.AddRange(node[0].Items.Select(name => name.Value));
            if (node.Kind is "block" or "for" or "foreach" or "if")
                foreach (var item in node.Items) Collect(item);
        }
    }

    private static bool Returns(Surface s) => s.Kind == "return" || (s.Kind is "block" or "if" or "for" or "foreach" && s.Items.Any(Returns));
}
