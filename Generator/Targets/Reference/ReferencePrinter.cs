using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Targets.Reference;

/// <summary>
/// Prints a function as statements over <c>Proxima.Ops</c>, one per node: what the reference class runs for a method that a transform derives.
/// Float32 of the IR is the element type of the run, so that a model of Float64 tensors runs in Float64 throughout.
/// </summary>
internal sealed class ReferencePrinter
{
    private const string Real = "real";

    private readonly CodeWriter _writer;
    private readonly string? _runType;
    private readonly Function _function;
    private readonly Func<FunctionArgument, string> _argument;
    private readonly Dictionary<Node, string> _names = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal) { Real };
    private readonly HashSet<Node> _material = [];
    private readonly HashSet<Node> _skipped = [];
    private int _unnamed;

    private ReferencePrinter(CodeWriter writer, Function function, Func<FunctionArgument, string> argument)
    {
        _writer = writer;
        _function = function;
        _argument = argument;
        _runType = RunType();
    }

    /// <summary>Prints the body of a method, from the sizes it reads off its arguments to its return.</summary>
    /// <param name="argument">The C# expression of an argument; null: see <see cref="Expression"/>.</param>
    /// <param name="givesGradients">The method returns a Gradients: the first result is its value, the others go to their parameters.</param>
    /// <param name="reserved">Names that locals must not take: the method's parameters.</param>
    public static void Print(
        CodeWriter writer, Function function, bool givesGradients, IEnumerable<string> reserved, Func<FunctionArgument, string>? argument = null)
    {
        var printer = new ReferencePrinter(writer, Settle.Apply(function), argument ?? Expression);
        printer._used.UnionWith(reserved);
        printer.PrintBody(givesGradients);
    }

    /// <summary>An input is a method argument, a parameter of the class its property, any other (a child's, a stack) is looked up by its full name.</summary>
    public static string Expression(FunctionArgument argument) => argument.Kind == ArgumentKind.Input || argument.Name.IndexOf('.') < 0
        ? Names.Identifier(argument.Name)
        : $"Find(\"{argument.Name}\")";

    private void PrintBody(bool givesGradients)
    {
        Reserve(_function.Body);
        foreach (var argument in _function.Arguments) _used.Add(argument.Name.Split('.')[0]);
        PrintEntry();
        Prepare(_function.Body);
        if (_runType is not null && UsesReal(_function.Body)) _writer.Line($"var {Real} = {_runType};");
        foreach (var argument in _function.Arguments)
        {
            if (LeadingOf(argument) is null)
            {
                // A property is read once: it may be a look-up.
                var expression = _argument(argument);
                var isPlain = expression.All(c => char.IsLetterOrDigit(c) || c is '_' or '@');
                _names.Add(argument.Node, isPlain ? expression : Define(argument.Node.Name ?? argument.Name));
                if (!isPlain) _writer.Line($"var {_names[argument.Node]} = {expression};");
                continue;
            }
            _names.Add(argument.Node, Define(argument.Name + "Rows"));
            _writer.Line($"var {_names[argument.Node]} = Reshape({_argument(argument)}, {Shape(argument.Node.Shape)});");
        }
        PrintNodes(_function.Body);
        var results = _function.ReturnedResults.Select(Result).ToArray();
        PrintStates(results);
        if (!givesGradients)
        {
            _writer.Line(results.Length == 1 ? $"return {results[0]};" : $"return ({string.Join(", ", results)});");
            return;
        }
        var gradients = Define("gradients");
        _writer.Line($"var {gradients} = new Gradients(this) {{ Value = {results[0]} }};");
        for (var i = 1; i < results.Length; i++)
        {
            var (name, value) = (_function.ResultNames[i], _names[_function.Results[i]]);
            // Below an array without children there is nothing to fill.
            var guard = name.Contains(".*.") ? $"if ({value}.Length > 0) " : "";
            _writer.Line($"{guard}{gradients}.Destination(\"{name}\").CopyFrom({value});");
        }
        _writer.Line($"return {gradients};");
    }

    /// <summary>Writes the new values of buffers, once everything that reads the old ones has its value.</summary>
    private void PrintStates(string[] results)
    {
        if (_function.States.Count == 0) return;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].All(c => char.IsLetterOrDigit(c) || c is '_' or '@')) continue;
            var name = Define("result");
            _writer.Line($"var {name} = {results[i]};");
            results[i] = name;
        }
        for (var i = 0; i < _function.States.Count; i++)
        {
            var (name, value) = (_function.States[i], _names[_function.Results[_function.Returned + i]]);
            var buffer = Expression(new FunctionArgument(_function.Results[_function.Returned + i], ArgumentKind.Buffer, name));
            _writer.Line($"{(name.Contains(".*.") ? $"if ({value}.Length > 0) " : "")}{buffer}.CopyFrom({value});");
        }
    }

    /// <summary>Sizes read off the arguments, and the checks that the declaration left to entry.</summary>
    private void PrintEntry()
    {
        foreach (var binding in _function.Bindings)
        {
            var argument = _function.Arguments.First(a => a.Name == binding.Argument);
            var name = _argument(argument);
            var rank = argument.Node.Rank;
            if (binding.Axis < 0)
            {
                _writer.Line($"var {binding.Size} = 1;");
                _writer.Line($"foreach (var size in {name}.Shape[..^{Text(rank - 1)}]) {binding.Size} *= size;");
            }
            // Behind leading dims an axis is counted from the end.
            else if (binding.Value is { } value) _writer.Line($"var {binding.Size} = {value.ToCSharp()};");
            else _writer.Line($"var {binding.Size} = {name}.Dim({Text(LeadingOf(argument) is null ? binding.Axis : binding.Axis - rank)});");
        }
        foreach (var check in _function.IndexChecks)
        {
            var argument = _function.Arguments[check.Argument];
            var index = Define("index");
            _writer.Line($"foreach (var {index} in {_argument(argument)}.AsSpan<long>())");
            using (_writer.Indent())
                _writer.Line($"if ((ulong){index} >= (ulong){check.Classes.ToCSharp(atomic: true)}) throw new ArgumentException($\"{argument.Name}: {{{index}}} is out of range; there are {{{check.Classes.ToCSharp()}}}.\");");
        }
        foreach (var check in _function.Checks)
        {
            _writer.Line($"if (!({check.Left.ToCSharp()} {check.Relation} {check.Right.ToCSharp()}))");
            using (_writer.Indent())
                _writer.Line($"throw new ArgumentException(\"{check.Message.Replace("\\", "\\\\").Replace("\"", "\\\"")}\");");
        }
    }

    private SizeBinding? LeadingOf(FunctionArgument argument) =>
        _function.Bindings.Items.FirstOrDefault(binding => binding.Axis < 0 && binding.Argument == argument.Name);

    private string Result(Node node)
    {
        var name = _names[node];
        // Results whose first dim stands for all leading dims of an argument get those back.
        var leading = node.Rank == 0 ? null : _function.Bindings.Items.FirstOrDefault(b => b.Axis < 0 && b.Size == node.Shape[0].PlainName);
        if (leading is not null)
        {
            var argument = _function.Arguments.First(a => a.Name == leading.Argument);
            var rest = string.Concat(node.Shape.Skip(1).Select(dim => ", " + dim.ToCSharp()));
            return $"Reshape({name}, [.. {Names.Identifier(argument.Name)}.Shape[..^{Text(argument.Node.Rank - 1)}]{rest}])";
        }
        // The caller owns what it gets.
        return node.Op == Op.Parameter ? name + ".Clone()" : name;
    }

    /// <summary>The element type of the run, that of the tensors declared Float32; null where none is.</summary>
    private string? RunType()
    {
        var reals = _function.Arguments.Items.Where(a => a.Node.Type.DType == DType.Float32).ToArray();
        var shown = reals.Where(a => a.Kind == ArgumentKind.Input).Concat(reals.Where(a => a.Kind != ArgumentKind.Input).Take(1))
            .Select(a => _argument(a) + ".DType").ToArray();
        return shown.Length == 0 ? null : shown.Aggregate((x, y) => $"DTypes.Promote({x}, {y})");
    }

    private static bool UsesReal(Region region) => region.Schedule().Any(node =>
        node.Type.DType == DType.Float32 && node.Op is Op.Full or Op.Size or Op.Number or Op.Iota or Op.Cast or Op.Call
        || node.Loop is { } loop && (loop.Histories.Count + loop.Scans > 0 || UsesReal(loop.Body)));

    private string TypeOf(DType dtype) => dtype == DType.Float32 && _runType is not null ? Real : "DType." + dtype;

    // ---- Names ----

    /// <summary>Sizes, counters and numbers keep their names.</summary>
    private void Reserve(Region region)
    {
        foreach (var node in region.Parameters.Concat(region.Schedule()))
        {
            foreach (var name in node.Shape.Concat(node.Dims).SelectMany(dim => dim.Names())) _used.Add(name);
            if (node.Op == Op.Number) _used.Add(node.Text);
            if (node.Loop is not { } loop) continue;
            _used.Add(loop.Counter);
            foreach (var name in loop.Trips.Names()) _used.Add(name);
            Reserve(loop.Body);
        }
    }

    private string Define(string? hint)
    {
        // Lower case: upper case would hide properties and Ops.
        var stem = hint is not { Length: > 0 } ? "t" + Text(++_unnamed)
            : new string([char.ToLowerInvariant(hint[0]), .. hint.Skip(1).Select(c => char.IsLetterOrDigit(c) ? c : '_')]);
        if (!char.IsLetter(stem[0]) && stem[0] != '_') stem = "_" + stem;
        var name = stem;
        for (var number = 2; Names.IsKeyword(name) || !_used.Add(name); number++) name = stem + Text(number);
        return name;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Shape(IEnumerable<Dim> dims) => $"[{string.Join(", ", dims.Select(dim => dim.ToCSharp()))}]";

    private static string List(IEnumerable<int> ints) => $"[{string.Join(", ", ints.Select(Text))}]";

    // ---- What needs a variable ----

    /// <summary>Constants and aligned broadcasts are written into arithmetic on tensors; where something else reads them they become tensors.</summary>
    private void Prepare(Region region)
    {
        var schedule = region.Schedule();
        foreach (var node in schedule)
        {
            if (!IsPointwise(node)) _material.UnionWith(node.Inputs.Where(IsImplicit));
            // The shape of a result comes from an operand that has it, its element type from one that is no number.
            else if (node.Inputs.All(IsImplicit)) _material.Add(node.Inputs[0]);
            if (node.Op == Op.Where && node.Inputs.Skip(1).All(IsNumber)) _material.Add(node.Inputs[1]);
            if (node.Op == Op.Reshape && RowOf(node) is not null) _skipped.Add(node.Inputs[0]);
        }
        foreach (var result in region.Results) if (IsImplicit(result)) _material.Add(result);
        // What a variable is made from needs variables itself, back to the constants.
        foreach (var node in schedule.Reverse())
            if (node.Op == Op.Broadcast && _material.Contains(node) && IsImplicit(node.Inputs[0])) _material.Add(node.Inputs[0]);
        foreach (var node in schedule)
        {
            if (node.Op != Op.Reshape || RowOf(node) is null) _skipped.ExceptWith(node.Inputs);
            if (node.Loop is { } loop) Prepare(loop.Body);
        }
        _skipped.ExceptWith(region.Results);
    }

    private static bool IsPointwise(Node node) => node.Op is >= Op.Neg and <= Op.Where;

    /// <summary>Can the value be written into arithmetic on a tensor of its shape?</summary>
    private static bool IsImplicit(Node node) => node.Op is Op.Full or Op.Size or Op.Number || IsAlignedBroadcast(node);

    private static bool IsNumber(Node node) => node.Op is Op.Full or Op.Size or Op.Number || IsAlignedBroadcast(node) && IsNumber(node.Inputs[0]);

    /// <summary>A broadcast that arithmetic on tensors does by itself: aligned at the last axis.</summary>
    private static bool IsAlignedBroadcast(Node node) =>
        node.Op == Op.Broadcast && node.Ints.SequenceEqual(Enumerable.Range(node.Rank - node.Ints.Length, node.Ints.Length));

    private string Operand(Node node)
    {
        if (_names.TryGetValue(node, out var name)) return name;
        return node.Op switch
        {
            Op.Full => Literal(node),
            Op.Size => node.Dims[0].ToCSharp(atomic: true),
            Op.Number => node.Text,
            _ => Operand(node.Inputs[0]),
        };
    }

    private static string Literal(Node node) => node.Type.DType switch
    {
        DType.Bool => node.Number != 0 ? "true" : "false",
        _ when double.IsNaN(node.Number) => "double.NaN",
        _ when double.IsInfinity(node.Number) => node.Number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        _ when node.Number == 0 && BitConverter.DoubleToInt64Bits(node.Number) < 0 => "-0.0",
        _ => TextPrinter.Text(node.Number),
    };

    /// <summary>The tensor and the row where a slice and a reshape pick one row of it.</summary>
    private static (Node Source, Dim Index)? RowOf(Node reshape)
    {
        var slice = reshape.Inputs[0];
        if (slice.Op != Op.Slice || slice.Rank == 0 || !slice.Shape[0].IsOne) return null;
        var source = slice.Inputs[0];
        if (!source.Shape.RemoveAt(0).SequenceEqual(reshape.Shape) || !source.Shape.RemoveAt(0).SequenceEqual(slice.Shape.RemoveAt(0))) return null;
        return slice.Dims.Skip(1).All(start => start.IsZero) && slice.Ints.Skip(1).All(step => step == 1) ? (source, slice.Dims[0]) : null;
    }

    // ---- Statements ----

    private void PrintNodes(Region region)
    {
        foreach (var node in region.Schedule())
        {
            if (_names.ContainsKey(node) || _skipped.Contains(node) || node.Op == Op.Result) continue;
            if (IsImplicit(node) && !_material.Contains(node)) continue;
            if (node.Op == Op.Loop)
            {
                if (node.Loop!.Solver is { } solver) PrintSearch(node, solver, region);
                else PrintLoop(node, region);
                continue;
            }
            var expression = ExpressionOf(node);
            _names.Add(node, Define(node.Name));
            _writer.Line($"var {_names[node]} = {expression};");
        }
    }

    /// <summary>A search for a fixed point: its step is a lambda.</summary>
    private void PrintSearch(Node node, SolverInfo solver, Region region)
    {
        var body = node.Loop!.Body;
        var results = new Node?[3];
        foreach (var result in region.Schedule())
            if (result.Op == Op.Result && ReferenceEquals(result.Inputs[0], node)) results[result.Ints[0]] = result;
        for (var i = 1; i < node.Inputs.Length; i++) _names.Add(body.Parameters[i], _names[node.Inputs[i]]);
        var names = results.Select(result => result is null ? "_" : Define(result.Name)).ToArray();
        for (var i = 0; i < 3; i++)
            if (results[i] is { } result) _names.Add(result, names[i]);
        var point = Define(body.Parameters[0].Name);
        _names.Add(body.Parameters[0], point);
        using (_writer.Block($"var ({string.Join(", ", names)}) = FixedPoints.Solve(this, \"{solver.Name}\", {_names[node.Inputs[0]]}, {point} =>", "}"
            + $", Solver.{solver.Kind}, {node.Loop.Trips.ToCSharp()}, {TextPrinter.Text(solver.Tolerance)}, {TextPrinter.Text(solver.Floor)}, {Text(solver.Window)}, "
            + $"{TextPrinter.Text(solver.Damping)}, {TextPrinter.Text(solver.Regularization)}, {Text(solver.BatchDims)});"))
        {
            PrintNodes(body);
            _writer.Line($"return {_names[body.Results[0]]};");
        }
    }

    private void PrintLoop(Node node, Region region)
    {
        var loop = node.Loop!;
        var body = loop.Body;
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            if (i >= loop.Carries)
            {
                _names.Add(body.Parameters[i], _names[node.Inputs[i]]);
                continue;
            }
            _names.Add(body.Parameters[i], Define(body.Parameters[i].Name));
            _writer.Line($"var {_names[body.Parameters[i]]} = {_names[node.Inputs[i]]};");
        }
        var carries = body.Parameters.Take(loop.Carries).Select(p => _names[p]).ToArray();
        var results = new Node?[loop.Carries + loop.Histories.Count + loop.Scans];
        foreach (var result in region.Schedule())
            if (result.Op == Op.Result && ReferenceEquals(result.Inputs[0], node)) results[result.Ints[0]] = result;
        var stacks = new string[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var carry = i < loop.Carries + loop.Histories.Count && i >= loop.Carries ? loop.Histories[i - loop.Carries] : -1;
            stacks[i] = i < loop.Carries ? carries[i] : Define(carry >= 0 ? carries[carry] + "History" : results[i]?.Name ?? "scan");
            if (results[i] is { } result) _names.Add(result, stacks[i]);
            if (i < loop.Carries) continue;
            var type = Builder.ResultTypes(loop)[i];
            _writer.Line($"var {stacks[i]} = Full({Shape(type.Shape)}, 0, {TypeOf(type.DType)});");
            if (carry >= 0) _writer.Line($"{stacks[i]}.Row(0).CopyFrom({carries[carry]});");
        }
        var until = loop.Stop is { } stop ? $" && (double){carries[stop.Carry]} > {TextPrinter.Text(stop.Tolerance)}" : "";
        using var block = _writer.Block($"for (var {loop.Counter} = 0; {loop.Counter} < {loop.Trips.ToCSharp()}{until}; {loop.Counter}++)");
        PrintNodes(body);
        for (var i = 0; i < loop.Scans; i++)
            _writer.Line($"{stacks[loop.Carries + loop.Histories.Count + i]}.Row({loop.Counter}).CopyFrom({_names[body.Results[loop.Carries + i]]});");
        var changed = Enumerable.Range(0, loop.Carries).Where(i => _names[body.Results[i]] != carries[i]).ToArray();
        var targets = string.Join(", ", changed.Select(i => carries[i]));
        var values = string.Join(", ", changed.Select(i => _names[body.Results[i]]));
        if (changed.Length > 0) _writer.Line(changed.Length == 1 ? $"{targets} = {values};" : $"({targets}) = ({values});");
        for (var i = 0; i < loop.Histories.Count; i++)
            _writer.Line($"{stacks[loop.Carries + i]}.Row({loop.Counter} + 1).CopyFrom({carries[loop.Histories[i]]});");
    }

    private string ExpressionOf(Node node)
    {
        string In(int i) => IsPointwise(node) ? Operand(node.Inputs[i]) : _names[node.Inputs[i]];
        switch (node.Op)
        {
            case Op.Full: return $"Full({Shape(node.Shape)}, {(node.Type.DType == DType.Bool ? node.Number != 0 ? "1" : "0" : Literal(node))}, {TypeOf(node.Type.DType)})";
            case Op.Size: return $"Full([], {node.Dims[0].ToCSharp()}, {TypeOf(node.Type.DType)})";
            case Op.Number: return $"Full([], {node.Text}, {TypeOf(node.Type.DType)})";
            case Op.Iota: return $"Iota({Shape(node.Shape)}, {Text(node.Ints[0])}, {TypeOf(node.Type.DType)})";
            case Op.Neg: return "-" + In(0);
            case Op.Not: return $"LogicalNot({In(0)})";
            case Op.Cast: return $"Cast({In(0)}, {TypeOf(node.Type.DType)})";
            case Op.Add: return $"{In(0)} + {In(1)}";
            case Op.Sub: return $"{In(0)} - {In(1)}";
            case Op.Mul: return $"{In(0)} * {In(1)}";
            case Op.Div: return $"{In(0)} / {In(1)}";
            case Op.Min: return $"Minimum({In(0)}, {In(1)})";
            case Op.Max: return $"Maximum({In(0)}, {In(1)})";
            case Op.And: return $"LogicalAnd({In(0)}, {In(1)})";
            case Op.Or: return $"LogicalOr({In(0)}, {In(1)})";
            case Op.Broadcast: return $"Broadcast({In(0)}, {Shape(node.Shape)}, {List(node.Ints)})";
            case Op.Permute:
                var isTransposition = node.Rank >= 2 && node.Ints.SequenceEqual([.. Enumerable.Range(0, node.Rank - 2), node.Rank - 1, node.Rank - 2]);
                return isTransposition ? $"Transpose({In(0)})" : $"Permute({In(0)}, {List(node.Ints)})";
            case Op.Reshape:
                return RowOf(node) is { } row ? $"{_names[row.Source]}[{row.Index.ToCSharp()}]" : $"Reshape({In(0)}, {Shape(node.Shape)})";
            case Op.Slice: return $"Slice({In(0)}, {Shape(node.Dims)}, {Shape(node.Shape)}, {List(node.Ints)})";
            case Op.Gather: return $"Gather({In(0)}, {Text(node.Ints[0])}, {In(1)})";
            case Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin: return $"{node.Op}({In(0)}, {Text(node.Ints[0])}, {In(1)}, {In(2)})";
            case Op.Window:
                return $"Window({In(0)}, {Text(node.Ints[0])}, {node.Shape[node.Ints[0]].ToCSharp()}, {node.Shape[node.Ints[0] + 1].ToCSharp()}, {node.Dims[0].ToCSharp()}, {node.Dims[1].ToCSharp()})";
            case Op.Pad: return $"Pad({In(0)}, {Shape(node.Shape)}, {Shape(node.Dims)}, {List(node.Ints)}{(node.Number == 0 ? "" : ", " + Literal(node))})";
            case Op.UpdateAdd:
                return $"UpdateAdd({In(0)}, {In(1)}, {Shape(node.Dims)}{(node.Ints.All(step => step == 1) ? "" : ", " + List(node.Ints))})";
            case Op.Concat: return $"Concat([{string.Join(", ", node.Inputs.Select(input => _names[input]))}], {Text(node.Ints[0])})";
            case Op.RandomUniform: return $"UniformAt({In(0)}, {In(1)}, DType.{node.Type.DType})";
            case Op.RandomNormal: return $"NormalAt({In(0)}, {In(1)}, DType.{node.Type.DType})";
            case Op.RandomPoisson: return $"PoissonAt({In(0)}, {In(1)}, {In(2)})";
            case Op.ReduceSum: return Reduction("Sum", node, In(0));
            case Op.ReduceMax or Op.ReduceMin: return $"{node.Op}({In(0)}, {List(node.Ints)})";
            case Op.ArgMax: return $"ArgMax({In(0)}, {Text(node.Ints[0])})";
            case Op.Call:
                return $"Routine(\"{node.Text}\", {Shape(node.Shape)}, {TypeOf(node.Type.DType)}, [{string.Join(", ", node.Inputs.Select(input => _names[input]))}], {List(node.Ints)})";
            case Op.Dot: return $"MatMul({In(0)}, {In(1)})";
            default:
                // The other pointwise operations bear the names of their Ops.
                return $"{node.Op}({string.Join(", ", node.Inputs.Select((_, i) => In(i)))})";
        }
    }

    private static string Reduction(string name, Node node, string operand) =>
        node.Rank == 0 ? $"{name}({operand})" : node.Ints.Length == 1 ? $"{name}({operand}, {Text(node.Ints[0])})" : $"{name}({operand}, {List(node.Ints)})";
}
