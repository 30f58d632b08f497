using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Loops: a closed body, what it carries from one iteration to the next, what it captures.</summary>
internal sealed partial class Interpreter
{
    private void For(Surface s)
    {
        var start = ToSize(Evaluate(s[0]), s[0]);
        var end = ToSize(Evaluate(s[1]), s[1]);
        if (ToSize(Evaluate(s[2]), s[2]).Constant is not { } step || step == 0)
            throw Refusal.Of("PRX0114", s[2].Origin, "the step of a loop is a number other than 0, known at build time");
        var trips = step > 0 ? Dim.CeilDiv(end - start, step) : Dim.CeilDiv(start - end, -step);
        Loop(s, s.Value, trips, counter => new SizeValue(start + counter * step), s[3]);
    }

    private void ForEach(Surface s)
    {
        if (s[0].Kind != "field" || Child(s[0].Value) is not { } child) throw Refusal.Of("PRX0116", s[0].Origin, $"there is no array of children '{s[0].Value}' here");
        if (child.Count is null) throw Refusal.Of("PRX0114", s[0].Origin, $"'{s[0].Value}' is a single child; foreach runs over an array of children");
        if (child.Elements.Count > 0)
        {
            // Children that differ are written out one after the other.
            for (var i = 0; i < child.Elements.Count && _call.Returned is null; i++)
            {
                var outer = _call.Scope;
                _call.Scope = new Scope(outer);
                _call.Scope.Declare(s.Value, new ChildValue(ElementOf(child, Dim.Of(i), s[0])));
                Block(s[1]);
                _call.Scope = outer;
            }
            return;
        }
        Loop(s, s.Value, CountOf(child, s[0]), counter => new ChildValue(ElementOf(child, counter, s[0])), s[1]);
    }

    /// <summary>A local that a loop assigns: how its value passes from one iteration to the next.</summary>
    private sealed class Slot(string local, string name, Value initial)
    {
        /// <summary>The local; where that is a tuple, <see cref="Name"/> has the place of the slot at its end.</summary>
        public string Local { get; } = local;

        public string Name { get; } = name;

        public Value Initial { get; } = initial;

        /// <summary>The type of a carried tensor or number; null for what stays the same or grows by a fixed size.</summary>
        public TensorType? Type { get; set; }

        public bool IsNumber { get; set; }

        /// <summary>For sizes: what each iteration adds.</summary>
        public Dim Increment { get; set; } = Dim.Zero;

        public Node? Parameter { get; set; }
    }

    private void Loop(Surface s, string variable, Dim trips, Func<Dim, Value> element, Surface body)
    {
        if (trips.Constant is <= 0) return;
        var assigned = Assigned(body).Where(name => _call.Scope.Find(name) is not null).ToImmutableArray();
        // What has no value before the loop cannot be read after it: C# sees to that.
        var names = assigned.Where(name => _call.Scope.Find(name) is { } value && value != Value.Nothing && value != Value.Error).ToImmutableArray();
        var empty = assigned.Except(names).Select(name => (Name: name, Value: _call.Scope.Find(name)!)).ToImmutableArray();
        var slots = names.SelectMany(name => Slots(name, name, _call.Scope.Find(name)!)).ToImmutableArray();
        // A body may show that a carried number is a tensor, or a size grows: then it is read again with that known. Every reading settles one slot.
        for (var reading = 0; ; reading++)
        {
            var state = _root.State;
            var saved = (Findings: _findings.Count, Warnings: _warnings.Count, Checks: _checks.Count, Facts: _facts, Locals: _locals.Count, Names: _names.ToArray());
            var settled = TryLoop(s, variable, trips, element, body, names, slots, reading > 2 * slots.Length + 1, out var buffers);
            foreach (var (name, value) in empty) _call.Scope.Assign(name, value);
            if (settled) return;
            _root.State = state;
            // Buffers that the body, or what it calls, assigns are carried like locals.
            names = names.AddRange(buffers);
            slots = slots.AddRange(buffers.SelectMany(buffer => Slots(buffer, Words(buffer), Find(buffer)!)));
            _findings.RemoveRange(saved.Findings, _findings.Count - saved.Findings);
            _warnings.RemoveRange(saved.Warnings, _warnings.Count - saved.Warnings);
            _checks.RemoveRange(saved.Checks, _checks.Count - saved.Checks);
            _facts = saved.Facts;
            _locals.RemoveRange(saved.Locals, _locals.Count - saved.Locals);
            _names.Clear();
            _names.UnionWith(saved.Names);
        }
    }

    private static IEnumerable<Slot> Slots(string local, string name, Value value) => value switch
    {
        TupleValue tuple => tuple.Items.SelectMany((item, i) => Slots(local, name + (i + 1).ToString(CultureInfo.InvariantCulture), item)),
        TensorValue tensor => [new Slot(local, name, value) { Type = tensor.Type }],
        NumberValue => [new Slot(local, name, value) { Type = new(DType.Float64, []), IsNumber = true }],
        _ => [new Slot(local, name, value)],
    };

    /// <summary>Reads the body once; false where a slot turned out to be something else and the body must be read again.</summary>
    private bool TryLoop(
        Surface s, string variable, Dim trips, Func<Dim, Value> element, Surface body, ImmutableArray<string> names, ImmutableArray<Slot> slots, bool isLast,
        out ImmutableArray<string> buffers)
    {
        var outerFrame = _frame;
        var outerScope = _call.Scope;
        var before = names.Select(name => Find(name)!).ToImmutableArray();
        var state = _root.State;
        buffers = [];
        var counterName = Unique(Frontend.Names.Identifier(variable));
        // Inside the body at least one iteration runs, so the counter is below the plain difference of the bounds.
        var counter = Dim.Counter(counterName, trips);
        _counters.Add(counterName);
        _frame = new Frame(outerFrame);
        _frame.Builder.Source = s;
        _call.Scope = new Scope(outerScope);
        _call.Inside++;
        var carried = slots.Where(slot => slot.Type is not null).ToImmutableArray();
        foreach (var slot in carried) slot.Parameter = _frame.Builder.Parameter(slot.Name, slot.Type!);
        ImmutableArray<Node> next;
        Frame inner;
        bool settled;
        try
        {
            Restore(names, before, slots, slot => slot.Type is null
                ? slot.Initial is SizeValue size ? new SizeValue(size.Dim + slot.Increment * counter) : slot.Initial
                : slot.IsNumber ? new NumberValue(slot.Parameter!, _frame) : new TensorValue(slot.Parameter!, _frame));
            _call.Scope.Declare(variable, element(counter));
            state = _root.State;
            Block(body);
            buffers = [.. AssignedSince(state).Except(names)];
            var after = names.SelectMany((name, i) => Leaves(Find(name)!, before[i])).ToImmutableArray();
            (settled, next) = Advance(s, body, slots, after, counter, isLast);
            inner = _frame;
        }
        finally
        {
            _counters.Remove(counterName);
            _frame = outerFrame;
            _call.Scope = outerScope;
            _call.Inside--;
            for (var i = 0; i < names.Length; i++) Store(names[i], before[i]);
        }
        if (!settled || buffers.Length > 0) return false;
        if (next.IsDefault)
        {
            // Reported: what the loop computes is unknown.
            foreach (var name in names) Store(name, Value.Error);
            return true;
        }
        var count = IsAtMost(Dim.Zero, trips) == Answer.Yes ? trips : Dim.Max(trips, Dim.Zero);
        Builder.Source = s;
        var inputs = carried.Select(slot => ToNode(slot.Initial, slot.Type!.DType, s)).Concat(inner.Outer).ToImmutableArray();
        var region = new Region([.. carried.Select(slot => slot.Parameter!), .. inner.Inner], next);
        var results = carried.Length == 0 ? [] : Builder.Loop(new LoopInfo(counterName, count, carried.Length, EquatableArray<int>.Empty, 0, region), inputs);
        Restore(names, before, slots, slot => slot.Type is null
            ? slot.Initial is SizeValue size ? new SizeValue(size.Dim + slot.Increment * count) : slot.Initial
            : results[carried.IndexOf(slot)] is var result && slot.IsNumber ? new NumberValue(result, _frame) : new TensorValue(result, _frame));
        return true;
    }

    /// <summary>The running values of the function of a lambda along the first axis of some operands: of what came before, then of what comes next. Default where there was a mistake.</summary>
    public ImmutableArray<Node> Scan(Surface lambda, ImmutableArray<Node> operands)
    {
        var outer = _frame;
        var trips = operands[0].Shape[0] - Dim.One;
        var counterName = Unique("k");
        var counter = Dim.Counter(counterName, trips);
        _counters.Add(counterName);
        _frame = new Frame(outer);
        _frame.Builder.Source = lambda;
        _call.Inside++;
        ImmutableArray<Node> before, next;
        Frame inner;
        try
        {
            before = [.. operands.Select((x, i) => Builder.Parameter(lambda[0][i].Value, x.Type.With(x.Shape.RemoveAt(0))))];
            var elements = operands.Select(x => Builder.Select(_frame.Import(x, outer), 0, counter + Dim.One));
            var value = TensorFunction(lambda, [.. before.Concat(elements).Select(node => new TensorValue(node, _frame))]);
            ImmutableArray<Value> parts = value is TupleValue tuple ? tuple.Items : [value];
            if (parts.Contains(Value.Error)) return default;
            next = [.. parts.Select((part, i) => Kept(before[i].Type, ToTensor(part, lambda[1])))];
            inner = _frame;
        }
        finally
        {
            _counters.Remove(counterName);
            _frame = outer;
            _call.Inside--;
        }
        var region = new Region(before.AddRange(inner.Inner), next);
        var info = new LoopInfo(counterName, trips, operands.Length, Enumerable.Range(0, operands.Length).ToImmutableArray(), 0, region);
        var results = Builder.Loop(info, [.. operands.Select(x => Builder.Select(x, 0, Dim.Zero)), .. inner.Outer]);
        return [.. operands.Select((x, i) => Builder.Reshape(results[operands.Length + i], x.Shape))];

        Node Kept(TensorType type, Node made)
        {
            string Words() => $"Scan: the function makes {made.Type.DType} {made.Type.ShapeText} of {type.DType} {type.ShapeText}; it must keep the shape and the element type";
            Finding Refuse() => Finding.Of("PRX0105", lambda[1].Origin, Words()).With(Declarations([.. type.Shape, .. made.Shape]));
            if (made.Type.DType != type.DType || made.Rank != type.Rank) throw new Refusal(Refuse());
            for (var axis = 0; axis < type.Rank; axis++) RequireEqual(type.Shape[axis], made.Shape[axis], Words, Refuse);
            return Builder.Reshape(made, type.Shape);
        }
    }

    /// <summary>Assigns the locals of a loop, tuples put together again from their slots.</summary>
    private void Restore(ImmutableArray<string> names, ImmutableArray<Value> shapes, ImmutableArray<Slot> slots, Func<Slot, Value> value)
    {
        var at = 0;
        for (var i = 0; i < names.Length; i++) Store(names[i], Build(shapes[i]));

        Value Build(Value shape) => shape is TupleValue tuple ? new TupleValue([.. tuple.Items.Select(Build)]) : value(slots[at++]);
    }

    /// <summary>The values at the slots of a local after an iteration.</summary>
    private static IEnumerable<Value> Leaves(Value value, Value shape)
    {
        if (shape is not TupleValue expected) return [value];
        if (value is TupleValue tuple && tuple.Items.Length == expected.Items.Length) return tuple.Items.Zip(expected.Items, Leaves).SelectMany(leaves => leaves);
        return expected.Items.SelectMany(item => Leaves(Value.Error, item));
    }

    /// <summary>The nodes that the next iteration starts with; default where there was a mistake.</summary>
    private (bool Settled, ImmutableArray<Node> Next) Advance(
        Surface s, Surface body, ImmutableArray<Slot> slots, ImmutableArray<Value> after, Dim counter, bool isLast)
    {
        var next = ImmutableArray.CreateBuilder<Node>();
        var settled = true;
        var failed = false;
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i];
            var value = after[i];
            if (value == Value.Error)
            {
                failed = true;
                continue;
            }
            try
            {
                if (slot.Type is null) settled &= AdvancePlain(slot, value, counter, body, s, isLast);
                else if (AdvanceCarried(slot, value, body, s, isLast) is { } node) next.Add(node);
                else settled = false;
            }
            catch (Refusal refusal)
            {
                Report(refusal);
                failed = true;
            }
        }
        return failed ? (true, default) : (settled, next.ToImmutable());
    }

    private bool AdvancePlain(Slot slot, Value value, Dim counter, Surface body, Surface s, bool isLast)
    {
        var at = AssignmentOf(body, slot.Local, s);
        if (slot.Initial is SizeValue initial)
        {
            if (value is SizeValue size)
            {
                var current = initial.Dim + slot.Increment * counter;
                var increment = size.Dim - current;
                if (increment.Equals(slot.Increment)) return true;
                if (isLast || DependsOnLoop(increment) || !slot.Increment.IsZero)
                    throw Refusal.Of("PRX0105", at.Origin,
                        $"the size '{slot.Name}' changes by {increment} in this iteration; a size that changes in a loop grows by the same amount in each");
                slot.Increment = increment;
                return false;
            }
            if (!isLast && value is NumberValue)
            {
                (slot.Type, slot.IsNumber) = (new(DType.Float64, []), true);
                return false;
            }
            if (!isLast && value is TensorValue tensor && tensor.Type.Rank == 0)
            {
                slot.Type = tensor.Type;
                return false;
            }
        }
        else if (ReferenceEquals(value, slot.Initial))
        {
            return true;
        }
        var first = slot.Initial is SizeValue { Dim.Constant: not null } ? "a number" : slot.Initial.Kind;
        var is1 = value is TensorValue t ? t.Type.ShapeText : value.Kind;
        throw Refusal.Of("PRX0105", at.Origin,
            $"'{slot.Name}' is {first} in the first iteration and {is1} in the next; start it with a tensor of the final shape, as Zeros makes one");
    }

    private Node? AdvanceCarried(Slot slot, Value value, Surface body, Surface s, bool isLast)
    {
        var at = AssignmentOf(body, slot.Local, s);
        var type = slot.Type!;
        if (value is NumberValue or SizeValue && type.Rank == 0) return slot.IsNumber ? ToNumber(value, at) : ToNode(value, type.DType, at);
        if (value is TensorValue tensor)
        {
            var node = _frame.Import(tensor.Node, tensor.Home);
            var canWiden = slot.Initial is NumberValue or SizeValue;
            if (canWiden && !isLast && node.Rank == 0 && (slot.IsNumber || node.Type.DType > type.DType))
            {
                (slot.Type, slot.IsNumber) = (node.Type, false);
                return null;
            }
            if (!slot.IsNumber && node.Type.DType == type.DType && node.Rank == type.Rank)
            {
                for (var i = 0; i < type.Rank; i++)
                {
                    var (was, @is) = (type.Shape[i], node.Shape[i]);
                    RequireEqual(was, @is, () => $"{slot.Name} is {type.ShapeText} in the first iteration of a loop and {node.Type.ShapeText} in the next", () => Changed(node));
                }
                return Builder.Reshape(node, type.Shape);
            }
            throw new Refusal(Changed(node));
        }
        throw Refusal.Of("PRX0105", at.Origin,
            $"'{slot.Name}' is {(slot.IsNumber ? "a number" : Describe(type))} in the first iteration and {value.Kind} in the next; a loop keeps the type of what it carries");

        Finding Changed(Node node)
        {
            var advice = slot.Initial is TensorValue
                ? "a loop keeps the shape of what it carries"
                : "start it with a tensor of the final shape, as Zeros makes one";
            var (first, second) = (Describe(type), Describe(node.Type));
            if (slot.IsNumber) (first, second) = ("a number", node.Type.ShapeText);
            return Finding.Of("PRX0105", at.Origin, $"'{slot.Name}' is {first} in the first iteration and {second} in the next; {advice}")
                .With(Declarations([.. type.Shape, .. node.Shape]));
        }

        string Describe(TensorType t) => slot.Parameter!.Type.DType == t.DType ? t.ShapeText : $"{t.DType} {t.ShapeText}";
    }

    /// <summary>The last assignment of a local in a loop's body: where a change of its type is reported.</summary>
    private static Surface AssignmentOf(Surface body, string name, Surface otherwise)
    {
        Surface? found = null;
        Find(body);
        return found ?? otherwise;

        void Find(Surface node)
        {
            if (node.Kind == "assign" && node.Value == name) found = node;
            if (node.Kind == "assigntuple" && node.Count > 0 && node[0].Items.Any(n => n.Value == name)) found = node;
            if (node.Kind is "block" or "for" or "foreach" or "if")
                foreach (var item in node.Items) Find(item);
        }
    }
}
