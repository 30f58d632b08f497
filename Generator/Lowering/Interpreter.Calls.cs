using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Children, weights and calls: every callee is read again with the types of this call.</summary>
internal sealed partial class Interpreter
{
    /// <summary>How deep calls may nest; a network of networks stays far below.</summary>
    private const int DeepestCall = 64;

    private bool _inLambda;

    /// <summary>The size that stands for all leading batch dims of the method that is compiled.</summary>
    private string? _batch;

    private ChildDeclaration? Child(string name) => _call.Instance.Declaration.Children.Items.FirstOrDefault(c => c.Name == name);

    // ---- Children ----

    private Instance Receiver(Surface e)
    {
        switch (e.Kind)
        {
            case "local":
                return _call.Scope.Find(e.Value) switch
                {
                    ChildValue held => held.Instance,
                    null => throw Refusal.Of("PRX0116", e.Origin, $"there is no local '{e.Value}' here"),
                    var other => throw Wrong(other, "a child network", e),
                };
            case "self":
                return _call.Instance;
            case "with" when e.Count > 0:
                return With(Receiver(e[0]), e);
            case "field" when _call.Instance.Given.TryGetValue(e.Value, out var given) && given is ChildValue child:
                return child.Instance;
            case "field":
                var single = Child(e.Value) ?? throw NoChild(e);
                if (single.Count is not null || single.Elements.Count > 0)
                    throw Refusal.Of("PRX0114", e.Origin, $"'{e.Value}' is an array of children: index it, or run over it with foreach");
                return Create(single, single.Type, single.Arguments.Items, single.Name + ".", [Ordinal(single)], _call.Instance.Stack, e);
            case "element" when e.Count == 1:
                var array = Child(e.Value) ?? throw NoChild(e);
                var index = ToSize(Evaluate(e[0]), e[0]);
                if (array.Count is null) throw Refusal.Of("PRX0114", e.Origin, $"'{e.Value}' is a single child, not an array");
                var count = CountOf(array, e);
                RequireIndex(index, count, e[0], () => $"{e.Value} has {count} elements", 0);
                return ElementOf(array, index, e);
            default:
                throw Malformed(e);
        }
    }

    private Refusal NoChild(Surface e) => Refusal.Of("PRX0116", e.Origin, $"{_call.Instance.Declaration.Name} has no child '{e.Value}'");

    private int Ordinal(ChildDeclaration child) => _call.Instance.Declaration.Parameters.Count + _call.Instance.Declaration.Children.Items.IndexOf(child);

    private Dim CountOf(ChildDeclaration child, Surface e) => InDeclaration(() => ToSize(Evaluate(child.Count!), e));

    private Instance ElementOf(ChildDeclaration child, Dim index, Surface e) =>
        _call.Instance.Given.TryGetValue(child.Name, out var given) && given is ChildrenValue children ? children.Element(index) : OwnElement(child, index, e);

    private Instance OwnElement(ChildDeclaration child, Dim index, Surface e)
    {
        if (child.Elements.Count == 0)
        {
            return Create(child, child.Type, child.Arguments.Items, child.Name + ".*.", [Ordinal(child)], _call.Instance.Stack.Add((CountOf(child, e), index)), e);
        }
        if (index.Constant is not { } i || i < 0 || i >= child.Elements.Count)
            throw Refusal.Of("PRX0114", e.Origin, $"the elements of '{child.Name}' differ, so which one this is must be known at build time; foreach runs over all of them");
        var element = child.Elements[(int)i];
        return Create(
            child, element.Value, element.Items, child.Name + "." + i.ToString(CultureInfo.InvariantCulture) + ".", [Ordinal(child), (int)i], _call.Instance.Stack, e);
    }

    private Instance Create(
        ChildDeclaration child, string type, ImmutableArray<Surface> arguments, string prefix, ImmutableArray<int> path, ImmutableArray<(Dim, Dim)> stack, Surface e)
    {
        // Wherever it is used, the mistake is where the child is declared.
        var place = child.Origin.IsWritten ? child.Origin : e.Origin;
        var declaration = library.Find(type)
            ?? throw Refusal.Of("PRX0116", place, $"the declaration of '{type}' is not known here: its assembly was compiled without Proxima's generator, or with another version of it");
        for (var caller = _call; caller is not null; caller = caller.Caller)
        {
            if (caller.Instance.Declaration.FullName == declaration.FullName)
                throw Refusal.Of("PRX0107", place, $"{declaration.Name} contains itself by way of '{child.Name}', so it never ends");
        }
        var parent = _call.Instance;
        var sizes = new Dictionary<string, Value>(StringComparer.Ordinal);
        InDeclaration(() =>
        {
            if (child.IndexName is { } index) _call.Scope.Declare(index, new IndexOfRepeat());
            foreach (var size in declaration.Sizes)
            {
                var argument = arguments.FirstOrDefault(a => a.Kind == "arg" && a.Value == size.Name && a.Count == 1)?[0]
                    ?? throw Refusal.Of("PRX0116", e.Origin, $"{declaration.Name} needs a constructor argument '{size.Name}'");
                sizes.Add(size.Name, Argument(Evaluate(argument), size.Type, argument, child));
            }
            return 0;
        });
        var instance = new Instance(declaration, parent.Prefix + prefix, parent.Path.AddRange(path), stack, sizes);
        foreach (var size in declaration.Sizes)
        {
            if (size.Type != "int" || sizes[size.Name] is not SizeValue { Dim: var value }) continue;
            var answer = IsAtMost(Dim.Zero, value);
            if (answer == Answer.Yes) continue;
            if (answer == Answer.No) throw Refusal.Of("PRX0191", place, $"{declaration.Name}: {size.Name} is {value}; a size must not be negative");
            Know(Dim.Zero, "<=", value);
        }
        Require(declaration.Requires, declaration.Name, instance, s_none, ParameterNames(declaration), Requirer.Child, place);
        return instance;
    }

    /// <summary>The index of Repeat's lambda: the children of an array are alike, so it cannot be used.</summary>
    private sealed class IndexOfRepeat : Value
    {
        public override string Kind => "the index of an array of children";
    }

    private Value Argument(Value value, string type, Surface e, ChildDeclaration? child = null)
    {
        if (child is not null && UsesIndex(e, child.IndexName))
            throw Refusal.Of("PRX0012", e.Origin.Length > 0 ? e.Origin : child.Origin, child.IndexName!, child.Name);
        return type switch
        {
            "int" => new SizeValue(ToSize(value, e)),
            "bool" => value is SizeValue ? value : new ConditionValue(ToCondition(value, e)),
            "float" or "double" => new NumberValue(ToNumber(value, e), _frame),
            _ => throw Wrong(value, "an int, a float, a double or a bool", e),
        };

        static bool UsesIndex(Surface node, string? name) =>
            name is not null && ((node.Kind == "local" && node.Value == name) || node.Items.Any(item => UsesIndex(item, name)));
    }

    /// <summary>Evaluates what stands in the declaration of the current network, outside any method.</summary>
    private T InDeclaration<T>(Func<T> evaluate) => InDeclaration(_call.Instance, evaluate);

    private T InDeclaration<T>(Instance instance, Func<T> evaluate)
    {
        var saved = _call;
        _call = new Activation(instance, null, saved, saved.Site);
        try
        {
            return evaluate();
        }
        finally
        {
            _call = saved;
        }
    }

    /// <summary>The value of a scalar lambda for given arguments.</summary>
    public Value Lambda(Surface lambda, IReadOnlyList<Value> arguments)
    {
        RequireScalar(lambda[1], [.. lambda[0].Items.Select(name => name.Value)]);
        var (scope, inLambda) = (_call.Scope, _inLambda);
        _call.Scope = new Scope(scope);
        for (var i = 0; i < arguments.Count; i++) _call.Scope.Declare(lambda[0][i].Value, arguments[i]);
        _inLambda = true;
        var result = Evaluate(lambda[1]);
        (_call.Scope, _inLambda) = (scope, inLambda);
        return result;
    }

    /// <summary>The value of a lambda of tensors for given ones.</summary>
    public Value TensorFunction(Surface lambda, IReadOnlyList<Value> arguments)
    {
        var scope = _call.Scope;
        _call.Scope = new Scope(scope);
        for (var i = 0; i < arguments.Count; i++) _call.Scope.Declare(lambda[0][i].Value, arguments[i]);
        try
        {
            return Evaluate(lambda[1]);
        }
        finally
        {
            _call.Scope = scope;
        }
    }

    /// <summary>What is known of an index the other way round, for an axis whose size is certainly that of what it counts.</summary>
    public Inverse InverseOf(Value value, Dim size, Dim count)
    {
        if (value is not TensorValue { Inverse: var (order, ranges) }) return default;
        if (ranges is not null && AreEqual(ranges.Type.Shape[0], size) != Answer.Yes || ranges is null && order is not null && AreEqual(size, count) != Answer.Yes) return default;
        return new(Import(order, count), Import(ranges, count + Dim.One));

        Node? Import(TensorValue? tensor, Dim classes)
        {
            if (tensor is null) return null;
            var node = _frame.Import(tensor.Node, tensor.Home);
            RequireIndices(node, classes);
            return node;
        }
    }

    /// <summary>A lambda of Map computes one number from numbers.</summary>
    private void RequireScalar(Surface e, ImmutableArray<string> names)
    {
        if (e.Kind is not ("int" or "float" or "bool" or "local" or "size" or "math" or "binary" or "unary" or "cond" or "number" or "dim" or "rank"))
            throw Refusal.Of("PRX0115", e.Origin, $"a lambda of Map computes with numbers only, and this is {SurfaceText.ToCSharp(e)}; use MathF and operators");
        if (e.Kind is "dim" or "rank") return;
        if (e.Kind == "local" && !names.Contains(e.Value) && _call.Scope.Find(e.Value) is TensorValue)
            throw Refusal.Of("PRX0115", e.Origin, $"'{e.Value}' is a tensor, and a lambda of Map computes with numbers; pass it as the second tensor: Map(x, {e.Value}, (v, w) => ..)");
        foreach (var item in e.Items) RequireScalar(item, names);
    }

    // ---- Weights ----

    /// <summary>The shapes of parameters name sizes of the constructor only.</summary>
    private static readonly Dictionary<string, Dim> s_none = [];

    private static string ParameterNames(NetworkDeclaration network) => $"a constructor parameter of {network.Name}";

    private Value Weight(Instance instance, string name, Surface e)
    {
        var declarations = instance.Declaration.Parameters.Items;
        var ordinal = declarations.ToList().FindIndex(p => p.Name == name);
        if (ordinal < 0) throw Refusal.Of("PRX0116", e.Origin, $"{instance.Declaration.Name} has no parameter '{name}'");
        var declaration = declarations[ordinal];
        var shape = Shape(declaration.Shape, declaration.ShapeOrigin, instance, s_none, ParameterNames(instance.Declaration));
        var type = new TensorType(ParseDType(declaration.DType) ?? DType.Float32, shape);
        var node = WeightNode(instance, name, type, declaration.IsBuffer ? ArgumentKind.Buffer : ArgumentKind.Weight, [ordinal]);
        return declaration.IsBuffer ? new TensorValue(node, _frame) { Alias = (instance.Prefix + name, _root.State.GetValueOrDefault(instance.Prefix + name)) } : Result(node);
    }

    /// <summary>A parameter in the current frame: the argument of the function, or its row where the network is an element of an array.</summary>
    private Node WeightNode(Instance instance, string name, TensorType type, ArgumentKind kind, ImmutableArray<int> path)
    {
        if (instance.Given.TryGetValue(name, out var given) && given is TensorValue tensor) return _frame.Import(tensor.Node, tensor.Home);
        var node = StackNode(instance, name, type, kind, path);
        foreach (var (_, index) in instance.Stack) node = Builder.Select(node, 0, index);
        return node;
    }

    /// <summary>The whole of a parameter: of all elements of the arrays around it.</summary>
    private Node StackNode(Instance instance, string name, TensorType type, ArgumentKind kind, ImmutableArray<int> path)
    {
        var fullName = instance.Prefix + name;
        if (!_root.Weights.TryGetValue(fullName, out var use))
        {
            var stacked = type.With([.. instance.Stack.Select(s => s.Count), .. type.Shape]);
            use = new(new(_root.Frame.Builder.Parameter(fullName, stacked), kind, fullName), instance.Path.AddRange(path));
            _root.Weights.Add(fullName, use);
        }
        return _root.State.ContainsKey(fullName) ? StateNode(fullName) : _frame.Import(use.Argument.Node, _root.Frame);
    }

    /// <summary>The sizes of a shape string. Names are those of the constructor and those that <paramref name="bound"/> knows; any other is reported.</summary>
    private ImmutableArray<Dim> Shape(string text, Origin literal, Instance instance, IReadOnlyDictionary<string, Dim> bound, string where, ImmutableArray<Dim>? leading = null, ImmutableArray<Dim>? actual = null)
    {
        var shape = ImmutableArray.CreateBuilder<Dim>();
        var entries = ShapeEntry.Parse(text);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            switch (entry.Kind)
            {
                case ShapeEntryKind.Anonymous when actual is { } sizes:
                    // Whatever it is: counted from the end, because leading dims have no fixed number.
                    shape.Add(sizes.Length - (entries.Length - i) is >= 0 and var at ? sizes[at] : Dim.One);
                    break;
                case ShapeEntryKind.Leading when leading is { } dims:
                    shape.AddRange(dims);
                    break;
                case ShapeEntryKind.Size:
                    shape.Add(Size(entry, text, literal, instance, bound, where));
                    break;
                default:
                    throw MalformedEntry(entry, text, literal);
            }
        }
        return shape.ToImmutable();
    }

    private static Refusal MalformedEntry(ShapeEntry entry, string text, Origin literal) =>
        Refusal.Of("PRX0117", ShapeEntry.Locate(text, literal, entry.Offset, entry.Text.Length), entry.Text, entry.Kind == ShapeEntryKind.Malformed
            ? "is no entry of a shape: an entry is '...' (only in front), '_', a name, a number or an expression without blanks"
            : "has no meaning here: it stands in the shape of an argument, or in that of a result which follows from the arguments");

    private Dim Size(ShapeEntry entry, string text, Origin literal, Instance instance, IReadOnlyDictionary<string, Dim> bound, string where)
    {
        var size = Substituted(entry, text, literal, instance, bound, where);
        RequireDefined(size, () => $"'{entry.Text}'", ShapeEntry.Locate(text, literal, entry.Offset, entry.Text.Length));
        return size;
    }

    private static Dim Substituted(ShapeEntry entry, string text, Origin literal, Instance instance, IReadOnlyDictionary<string, Dim> bound, string where)
    {
        try
        {
            return entry.Dim.Substitute(name =>
                (bound.TryGetValue(name, out var dim) ? dim : null)
                ?? (instance.Sizes.TryGetValue(name, out var value) ? value switch
                {
                    SizeValue size => size.Dim,
                    _ => throw Refusal.Of("PRX0114", ShapeEntry.Locate(text, literal, entry.Offset, entry.Text.Length), $"'{name}' is {value.Kind}, and a dimension is an int"),
                } : null)
                ?? throw Unknown(name, entry, text, literal, instance.Sizes.Keys.Concat(bound.Keys), where));
        }
        catch (OverflowException)
        {
            throw Refusal.Of("PRX0118", ShapeEntry.Locate(text, literal, entry.Offset, entry.Text.Length), entry.Text);
        }
    }

    private static Refusal Unknown(string name, ShapeEntry entry, string text, Origin literal, IEnumerable<string> known, string where)
    {
        var all = known.ToList();
        var origin = ShapeEntry.Locate(text, literal, entry.Offset + entry.Find(name), name.Length);
        var finding = Finding.Of("PRX0101", origin, name, where, Misspelling.Question(name, all));
        return new(Misspelling.Nearest(name, all) is { } near ? finding.With(Repair.Rename(origin, name, near)) : finding);
    }

    // ---- Calls ----

    private Value CallOwn(Surface e) => Invoke(_call.Instance, e.Value, e, e.Items);

    private Value CallFunction(Surface e)
    {
        var dot = e.Value.LastIndexOf('.');
        var owner = dot > 0 ? library.Find(e.Value.Substring(0, dot)) : null;
        if (owner is null) throw Refusal.Of("PRX0116", e.Origin, $"the [TensorFunction] '{e.Value}' is not known");
        var instance = new Instance(owner, "", [], [], ImmutableDictionary<string, Value>.Empty);
        return Invoke(instance, e.Value.Substring(dot + 1), e, e.Items);
    }

    private Value Invoke(Instance instance, string name, Surface e, ImmutableArray<Surface> arguments)
    {
        var method = instance.Declaration.Method(name)
            ?? throw Refusal.Of("PRX0116", e.Origin, $"{instance.Declaration.Name} has no compiled method '{name}'");
        var values = new List<(Surface Source, Value Value)>();
        foreach (var parameter in method.Arguments)
        {
            var argument = arguments.FirstOrDefault(a => a.Kind == "arg" && a.Value == parameter.Name && a.Count == 1)
                ?? throw Refusal.Of("PRX0116", e.Origin, $"{name} needs an argument '{parameter.Name}'");
            values.Add((argument, Evaluate(argument[0])));
        }
        if (values.Any(v => v.Value == Value.Error)) return Value.Error;
        GuardRecursion(instance, name, e);
        if (method.Transform is not null) return InvokeTransform(instance, method, e, values);
        // A body that was refused by the frontend has its own diagnostics.
        if (method.Body is null) return Value.Error;
        var (call, source, inLambda) = (_call, Builder.Source, _inLambda);
        var callee = new Activation(instance, method, call, e.Origin);
        _inLambda = false;
        try
        {
            Bind(callee, method, values, e);
            _call = callee;
            if (method.IsCheckpoint && method.ReturnType.Contains("Tensor")) return Checkpointed(callee, method.Body, e);
            Run(callee, method);
            return callee.Returned ?? throw Refusal.Of("PRX0106", e.Origin, $"{name} does not return a value");
        }
        finally
        {
            (_call, _inLambda, Builder.Source) = (call, inLambda, source);
        }
    }

    /// <summary>The results of a body as those of a loop of one trip, which derivatives run again instead of keeping what is inside.</summary>
    private Value Checkpointed(Activation callee, Surface body, Surface e)
    {
        var outer = _frame;
        var counter = Unique("once");
        _frame = new Frame(outer);
        try
        {
            Block(body);
            var inner = _frame;
            if (callee.Returned is not { } returned || returned == Value.Error) return Value.Error;
            var results = Results(returned, body);
            _frame = outer;
            Builder.Source = e;
            var loop = new LoopInfo(counter, Dim.One, 0, EquatableArray<int>.Empty, results.Length, new Region(inner.Inner, results)) { Recomputation = Recomputation.Checkpoint };
            var values = Builder.Loop(loop, inner.Outer).Select(Value (scan) => Result(Builder.Select(scan, 0, Dim.Zero))).ToImmutableArray();
            return returned is TupleValue ? new TupleValue(values) : values[0];
        }
        finally
        {
            _frame = outer;
        }
    }

    private void GuardRecursion(Instance instance, string name, Surface e)
    {
        for (var caller = _call; caller is not null; caller = caller.Caller)
        {
            if (caller.Method?.Name == name && caller.Instance.Declaration.FullName == instance.Declaration.FullName && caller.Instance.Prefix == instance.Prefix)
                throw Refusal.Of("PRX0107", e.Origin, $"{name} calls itself; a body is inlined where it is called, so write the repetition as a 'for' loop");
        }
        if (_call.Depth >= DeepestCall) throw Refusal.Of("PRX0107", e.Origin, $"the calls that lead to {name} nest more than {DeepestCall} deep");
    }

    /// <summary>Gives a callee its arguments: names are bound by the first plain mention, everything else is compared.</summary>
    private void Bind(Activation callee, MethodDeclaration method, IReadOnlyList<(Surface Source, Value Value)> values, Surface e)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (method.Arguments[i].IsGraph && values[i].Value is not GraphValue) throw Wrong(values[i].Value, "a graph", values[i].Source);
            if (!method.Arguments[i].IsGraph && values[i].Value is GraphValue) throw Wrong(values[i].Value, "a tensor or a number", values[i].Source);
        }
        var declared = method.Inputs.ToImmutableArray();
        values = [.. values.SelectMany((v, i) => v.Value is GraphValue graph ? method.Arguments[i].Parts.Select(part => (v.Source, Value: (Value)graph.Part(part.Part!.Name))) : [v])];
        var nodes = new Node?[values.Count];
        var entries = new ImmutableArray<ShapeEntry>[values.Count];
        for (var i = 0; i < values.Count; i++)
        {
            var declaration = declared[i];
            var (source, value) = values[i];
            if (declaration.Shape is not { } shape)
            {
                var given = declaration.IsNumber ? Argument(value, declaration.Type, source) : value;
                callee.Scope.Declare(declaration.Name, given);
                if (declaration.Type == "int" && given is SizeValue { Dim: var number } && !callee.Instance.Sizes.ContainsKey(declaration.Name)) callee.Bound[declaration.Name] = number;
                continue;
            }
            if (declaration.Part is not null)
            {
                // Of a graph only the numbers are compared; their names are bound like any.
                nodes[i] = ToNode(value, DType.Int64, source);
                entries[i] = [.. ShapeEntry.Parse(shape).Take(1)];
                if (entries[i][0] is { Kind: ShapeEntryKind.Size, Dim.PlainName: { } plain } && !callee.Instance.Sizes.ContainsKey(plain) && !callee.Bound.ContainsKey(plain)) callee.Bound.Add(plain, nodes[i]!.Shape[0]);
                continue;
            }
            var dtype = ParseDType(declaration.DType) ?? DType.Float32;
            if (value is TensorValue tensor && tensor.Type.DType != dtype)
            {
                throw new Refusal(Finding.Of("PRX0111", source.Origin, $"{method.Name}: {declaration.Name} is declared {dtype}, and {NameOf(source)} is {tensor.Type.DType}; convert it with To")
                    .With([declaration.ShapeOrigin]).With(Substitute.Converted(source, dtype)));
            }
            var node = nodes[i] = ToNode(value, dtype, source);
            entries[i] = ShapeEntry.Parse(shape);
            var lead = entries[i].Length > 0 && entries[i][0].Kind == ShapeEntryKind.Leading ? node.Rank - entries[i].Length + 1 : 0;
            if (lead < 0 || (lead == 0 && entries[i].Length > 0 && entries[i][0].Kind != ShapeEntryKind.Leading && node.Rank != entries[i].Length) || (entries[i].Length == 0 && node.Rank > 0))
                throw Mismatch($"it has {Count(entries[i].Length, "dimension")} there and {node.Rank} here");
            if (lead > 0 || (entries[i].Length > 0 && entries[i][0].Kind == ShapeEntryKind.Leading))
            {
                var leading = node.Shape.Take(lead).ToImmutableArray();
                if (callee.Leading is not { } first) callee.Leading = leading;
                else if (first.Length != leading.Length) throw LeadingDiffer();
                else
                {
                    for (var axis = 0; axis < lead; axis++)
                        RequireEqual(first[axis], leading[axis], () => LeadingDiffer().Finding!.Arguments[0], () => LeadingDiffer().Finding!);
                    node = nodes[i] = Builder.Reshape(node, [.. first, .. node.Shape.Skip(lead)]);
                }

                Refusal LeadingDiffer() => Mismatch("its leading dims differ from those of the argument before");
                entries[i] = entries[i].RemoveAt(0);
            }
            for (var axis = 0; axis < entries[i].Length; axis++)
            {
                if (entries[i][axis] is { Kind: ShapeEntryKind.Size, Dim.PlainName: { } name } && !callee.Instance.Sizes.ContainsKey(name) && !callee.Bound.ContainsKey(name))
                    callee.Bound.Add(name, node.Shape[lead + axis]);
            }

            Refusal Mismatch(string why) => new(SuggestArgument(
                Finding.Of("PRX0103", source.Origin, $"{method.Name}: {declaration.Name} is declared [{shape}], and {Describe(source, node)}; {why}").With([declaration.ShapeOrigin]),
                callee, ShapeEntry.Parse(shape), source, node, e));
        }
        // What stands in a formula follows by exact division.
        for (var isOpen = true; isOpen;)
        {
            isOpen = false;
            for (var i = 0; i < values.Count; i++)
            {
                for (var axis = 0; nodes[i] is { } node && axis < entries[i].Length; axis++)
                {
                    var (entry, declaration) = (entries[i][axis], declared[i]);
                    if (entry.Kind != ShapeEntryKind.Size || Unbound(entry, callee) is not { } name || Solve(Size(entry, name, callee, declaration), name) is not var (stride, offset)) continue;
                    var actual = node.Shape[(declaration.Part is null ? node.Rank - entries[i].Length : 0) + axis];
                    callee.Bound.Add(name, ExactDiv(actual - offset, stride) ?? Dim.FloorDiv(actual - offset, stride));
                    isOpen = true;
                    string Least() => $"{method.Name}: {declaration.Name} is declared [{declaration.Shape}], and {Describe(values[i].Source, node)}; the dimension {entry.Text} must be at least {offset}";
                    RequireAtMost(offset, actual, Least, () => Finding.Of("PRX0103", values[i].Source.Origin, Least()).With([declaration.ShapeOrigin, .. Declarations(actual)]));
                }
            }
        }
        for (var i = 0; i < values.Count; i++)
        {
            if (nodes[i] is not { } node) continue;
            var declaration = declared[i];
            var source = values[i].Source;
            var lead = declaration.Part is null ? node.Rank - entries[i].Length : 0;
            for (var axis = 0; axis < entries[i].Length; axis++)
            {
                var entry = entries[i][axis];
                if (entry.Kind == ShapeEntryKind.Anonymous) continue;
                if (entry.Kind != ShapeEntryKind.Size) throw MalformedEntry(entry, declaration.Shape!, declaration.ShapeOrigin);
                var expected = Size(entry, declaration.Shape!, declaration.ShapeOrigin, callee.Instance, callee.Bound, $"of {method.Name} or of the constructor");
                var actual = node.Shape[lead + axis];
                if (declaration.Part is { } part)
                {
                    if (part.Binds) RequireSize(part, expected, actual);
                    continue;
                }
                string Words() => $"{method.Name}: {declaration.Name} is declared [{declaration.Shape}], and {Describe(source, node)}";
                RequireEqual(expected, actual, () => $"{Words()}; the dimension {entry.Text} must be {expected}", () =>
                    SuggestArgument(Finding.Of("PRX0103", source.Origin, $"{Words()}; {entry.Text} is {expected} there and {actual} here")
                        .With([declaration.ShapeOrigin, .. Declarations(expected, actual)]), callee, ShapeEntry.Parse(declaration.Shape!), source, node, e));
            }
            callee.Scope.Declare(declaration.Name, SameTensor(node, values[i].Value));

            void RequireSize(GraphPart part, Dim expected, Dim actual)
            {
                string Declared() => $"{method.Name}: {part.Argument.Name} is declared [{part.Argument.Shape}]; {part.Words}";
                RequireEqual(expected, actual, () => $"{Declared()} must be {expected}", () =>
                    Finding.Of("PRX0103", source.Origin, $"{Declared()} is {expected} there, and that of {NameOf(source)} is {actual}").With([part.Argument.ShapeOrigin, .. Declarations(expected, actual)]));
            }
        }
        foreach (var graph in method.Arguments.Where(a => a.IsGraph))
            callee.Scope.Declare(graph.Name, new GraphValue(part => (TensorValue)callee.Scope.Find(GraphPart.NameOf(graph.Name, part))!));
        Require(method.Requires, method.Name, callee.Instance, callee.Bound, $"of {method.Name} or of the constructor", Requirer.Call, e.Origin);
    }

    /// <summary>Proposes what fits the declaration of an argument, as far as its names are known; where none is, anything would fit, and nothing is proposed.</summary>
    private Finding SuggestArgument(Finding finding, Activation callee, ImmutableArray<ShapeEntry> entries, Surface source, Node node, Surface call)
    {
        if (entries.Any(entry => entry.Kind is ShapeEntryKind.Leading or ShapeEntryKind.Malformed) || source is not { Kind: "arg", Count: 1 }) return finding;
        // A name that only this argument binds takes whatever fits the others.
        bool IsKnown(string n) => callee.Instance.Sizes.TryGetValue(n, out var size)
            ? size is SizeValue
            : callee.Bound.ContainsKey(n) && callee.Method!.Arguments.Any(a => a.Name != source.Value && a.Shape is { } other && ShapeEntry.Parse(other).Any(o => o.Dim.Mentions(n)));
        var expected = entries.Select(entry => entry.Kind == ShapeEntryKind.Size && entry.Dim.Names().All(IsKnown)
            ? entry.Dim.Substitute(n => callee.Bound.TryGetValue(n, out var dim) ? dim : ((SizeValue)callee.Instance.Sizes[n]).Dim)
            : null).ToImmutableArray();
        return Suggest(finding, call, [("x", source[0], node)], (_, to) =>
            to.Length == expected.Length && to.Zip(expected, (dim, wanted) => wanted is null || AreEqual(dim, wanted) == Answer.Yes).All(fits => fits), others: expected.All(dim => dim is not null));
    }

    /// <summary>Compares a result with the declared shapes and gives it their form.</summary>
    private Value Checked(Value value, Surface s)
    {
        if (_call.Method is not { } method || value == Value.Error || method.Returns.Count == 0) return value;
        var values = value is TupleValue tuple ? tuple.Items : [value];
        if (values.Contains(Value.Error)) return Value.Error;
        var written = s[0] is { Kind: "tuple" } node && node.Count == values.Length ? node : null;
        // One shape for each result is asked for where the method is read.
        if (values.Length != method.Returns.Count) return Value.Error;
        ImmutableArray<Value> results = [.. values.Select((v, i) => SameTensor(Conform(v, method, i, written?[i] ?? s[0]), v))];
        return value is TupleValue ? new TupleValue(results) : results[0];
    }

    private Node Conform(Value value, MethodDeclaration method, int index, Surface e)
    {
        var text = method.Returns[index];
        var written = method.ReturnOriginOf(index);
        var shape = Shape(text, written, _call.Instance, _call.Bound, $"bound by the constructor or an argument of {method.Name}", _call.Leading, (value as TensorValue)?.Type.Shape);
        var dtype = ReturnType(method, index);
        if (value is TensorValue tensor && tensor.Type.DType != dtype)
            throw new Refusal(Finding.Of("PRX0111", e.Origin, $"{method.Name} declares a result of {dtype}, and {NameOf(e)} is {tensor.Type.DType}; convert it with To")
                .With([written]).With(Substitute.Converted(e, dtype)));
        var node = ToNode(value, dtype, e);
        if (node.Rank != shape.Length) throw new Refusal(Differs($"it has {Count(shape.Length, "dimension")} there and {node.Rank} here"));
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var (expected, actual) = (shape[axis], node.Shape[axis]);
            RequireEqual(expected, actual, () => $"{method.Name} declares the result [{text}], and {Describe(e, node)}; dimension {axis} must be {expected}",
                () => Differs($"{expected} and {actual} differ", expected, actual));
        }
        return Builder.Reshape(node, shape);

        Finding Differs(string why, params Dim[] dims) => Suggest(
            Finding.Of("PRX0106", e.Origin, $"{method.Name} declares the result [{text}], and {Describe(e, node)}; {why}").With([written, .. Declarations(dims)]),
            e, [("x", e, node)], (_, to) => to.Length == shape.Length && to.Zip(shape, AreEqual).All(answer => answer == Answer.Yes), others: false);
    }

    private static DType ReturnType(MethodDeclaration method, int index) =>
        index < method.ReturnDTypes.Count && ParseDType(method.ReturnDTypes[index]) is { } dtype ? dtype : DType.Float32;
}
