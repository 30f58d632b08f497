using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Lowering;

/// <summary>The compiled method itself: its arguments, what entry binds and checks, its results; and the methods that transforms derive.</summary>
internal sealed partial class Interpreter
{
    private readonly List<SizeBinding> _bindings = [];
    private readonly Dictionary<(string Argument, int Axis), string> _axes = [];

    /// <summary>Lowers a method of a network on its own; null where it cannot be (which is reported here or by the frontend).</summary>
    public Function? Compile(NetworkDeclaration network, MethodDeclaration method)
    {
        var instance = Open(network);
        try
        {
            Require(network.Requires, network.Name, instance, s_none, ParameterNames(network), Requirer.Constructor, network.Origin);
            var function = method.Transform is { } transform ? CompileTransform(instance, method, transform) : CompileBody(instance, method, method.Arguments);
            return function is null ? null : WithSymmetries(function, method);
        }
        catch (Refusal refusal)
        {
            Report(refusal);
            return null;
        }
        catch (OverflowException)
        {
            Report(Finding.Of("PRX0118", method.Origin, method.Name));
            return null;
        }
    }

    /// <summary>Proves what is stated of the order of sizes.</summary>
    private Function WithSymmetries(Function function, MethodDeclaration method)
    {
        foreach (var symmetry in method.Symmetries)
        {
            try
            {
                Permutations.Check(function, SizeNamed(symmetry.Size));
                function = function with { Derivation = function.Derivation.Items.Add($"Equivariant under permutations of {symmetry.Size}.") };
            }
            catch (Permutations.OrderException order)
            {
                var finding = Finding.Of("PRX0126", symmetry.Origin, $"{method.Name} is not equivariant under permutations of '{symmetry.Size}': {order.Message}");
                Report(order.Origin.IsWritten ? finding.With([symmetry.Origin]) with { Origin = order.Origin } : finding);
            }
            catch (ArgumentException)
            {
                Report(Finding.Of("PRX0126", symmetry.Origin, $"No argument of {method.Name} has a dimension '{symmetry.Size}' whose order could change"));
            }
        }
        return function;
    }

    /// <summary>Checks what is declared outside of methods, whether a method uses it or not: the shapes of parameters and the sizes of children.</summary>
    public void CheckDeclaration(NetworkDeclaration network)
    {
        var instance = Open(network);
        foreach (var require in network.Requires)
            Guarded(require.Origin, require.Text, () => Require(new([require]), network.Name, instance, s_none, ParameterNames(network), Requirer.Constructor, network.Origin));
        foreach (var parameter in network.Parameters)
            Guarded(parameter.ShapeOrigin, parameter.Shape, () => Shape(parameter.Shape, parameter.ShapeOrigin, instance, s_none, ParameterNames(network)));
        foreach (var child in network.Children)
        {
            var field = Surface.Of("field", child.Name, child.Origin);
            Guarded(child.Origin, child.Name, () =>
            {
                if (child.Count is null) Receiver(field);
                else for (var i = 0; i < System.Math.Max(1, child.Elements.Count); i++) ElementOf(child, Dim.Of(i), field);
            });
        }

        void Guarded(Origin origin, string what, Action check)
        {
            try
            {
                check();
            }
            catch (Refusal refusal)
            {
                Report(refusal);
            }
            catch (OverflowException)
            {
                Report(Finding.Of("PRX0118", origin, what));
            }
        }
    }

    /// <summary>A named size, written as C# writes the name: <c>class</c> needs its <c>@</c>.</summary>
    private static Dim SizeNamed(string name) => Dim.Name(Names.Identifier(name));

    /// <summary>Starts at a network as its user sees it: its constructor's parameters are named sizes.</summary>
    private Instance Open(NetworkDeclaration network)
    {
        _root = new Root();
        _frame = _root.Frame;
        _compiled = network.FullName;
        var sizes = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var size in network.Sizes)
        {
            _names.Add(size.Name);
            _declared[SizeNamed(size.Name).PlainName!] = size.Origin;
            sizes[size.Name] = size.Type is "float" or "double"
                ? new NumberValue(Builder.HostNumber(Names.Identifier(size.Name), DType.Float64), _frame)
                : new SizeValue(SizeNamed(size.Name));
        }
        var instance = new Instance(network, "", [], [], sizes);
        _call = new Activation(instance, null, null, Origin.None);
        return instance;
    }

    private Function? CompileBody(Instance instance, MethodDeclaration method, EquatableArray<ArgumentDeclaration> names)
    {
        if (method.Body is null) return null;
        var call = new Activation(instance, method, null, Origin.None);
        if (Enter(call, method, names) is not { } inputs) return null;
        _call = call;
        Require(method.Requires, method.Name, instance, call.Bound, $"bound by the constructor or an argument of {method.Name}", Requirer.Entry, method.Origin);
        Run(call, method);
        if (_findings.Count > 0 || call.Returned is not { } returned || returned == Value.Error) return null;
        return Finish(method.Name, inputs, Results(returned, method.Body));
    }

    private Function Finish(string name, ImmutableArray<FunctionArgument> inputs, ImmutableArray<Node> returned)
    {
        var arguments = inputs.AddRange(_root.Arguments()).ToList();
        var results = returned.AddRange(StateResults());
        return new(
            name,
            arguments.ToImmutableArray(),
            results,
            results.Select(_ => "").ToImmutableArray(),
            _bindings.ToImmutableArray(),
            _checks.ToImmutableArray(),
            _decisions.Made.ToImmutableArray())
        {
            States = StateNames(),
            IndexChecks = _indices.Select(check => new IndexCheck(arguments.FindIndex(argument => argument.Node == check.Indices), check.Classes))
                .Where(check => check.Argument >= 0).Distinct().ToImmutableArray(),
            Known = _known.ToImmutableArray(),
        };
    }

    private ImmutableArray<Node> Results(Value returned, Surface e) => returned switch
    {
        TupleValue tuple => [.. tuple.Items.SelectMany(item => Results(item, e))],
        GradientsValue => throw Refusal.Of("PRX0114", e.Origin, "a compiled method returns tensors; return g.Value or the gradients by name"),
        _ => [ToTensor(returned, e)],
    };

    /// <summary>Declares the arguments of the compiled method; null where a shape is missing, which the frontend reports.</summary>
    private ImmutableArray<FunctionArgument>? Enter(Activation call, MethodDeclaration method, EquatableArray<ArgumentDeclaration> names)
    {
        var declared = method.Inputs.ToImmutableArray();
        var given = names.SelectMany(argument => argument.Parts).ToImmutableArray();
        var shapes = declared.Select(a => a.Shape is null ? ImmutableArray<ShapeEntry>.Empty : ShapeEntry.Parse(a.Shape)).ToImmutableArray();
        foreach (var argument in names) _names.Add(argument.Name);
        foreach (var name in shapes.SelectMany(entries => entries).SelectMany(entry => entry.Dim.Names())) _names.Add(name);
        if (shapes.Any(entries => entries.Any(entry => entry.Kind == ShapeEntryKind.Leading))) _batch = Unique("batch");

        // First every plain name is bound, then what stands in a formula, then everything else is compared with what is bound.
        for (var i = 0; i < given.Length; i++)
            if (declared[i] is { Shape: null, Type: "int" } size && !call.Instance.Sizes.ContainsKey(size.Name)) call.Bound[size.Name] = SizeNamed(given[i].Name);
        for (var i = 0; i < shapes.Length; i++)
        {
            for (var axis = 0; axis < shapes[i].Length; axis++)
            {
                var entry = shapes[i][axis];
                if (entry is not { Kind: ShapeEntryKind.Size, Dim.PlainName: { } name } || call.Instance.Sizes.ContainsKey(name) || call.Bound.ContainsKey(name)) continue;
                var declaration = declared[i];
                var bound = SizeNamed(name);
                call.Bound.Add(name, bound);
                _bindings.Add(new(bound.PlainName!, given[i].Name, Place(given[i].Name, axis)));
                _declared[bound.PlainName!] = ShapeEntry.Locate(declaration.Shape!, declaration.ShapeOrigin, entry.Offset, entry.Text.Length);
            }
        }
        var mentions = shapes.SelectMany(entries => entries).Concat(method.Returns.SelectMany(shape => ShapeEntry.Parse(shape))).SelectMany(entry => entry.Dim.Names()).ToList();
        WarnOfMisspellings(call, mentions);
        while (shapes.SelectMany((entries, i) => entries.Select((entry, axis) => BindFormula(call, declared[i], given[i].Name, entry, axis, mentions))).Any(bound => bound))
        {
        }
        var inputs = ImmutableArray.CreateBuilder<FunctionArgument>();
        for (var i = 0; i < shapes.Length; i++)
        {
            var declaration = declared[i];
            var name = given[i].Name;
            if (declaration.Shape is null)
            {
                if (Host(declaration.Type, name) is not { } value) return null;
                call.Scope.Declare(declaration.Name, value);
                continue;
            }
            var shape = shapes[i].Select((entry, axis) => EntrySize(call, declaration, name, entry, axis)).ToImmutableArray();
            if (declaration.Part is { HasRanges: true }) shape = shape.Add(Dim.Of(2));
            var type = new TensorType(ParseDType(declaration.DType) ?? DType.Float32, shape);
            var node = Builder.Parameter(name, type);
            inputs.Add(new(node, ArgumentKind.Input, name));
            call.Scope.Declare(declaration.Name, Result(node));
        }
        for (var i = 0; i < method.Arguments.Count; i++)
            if (method.Arguments[i] is { IsGraph: true } graph) call.Scope.Declare(graph.Name, new GraphValue(part => (TensorValue)call.Scope.Find(GraphPart.NameOf(graph.Name, part))!));
        if (_batch is not null) call.Leading = [Dim.Name(_batch)];
        return inputs.ToImmutable();
    }

    /// <summary>A name that looks like a size of the constructor, and that nothing else of the method mentions, binds a size that is hardly meant.</summary>
    private void WarnOfMisspellings(Activation call, List<string> mentions)
    {
        foreach (var name in call.Bound.Keys.Where(_declared.ContainsKey))
        {
            if (Meant(name, call, mentions) is not { } near) continue;
            Warn(Finding.Of("PRX0131", _declared[name], name, near).With([_declared[SizeNamed(near).PlainName!]]).With(Repair.Rename(_declared[name], name, near)));
        }
    }

    /// <summary>The size of the constructor that a name is most likely a misspelling of.</summary>
    private static string? Meant(string name, Activation call, List<string> mentions) =>
        mentions.Count(mention => mention == name) == 1 && Misspelling.Nearest(name, call.Instance.Sizes.Keys) is { } near && (name.Length >= 4 || Misspelling.Distance(name, near) == 0)
            ? near
            : null;

    /// <summary>
    /// <c>2*n+1</c> binds n where nothing else does: the dimension less 1 is divided by 2, and entry checks that nothing is left. False where the entry has
    /// no unbound name, several, one that does not stand alone with a number in front, or a misspelled one.
    /// </summary>
    private bool BindFormula(Activation call, ArgumentDeclaration declaration, string argument, ShapeEntry entry, int axis, List<string> mentions)
    {
        if (entry.Kind != ShapeEntryKind.Size || Unbound(entry, call) is not { } name || Meant(name, call, mentions) is not null) return false;
        if (Solve(Size(entry, name, call, declaration), name) is not var (stride, offset)) return false;
        var place = Place(argument, axis);
        var actual = AxisName(argument, place);
        var bound = SizeNamed(name);
        call.Bound.Add(name, bound);
        _bindings.Add(new(bound.PlainName!, argument, place) { Value = Dim.FloorDiv(Dim.Name(actual) - offset, stride) });
        _declared[bound.PlainName!] = ShapeEntry.Locate(declaration.Shape!, declaration.ShapeOrigin, entry.Offset, entry.Text.Length);
        _checks.Add(new(offset, "<=", Dim.Name(actual), $"{argument} is declared [{declaration.Shape}]; its dimension {place.ToString(CultureInfo.InvariantCulture)} must be at least {offset}"));
        return true;
    }

    /// <summary>The one name of an entry that nothing has bound.</summary>
    private static string? Unbound(ShapeEntry entry, Activation call)
    {
        var unbound = entry.Dim.Names().Where(name => !call.Instance.Sizes.ContainsKey(name) && !call.Bound.ContainsKey(name)).Distinct().ToList();
        return unbound.Count == 1 ? unbound[0] : null;
    }

    /// <summary>The size of an entry in which one name stays.</summary>
    private Dim Size(ShapeEntry entry, string name, Activation call, ArgumentDeclaration declaration) =>
        Size(entry, declaration.Shape!, declaration.ShapeOrigin, call.Instance, new Dictionary<string, Dim>(call.Bound, StringComparer.Ordinal) { [name] = Dim.Name(name) }, "");

    /// <summary>stride * name + offset, where the stride is a positive number.</summary>
    private static (Dim Stride, Dim Offset)? Solve(Dim dim, string name) =>
        dim.LinearIn(name) is ({ Constant: > 0 } stride, var offset) ? (stride, offset) : null;

    /// <summary>The size that names an axis of an argument as it comes.</summary>
    private string AxisName(string argument, int axis)
    {
        if (_axes.TryGetValue((argument, axis), out var known)) return known;
        var name = Unique(argument.Replace("@", "").Replace(".", "") + (axis < 0 ? "Batch" : "Dim" + axis.ToString(CultureInfo.InvariantCulture)));
        _axes.Add((argument, axis), name);
        _bindings.Add(new(name, argument, axis));
        return name;
    }

    /// <summary>An argument that is no tensor: the generated method has it as a variable of the same name.</summary>
    private Value? Host(string type, string name)
    {
        if (type is "float" or "double") return new NumberValue(Builder.HostNumber(Names.Identifier(name), DType.Float64), _frame);
        if (type is not ("int" or "bool")) return null;
        var size = SizeNamed(name);
        if (type == "int") _checks.Add(new(Dim.Zero, "<=", size, $"{name} must not be negative"));
        return new SizeValue(size);
    }

    private Dim EntrySize(Activation call, ArgumentDeclaration declaration, string name, ShapeEntry entry, int axis)
    {
        var (text, literal) = (declaration.Shape!, declaration.ShapeOrigin);
        var words = $"{name} is declared [{WithBatches(name, text)}]";
        var place = Place(name, axis);
        switch (entry.Kind)
        {
            case ShapeEntryKind.Leading:
                if (!_bindings.Any(b => b.Size == _batch))
                {
                    _bindings.Add(new(_batch!, name, -1));
                    _declared[_batch!] = ShapeEntry.Locate(text, literal, entry.Offset, entry.Text.Length);
                }
                else
                {
                    CheckAxis(name, -1, Dim.Name(_batch!), $"{words}; its leading dims must be those of {_bindings.First(b => b.Size == _batch).Argument}");
                }
                return Dim.Name(_batch!);
            case ShapeEntryKind.Anonymous when declaration.Part is { Binds: false } part:
                // As many as the part that tells how many there are has. A derived method may name the graph otherwise than its source.
                var binding = $"{GraphPart.GraphOf(name)}.{GraphPart.Binding(part.Counts)}";
                return Dim.Anonymous(_bindings.First(b => b.Argument == binding && b.Axis == 0).Size);
            case ShapeEntryKind.Anonymous:
                var anonymous = Unique(name.Replace("@", "").Replace(".", "") + axis.ToString(CultureInfo.InvariantCulture));
                _bindings.Add(new(anonymous, name, place));
                return Dim.Anonymous(anonymous);
            case ShapeEntryKind.Size:
                var size = Size(entry, text, literal, call.Instance, call.Bound, "bound by the constructor or an argument");
                if (_bindings.Any(b => b.Size == size.PlainName && b.Argument == name && b.Axis == place)) return size;
                if (declaration.Part is null) CheckAxis(name, place, size, $"{words}; its dimension {place.ToString(CultureInfo.InvariantCulture)} must be {size}");
                else if (declaration.Part is { Binds: true } binds) CheckAxis(name, place, size, $"{GraphPart.GraphOf(name)} is declared [{binds.Argument.Shape}]; {binds.Words} must be {size}");
                return size;
            default:
                throw MalformedEntry(entry, text, literal);
        }
    }

    // ---- Transforms ----

    private MethodDeclaration Derived(NetworkDeclaration network, TransformDeclaration transform)
    {
        var of = network.Method(transform.Of)
            ?? throw Refusal.Of("PRX0120", transform.OfOrigin, $"{network.Name} has no compiled method '{transform.Of}' to derive from");
        for (var i = 0; i < transform.Wrt.Count; i++)
            if (transform.Wrt.Items.IndexOf(transform.Wrt[i]) < i) throw Refusal.Of("PRX0134", WrtOrigin(transform, i), transform.Wrt[i]);
        for (var i = 0; i < transform.Wrt.Count; i++)
        {
            var wrt = transform.Wrt[i];
            var written = WrtOrigin(transform, i);
            var argument = of.Arguments.Items.FirstOrDefault(a => a.Name == wrt);
            // A parameter may be named as well, by its full name; whether the method uses it is known only after lowering.
            if (argument is null && (wrt.IndexOf('.') > 0 || network.Parameters.Items.Any(p => p.Name == wrt && !p.IsBuffer))) continue;
            if (argument is null)
            {
                var known = of.Arguments.Select(a => a.Name).Concat(network.Parameters.Where(p => !p.IsBuffer).Select(p => p.Name)).ToList();
                var finding = Finding.Of("PRX0122", written, $"'{wrt}' is no argument of {of.Name}; it has {string.Join(", ", of.Arguments.Select(a => a.Name))}{Misspelling.Question(wrt, known)}");
                throw new Refusal(Misspelling.Nearest(wrt, known) is { } near ? finding.With(Repair.Rename(written, wrt, near)) : finding);
            }
            if (argument.IsGraph || argument.Shape is null && argument.IsNumber || ParseDType(argument.DType) is DType.Int64 or DType.Bool)
                throw Refusal.Of("PRX0122", written, $"'{wrt}' of {of.Name} is no floating-point tensor, so there is no derivative by it");
        }
        return IsOfSeveral(transform) ? Problem(network, transform, of) : of;
    }

    private static Origin WrtOrigin(TransformDeclaration transform, int i) => i < transform.WrtOrigins.Count ? transform.WrtOrigins[i] : transform.Origin;

    /// <summary>A derivative that is zero wherever it is taken is hardly what is wanted.</summary>
    private void WarnOfZeros(TransformDeclaration transform, Function derived, MethodDeclaration of)
    {
        if (transform.Kind != "Gradient") return;
        var names = transform.Wrt.Count > 0 ? transform.Wrt.Items : derived.ResultNames.Items.RemoveAt(0);
        for (var i = 0; i < names.Length && i < derived.Results.Count; i++)
        {
            if (!IsZero(derived.Results[transform.Wrt.Count > 0 ? i : i + 1])) continue;
            Warn(Finding.Of("PRX0133", transform.Wrt.Count > 0 ? WrtOrigin(transform, i) : transform.OfOrigin, of.Name, names[i]).With([of.Origin]));
        }

        static bool IsZero(Node node) => node.Op is Op.Broadcast or Op.Reshape or Op.Cast ? IsZero(node.Inputs[0]) : Builder.IsFull(node, 0);
    }

    /// <summary>A constant step is right for some parameters only, and nothing says for which.</summary>
    private void WarnOfStep(TransformDeclaration transform, Function derived)
    {
        if (transform.Kind == "Unroll" && derived.Derivation.FirstOrDefault(rule => rule.StartsWith(Unroll.Unchecked, StringComparison.Ordinal)) is { } rule)
            Warn(Finding.Of("PRX0135", transform.OptionOrigin("Step"), char.ToUpperInvariant(rule[0]) + rule.Substring(1)));
    }

    private Function? CompileTransform(Instance instance, MethodDeclaration method, TransformDeclaration transform)
    {
        var of = Derived(instance.Declaration, transform);
        if (method.Arguments.Count < of.Arguments.Count)
            throw Refusal.Of("PRX0123", method.Origin, $"{method.Name} has {Count(method.Arguments.Count, "argument")}, and {of.Name}, from which it is derived, has {of.Arguments.Count}");
        of = of with { Requires = of.Requires.Items.AddRange(method.Requires.Items) };
        // The derived method checks the shapes of its source, under its own names.
        EquatableArray<ArgumentDeclaration> names = method.Arguments.Items.Take(of.Arguments.Count).ToImmutableArray();
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Type == of.Arguments[i].Type) continue;
            throw new Refusal(Finding.Of("PRX0123", names[i].Origin, $"'{names[i].Name}' of {method.Name} is a {names[i].Type}, and {of.Name}, from which it is derived, takes the {of.Arguments[i].Type} '{of.Arguments[i].Name}' there").With([of.Arguments[i].Origin]));
        }
        GuardRecursion(instance, of.Name, Surface.Of("method", of.Name, transform.OfOrigin));
        _call = new Activation(instance, method, _call, Origin.None);
        var batch = EnterBatch(instance.Declaration, transform, of, names);
        _isProblem = IsProblem(transform);
        var source = of.Transform is { } inner ? CompileTransform(instance, of with { Arguments = names }, inner) : CompileBody(instance, of, names);
        _isProblem = false;
        if (source is null)
        {
            if (_findings.Count == 0 && of.Body is not null && of.Arguments.Items.FirstOrDefault(a => a.Shape is null && !a.IsNumber) is { } bare)
                throw Refusal.Of("PRX0004", bare.Origin, $"argument '{bare.Name}'");
            return null;
        }
        // Named arguments go by the names that the derived method gives them.
        var wrt = transform.Wrt.Select(w => of.Arguments.Items.ToList().FindIndex(a => a.Name == w) is >= 0 and var i ? names[i].Name : w).ToImmutableArray();
        var step = NumberAfter(method, of) is { } number ? Builder.HostNumber(Names.Identifier(number.Name), DType.Float64) : null;
        var result = Transform(method, transform with { Wrt = wrt }, source, of, batch, step);
        WarnOfZeros(transform, result, of);
        WarnOfStep(transform, result);
        var inputs = result.Arguments.Items.Where(a => a.Kind == ArgumentKind.Input).ToList();
        var tensors = method.Arguments.Items.Where((a, i) => a.IsGraph || i >= of.Arguments.Count && !a.IsNumber || i < of.Arguments.Count && of.Arguments[i].Shape is not null || inputs.Any(x => x.Name == a.Name)).SelectMany(a => a.Parts).ToList();
        CheckSignature(method, transform, inputs.Count, tensors.Count, result);
        // What the transform adds (directions, say) takes the names that the user gives it.
        var renamed = result.Arguments.Items.Select(a => inputs.IndexOf(a) is >= 0 and var i ? a with { Name = tensors[i].Name } : a).ToImmutableArray();
        foreach (var added in inputs.Where(x => !source.Arguments.Any(a => a.Name == x.Name))) CheckAdded(added.Node, tensors[inputs.IndexOf(added)].Name);
        return result with { Name = method.Name, Arguments = renamed, Bindings = _bindings.ToImmutableArray(), Checks = _checks.ToImmutableArray(), Known = _known.ToImmutableArray() };
    }

    /// <summary>The shape of an argument that a transform adds is checked at entry like a declared one.</summary>
    private void CheckAdded(Node node, string name)
    {
        for (var axis = 0; axis < node.Rank; axis++)
        {
            var at = axis == 0 && HasLeading(node) ? -1 : Place(name, axis);
            var words = at < 0 ? "its leading dims must be the same" : $"its dimension {at.ToString(CultureInfo.InvariantCulture)} must be {node.Shape[axis]}";
            CheckAxis(name, at, node.Shape[axis], $"{name} must be [{WithBatches(name, string.Join(" ", node.Shape))}]; {words}");
        }
    }

    private void CheckAxis(string argument, int axis, Dim expected, string message)
    {
        _checks.Add(new(Dim.Name(AxisName(argument, axis)), "==", expected, message));
    }

    /// <param name="step">What a transform takes as a number of the host.</param>
    private Function Transform(MethodDeclaration method, TransformDeclaration transform, Function source, MethodDeclaration of, Batch? batch, Node? step)
    {
        if (transform.Kind == "Prox") return Operator(transform, source, of, step);
        if (transform.Kind == "Unroll") return Accounted(Unrolled(transform with { Method = method.Name }, source));
        if (transform.Kind == "Gradient" && (source.Returned != 1 || source.Results[0].Rank != 0 || !source.Results[0].Type.IsFloat))
        {
            var gives = source.Returned != 1 ? $"{source.Returned} results" : source.Results[0].Type.ToString();
            throw new Refusal(Finding.Of("PRX0121", transform.OfOrigin, $"{of.Name} gives {gives}; a gradient is that of one floating-point scalar").With([of.ReturnOrigin]));
        }
        var result = TransformRegistry.Apply(transform.Kind, source, transform with { Method = method.Name }, out var error, batch)
            ?? throw Refusal.Of("PRX0121", transform.OfOrigin, error ?? $"there is no transform '{transform.Kind}'");
        return transform.Kind == "FixedPoint" ? Accounted(result) : result;

        // A search may be asked for without its account, the last two results.
        Function Accounted(Function search) =>
            ResultsOf(method) is var count && (transform.Kind == "FixedPoint" || transform.Option("Tolerance").Length > 0) && search.Returned == count + 2
                ? Cleanup.Apply(search with { Results = search.Results.Items.RemoveRange(count, 2), ResultNames = search.ResultNames.Items.RemoveRange(count, 2) })
                : search;
    }

    private static int ResultsOf(MethodDeclaration method) => method.ReturnType.StartsWith("(", StringComparison.Ordinal) ? method.ReturnType.Split(',').Length : 1;

    private static void CheckSignature(MethodDeclaration method, TransformDeclaration transform, int inputs, int tensors, Function result)
    {
        if (inputs != tensors)
            throw Refusal.Of("PRX0123", method.Origin, $"{method.Name} has {tensors} tensor arguments, and [{transform.Kind}] of {transform.Of} takes {inputs}");
        var returnsGradients = method.ReturnType.EndsWith("Gradients", StringComparison.Ordinal);
        if (transform.Kind == "Gradient" && transform.Wrt.Count == 0 != returnsGradients)
        {
            throw new Refusal(Finding.Of("PRX0123", method.ReturnOrigin, returnsGradients
                ? $"{method.Name} is derived by arguments, so it returns Tensor, or a tuple with one per name"
                : $"{method.Name} is derived by all parameters, so it returns Gradients").With(Returning(returnsGradients ? transform.Wrt.Count : 0)));
        }
        if (returnsGradients && transform.Kind != "Gradient")
            throw Refusal.Of("PRX0123", method.ReturnOrigin, $"{method.Name} returns Gradients, and [{transform.Kind}] of {transform.Of} gives tensors: {Count(result.Returned, "value")}");
        if (returnsGradients) return;
        var results = ResultsOf(method);
        if (results != result.Returned)
            throw new Refusal(Finding.Of("PRX0123", method.ReturnOrigin, $"{method.Name} returns {Count(results, "value")}, and [{transform.Kind}] of {transform.Of} gives {result.Returned}").With(Returning(result.Returned)));

        Repair Returning(int tensors)
        {
            var type = tensors switch { 0 => "Gradients", 1 => "Tensor", _ => $"({string.Join(", ", Enumerable.Repeat("Tensor", tensors))})" };
            return Repair.Replace($"Return {type}", "Return type", method.ReturnOrigin, type);
        }
    }

    /// <summary>A call of a derived method inside a body: its source is lowered with the types of this call, transformed, and copied in.</summary>
    private Value InvokeTransform(Instance instance, MethodDeclaration method, Surface e, IReadOnlyList<(Surface Source, Value Value)> values)
    {
        var function = DerivedFunction(instance, method, e, values);
        if (function is null) return Value.Error;
        var inputs = values.Where(v => v.Value is TensorValue or NumberValue or SizeValue).ToList();
        var parameters = function.Arguments.Items.Where(a => a.Kind == ArgumentKind.Input).ToList();
        var hosts = method.Arguments.Items.Select((a, i) => (a, i)).Where(x => x.a.IsNumber).Select(x => x.i).ToList();
        var tensors = values.Where((_, i) => !hosts.Contains(i))
            .SelectMany(v => v.Value is GraphValue graph ? GraphPart.Names.Select(part => (v.Source, Value: (Value)graph.Part(part))) : [v]).ToList();
        CheckSignature(method, method.Transform!, parameters.Count, tensors.Count, function);
        // The copy stands beside other copies, so its loops count with names of their own.
        var copier = new Copier(Builder, null, new CounterNames(_names));
        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, (source, value)) = (parameters[i].Node, tensors[i]);
            var node = ToNode(value, parameter.Type.DType, source);
            if (node.Rank != parameter.Rank) throw Different();
            for (var axis = 0; axis < node.Rank; axis++)
                RequireEqual(parameter.Shape[axis], node.Shape[axis], () => $"{method.Name}: {Describe(source, node)} and must be {parameter.Type.ShapeText}", () => Different().Finding!);
            copier.Map(parameter, Builder.Reshape(node, parameter.Shape));

            Refusal Different() => Refusal.Of("PRX0103", source.Origin, $"{method.Name}: {Describe(source, node)} and must be {parameter.Type.ShapeText}");
        }
        foreach (var argument in function.Arguments.Where(a => a.Kind != ArgumentKind.Input))
        {
            copier.Map(argument.Node, ArgumentNode(instance, argument.Name, argument.Node.Type, argument.Kind, e));
        }
        var copies = copier.Copy(function.Results);
        for (var i = 0; i < function.States.Count; i++)
        {
            var (owner, name) = Owner(instance, function.States[i], e);
            SetState(owner, name, copies[function.Returned + i], ArgumentKind.Buffer, PathOf(owner.Declaration, name));
        }
        var results = copies.Take(function.Returned).Select(Value (node) => Result(node)).ToImmutableArray();
        if (method.ReturnType.EndsWith("Gradients", StringComparison.Ordinal))
        {
            var items = ImmutableDictionary.CreateBuilder<string, Value>(StringComparer.Ordinal);
            for (var i = 1; i < results.Length; i++) items[function.ResultNames[i]] = results[i];
            var prefix = instance.Prefix.StartsWith(_call.Instance.Prefix, StringComparison.Ordinal) ? instance.Prefix.Substring(_call.Instance.Prefix.Length) : instance.Prefix;
            return new GradientsValue(results[0], items.ToImmutable(), prefix);
        }
        return results.Length == 1 ? results[0] : new TupleValue(results);
    }

    private Function? DerivedFunction(Instance instance, MethodDeclaration method, Surface e, IReadOnlyList<(Surface Source, Value Value)> values)
    {
        var of = Derived(instance.Declaration, method.Transform!);
        GuardRecursion(instance, of.Name, e);
        if (of.Transform is null && of.Body is null) return null;
        var (root, frame, call, inLambda, isProblem) = (_root, _frame, _call, _inLambda, _isProblem);
        try
        {
            _isProblem = IsProblem(method.Transform!);
            var inner = new List<(Surface Source, Value Value)>();
            var inputs = ImmutableArray.CreateBuilder<FunctionArgument>();
            var batch = BatchOf(method, of, values);
            _root = new Root();
            _frame = _root.Frame;
            _inLambda = false;
            for (var i = 0; i < of.Arguments.Count && i < values.Count; i++)
            {
                var (source, value) = values[i];
                if (value is GraphValue graph)
                {
                    var name = of.Arguments[i].Name;
                    value = new GraphValue(part =>
                    {
                        var node = Builder.Parameter(GraphPart.NameOf(name, part), graph.Part(part).Type);
                        inputs.Add(new(node, ArgumentKind.Input, GraphPart.NameOf(name, part)));
                        return Result(node);
                    });
                }
                else if (value is TensorValue tensor)
                {
                    var type = batch?.Arguments.Contains(of.Arguments[i].Name) == true ? tensor.Type.With(tensor.Type.Shape.RemoveAt(batch.Axis)) : tensor.Type;
                    var node = Builder.Parameter(of.Arguments[i].Name, type);
                    inputs.Add(new(node, ArgumentKind.Input, of.Arguments[i].Name));
                    value = Result(node);
                }
                else if (!of.Arguments[i].IsNumber && !of.Arguments[i].IsGraph && value is NumberValue or SizeValue)
                {
                    // A tensor without dimensions, which the source takes or refuses.
                    var node = Builder.Parameter(of.Arguments[i].Name, new(ParseDType(of.Arguments[i].DType) ?? DType.Float32, []));
                    inputs.Add(new(node, ArgumentKind.Input, of.Arguments[i].Name));
                    value = Result(node);
                }
                else if (value is NumberValue number && !Frame.IsConstant(number.Node))
                {
                    throw Refusal.Of("PRX0114", source.Origin, $"{SurfaceText.ToCSharp(source)} changes in a loop; a derived method takes numbers that do not");
                }
                inner.Add((source, value));
            }
            if (inner.Count < of.Arguments.Count) throw Refusal.Of("PRX0123", method.Origin, $"{method.Name} has fewer arguments than {of.Name}");
            var own = instance.AsRoot();
            Function? function;
            if (of.Transform is not null)
            {
                function = DerivedFunction(own, of, e, inner) is { } source ? Named(source, of) : null;
            }
            else
            {
                var callee = new Activation(own, of, call, e.Origin);
                Bind(callee, of, inner, e);
                _call = callee;
                Run(callee, of);
                if (callee.Returned is not { } returned || returned == Value.Error) return null;
                function = new Function(
                    of.Name, inputs.ToImmutable().AddRange(_root.Arguments()), Results(returned, e).AddRange(StateResults()), EquatableArray<string>.Empty,
                    EquatableArray<SizeBinding>.Empty, EquatableArray<EntryCheck>.Empty, EquatableArray<Assumption>.Empty)
                {
                    States = StateNames(),
                };
            }
            return function is null ? null : Transform(method, method.Transform!, function, of, batch, StepOf(method, of, values));
        }
        finally
        {
            (_root, _frame, _call, _inLambda, _isProblem) = (root, frame, call, inLambda, isProblem);
        }
    }

    /// <summary>The inputs of a derived function under the names that its own declaration gives them.</summary>
    private static Function Named(Function function, MethodDeclaration method)
    {
        var names = new Queue<string>(method.Inputs.Where(a => a.Type == "Tensor").Select(a => a.Name));
        return function with { Arguments = function.Arguments.Select(a => a.Kind == ArgumentKind.Input && names.Count > 0 ? a with { Name = names.Dequeue() } : a).ToImmutableArray() };
    }

    /// <summary>The place of a parameter, named from a network on, in the order of declarations.</summary>
    private ImmutableArray<int> PathOf(NetworkDeclaration network, string name)
    {
        var path = ImmutableArray.CreateBuilder<int>();
        var parts = name.Split('.');
        for (var at = 0; at < parts.Length - 1;)
        {
            var child = network.Children.Items.FirstOrDefault(c => c.Name == parts[at]);
            if (child is null || library.Find(child.Type) is not { } declaration) break;
            path.Add(network.Parameters.Count + network.Children.Items.IndexOf(child));
            at++;
            if (at < parts.Length - 1 && int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out var element))
            {
                path.Add(element);
                declaration = element < child.Elements.Count ? library.Find(child.Elements[element].Value) ?? declaration : declaration;
                at++;
            }
            else if (parts[at] == "*")
            {
                at++;
            }
            network = declaration;
        }
        path.Add(network.Parameters.Items.ToList().FindIndex(p => p.Name == parts[parts.Length - 1]));
        return path.ToImmutable();
    }
}
