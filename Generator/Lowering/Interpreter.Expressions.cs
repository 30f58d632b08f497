using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Proxima.Generator.Ir;
using Proxima.Generator.Ops;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Lowering;

/// <summary>Expressions.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The value of an expression; <see cref="Value.Error"/> where it, or a part of it, was reported.</summary>
    /// <param name="statement">The statement whose value this is: what the nodes name as their source.</param>
    public Value Evaluate(Surface e, Surface? statement = null)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        cancellation.ThrowIfCancellationRequested();
        var (frame, call, saved) = (_frame, _call, Builder.Source);
        try
        {
            Builder.Source = statement ?? e;
            return Expression(e);
        }
        catch (Refusal refusal)
        {
            Report(refusal);
            return Value.Error;
        }
        catch (OverflowException)
        {
            Report(Finding.Of("PRX0118", e.Origin, SurfaceText.ToCSharp(e)));
            return Value.Error;
        }
        finally
        {
            (_frame, _call) = (frame, call);
            Builder.Source = saved;
        }
    }

    private Value Expression(Surface e)
    {
        switch (e.Kind)
        {
            case "int":
                return long.TryParse(e.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                    ? new SizeValue(Dim.Of(integer))
                    : throw Malformed(e);
            case "float":
                return double.TryParse(e.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Number(number) : throw Malformed(e);
            case "bool":
                return new ConditionValue(Condition.Of(e.Value == "true"));
            case "string":
                return new TextValue(e.Value);
            case "null":
                return Value.Nothing;
            case "local":
                return _call.Scope.Find(e.Value) ?? throw Refusal.Of("PRX0116", e.Origin, $"there is no local '{e.Value}' here");
            // The counter of an algorithm's iterations, for which no loop stands yet.
            case "iteration":
                _counters.Add(Unroll.Counter);
                return new SizeValue(Dim.Counter(Unroll.Counter, Dim.Of(int.Parse(e.Value, CultureInfo.InvariantCulture))));
            case "size":
                return _call.Instance.Sizes.TryGetValue(e.Value, out var size)
                    ? size
                    : throw Refusal.Of("PRX0116", e.Origin, $"{_call.Instance.Declaration.Name} has no constructor parameter '{e.Value}'");
            case "param" or "buffer":
                return Weight(_call.Instance, e.Value, e);
            case "childparam" when e.Count == 1:
                return Weight(Receiver(e[0]), e.Value, e);
            case "field" or "element" or "with":
                return new ChildValue(Receiver(e));
            case "op":
                return SurfaceOps.Lower(this, e);
            case "method":
                return CallOwn(e);
            case "child" when e.Count > 0:
                return Invoke(Receiver(e[0]), e.Value, e, e.Items.RemoveAt(0));
            case "function":
                return CallFunction(e);
            case "binary" when e.Count == 2:
                return Binary(e);
            case "unary" when e.Count == 1:
                return Unary(e);
            case "math":
                return Math(e);
            case "index" when e.Count > 0:
                return Index(e);
            case "dim" when e.Count == 2:
                return new SizeValue(AxisOf(e) is var (node, axis) ? node.Shape[axis] : Dim.Zero);
            case "rank" when e.Count == 1:
                var ranked = ToTensor(Evaluate(e[0]), e[0]);
                if (HasLeading(ranked))
                    throw Refusal.Of("PRX0109", e.Origin, $"{Describe(e[0], ranked)} with leading batch dims ('...') in front; its rank is known only at run time");
                return new SizeValue(Dim.Of(ranked.Rank));
            case "graphpart" when e.Count == 1:
                return Graph(e[0]).Part(e.Value);
            case "graphsize" when e.Count == 1:
                return new SizeValue(Graph(e[0]).Size(GraphPart.Numbers.IndexOf(e.Value)));
            case "tuple":
                return new TupleValue(Items(e.Items));
            case "array":
                return new ListValue(Items(e.Items));
            case "item" when e.Count == 2:
                return Item(e);
            case "cond" when e.Count == 3:
                return Conditional(e);
            case "cast" when e.Count == 1:
                var cast = Evaluate(e[0]);
                if (ParseDType(e.Value) is not { } dtype) throw Malformed(e);
                return cast == Value.Error ? cast : Result(ToNode(cast, dtype, e[0]));
            case "number" when e.Count == 1:
                return CastNumber(e);
            case "gradient" when e.Count == 1:
                return GradientOf(e);
            case "gradientvalue" when e.Count == 1:
                return Evaluate(e[0]) switch
                {
                    GradientsValue gradients => gradients.Value,
                    var other => throw Wrong(other, "the result of a gradient method", e[0]),
                };
            case "lambda":
                throw Refusal.Of("PRX0115", e.Origin, "a lambda stands only where Map, Propagate or Scan asks for one");
            default:
                throw Malformed(e);
        }
    }

    private GraphValue Graph(Surface e) => Evaluate(e) is var value && value is GraphValue graph ? graph : throw Wrong(value, "a graph", e);

    private static Refusal Malformed(Surface e) =>
        Refusal.Of("PRX0006", e.Origin, $"'{SurfaceText.ToCSharp(e)}'", "a body has arithmetic, calls of Ops, children, methods and [TensorFunction]s, indexing, tuples and '?:'");

    private ImmutableArray<Value> Items(ImmutableArray<Surface> items) => [.. items.Select(item => Evaluate(item))];

    // ---- Values to what is needed ----

    /// <summary>A refusal of a value of the wrong kind; silent where it has been reported.</summary>
    public static Refusal Wrong(Value value, string needed, Surface e) =>
        value == Value.Error ? new Refusal(null) : Refusal.Of("PRX0114", e.Origin, $"{SurfaceText.ToCSharp(e)} is {value.Kind}, and {needed} is needed here");

    public TensorValue Result(Node node) => new(node, _frame);

    private NumberValue Number(double value) => new(Builder.Full(value, DType.Float64, []), _frame);

    public Dim ToSize(Value value, Surface e) => value switch
    {
        SizeValue size => size.Dim,
        TensorValue => throw Refusal.Of("PRX0114", e.Origin,
            $"{SurfaceText.ToCSharp(e)} is a tensor, and a size is needed here: an int, a constructor parameter or x.Dim(i)"),
        _ => throw Wrong(value, "a size (an int)", e),
    };

    /// <summary>A number of C# as a rank-0 Float64 node of the current frame.</summary>
    public Node ToNumber(Value value, Surface e) => value switch
    {
        NumberValue number => _frame.Import(number.Node, number.Home),
        SizeValue size => Builder.Size(size.Dim, DType.Float64),
        _ => throw Wrong(value, "a number", e),
    };

    private Condition ToCondition(Value value, Surface e) => value switch
    {
        ConditionValue condition => condition.Condition,
        SizeValue size => Condition.Compare("!=", size.Dim, Dim.Zero),
        TensorValue => throw Refusal.Of("PRX0114", e.Origin,
            $"{SurfaceText.ToCSharp(e)} is a tensor, and a condition on sizes is needed here; choose between values with Where"),
        _ => throw Wrong(value, "a condition on sizes", e),
    };

    /// <summary>The value as a tensor of its own element type: numbers are Float32, sizes Int64, conditions Bool.</summary>
    public Node ToTensor(Value value, Surface e) => ToNode(value, TypeOf(value) ?? DType.Float32, e);

    /// <summary>The value as a tensor of an element type.</summary>
    public Node ToNode(Value value, DType dtype, Surface e)
    {
        switch (value)
        {
            case TensorValue tensor:
                RequireFresh(tensor, e);
                return Builder.Cast(_frame.Import(tensor.Node, tensor.Home), dtype);
            case NumberValue number:
                var node = _frame.Import(number.Node, number.Home);
                return node.Op switch
                {
                    Op.Number => Builder.HostNumber(node.Text, dtype),
                    Op.Size => Builder.Size(node.Dims[0], dtype),
                    _ => Builder.Cast(node, dtype),
                };
            case SizeValue size:
                return Builder.Size(size.Dim, dtype);
            case ConditionValue { Condition: var condition }:
                return Builder.Cast(Compile(DependsOnLoop(condition) ? condition : Condition.Of(Decide(condition))), dtype);
            default:
                throw Wrong(value, "a tensor", e);
        }
    }

    /// <summary>The element type that a value has or, as a weak scalar, would have.</summary>
    public static DType? TypeOf(Value value) => value switch
    {
        TensorValue tensor => tensor.Type.DType,
        NumberValue => DType.Float32,
        SizeValue => DType.Int64,
        ConditionValue => DType.Bool,
        _ => null,
    };

    /// <summary>
    /// The element type of an operation on some values: the largest of the tensors' types; numbers and sizes adapt, unless they are of a larger kind.
    /// </summary>
    public static DType Promote(params IEnumerable<Value> values)
    {
        DType? strong = null, weak = null;
        foreach (var value in values)
        {
            if (TypeOf(value) is not { } type) continue;
            if (value is TensorValue) strong = strong is { } s && s > type ? s : type;
            else weak = weak is { } w && w > type ? w : type;
        }
        if (strong is not { } tensors) return weak ?? DType.Float32;
        return weak is { } scalars && scalars > tensors ? scalars : tensors;
    }

    public static DType? ParseDType(string text) => text switch
    {
        "Float32" or "0" => DType.Float32,
        "Float64" or "1" => DType.Float64,
        "Int64" or "2" => DType.Int64,
        "Bool" or "3" => DType.Bool,
        _ => null,
    };

    /// <summary>How a message names an operand: its text and shape.</summary>
    public static string Describe(Surface e, Node node) => $"{NameOf(e)} is {node.Type.ShapeText}";

    public static string NameOf(Surface e) => SurfaceText.ToCSharp(e) is var text && text.Length <= 60 ? text : text.Substring(0, 57) + "...";

    // ---- Operators ----

    private Value Binary(Surface e)
    {
        // A chain a + b + c ... leans to the left; it is walked without recursion.
        var spine = new Stack<Surface>();
        var leftmost = e;
        while (leftmost is { Kind: "binary", Count: 2 })
        {
            spine.Push(leftmost);
            leftmost = leftmost[0];
        }
        var source = Builder.Source;
        var value = Evaluate(leftmost);
        while (spine.Count > 0)
        {
            var node = spine.Pop();
            var right = Evaluate(node[1]);
            if (value == Value.Error || right == Value.Error)
            {
                value = Value.Error;
                continue;
            }
            Builder.Source = ReferenceEquals(node, e) ? source : node;
            value = Apply(node, value, right);
        }
        return value;
    }

    private Value Apply(Surface e, Value a, Value b)
    {
        var op = e.Value;
        // Whether an optional argument is there is known now.
        if (op is "==" or "!=" && (a == Value.Nothing || b == Value.Nothing)) return new ConditionValue(Condition.Of(a == b == (op == "==")));
        if (a is TensorValue || b is TensorValue) return Pointwise(e, a, b);
        if (op is "&&" or "||" or "&" or "|" && (a is ConditionValue || b is ConditionValue))
            return new ConditionValue(new Condition.Both(op[0] == '&', ToCondition(a, e[0]), ToCondition(b, e[1])));
        if (a is ConditionValue || b is ConditionValue)
        {
            // Two truth values are equal where both hold or neither does.
            Condition x = ToCondition(a, e[0]), y = ToCondition(b, e[1]);
            var same = new Condition.Both(false, new Condition.Both(true, x, y), new Condition.Both(true, new Condition.Not(x), new Condition.Not(y)));
            return op switch
            {
                "==" => new ConditionValue(same),
                "!=" or "^" => new ConditionValue(new Condition.Not(same)),
                _ => throw Malformed(e),
            };
        }
        if (a is SizeValue left && b is SizeValue right) return Sizes(e, left.Dim, right.Dim);
        Node m = ToNumber(a, e[0]), n = ToNumber(b, e[1]);
        switch (op)
        {
            case "+": return new NumberValue(Builder.Add(m, n), _frame);
            case "-": return new NumberValue(Builder.Sub(m, n), _frame);
            case "*": return new NumberValue(Builder.Mul(m, n), _frame);
            case "/": return new NumberValue(Builder.Div(m, n), _frame);
            case "<" or "<=" or ">" or ">=" or "==" or "!=":
                if (m.Op == Op.Full && n.Op == Op.Full) return new ConditionValue(Condition.Of(Compare(op, m.Number, n.Number)));
                throw Refusal.Of("PRX0114", e.Origin, $"{SurfaceText.ToCSharp(e)} compares numbers that are known only at run time, and a condition on sizes is needed here");
            default:
                throw Malformed(e);
        }
    }

    private static bool Compare(string op, double a, double b) => op switch
    {
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        "==" => a == b,
        _ => a != b,
    };

    private Value Sizes(Surface e, Dim a, Dim b)
    {
        switch (e.Value)
        {
            case "+": return new SizeValue(a + b);
            case "-": return new SizeValue(a - b);
            case "*": return new SizeValue(a * b);
            case "/" or "%":
                if (b.IsZero) throw Refusal.Of("PRX0114", e.Origin, $"{SurfaceText.ToCSharp(e)} divides by zero");
                // C# rounds towards zero.
                if (a.Constant is { } x && b.Constant is { } y) return new SizeValue(Dim.Of(e.Value == "/" ? x / y : x % y));
                return Divided(e, a, b, e.Value == "/" ? Dim.FloorDiv(a, b) : Dim.Mod(a, b));
            case "<<" when b.Constant is >= 0 and < 31 and var left:
                return new SizeValue(a * Dim.Of(1L << (int)left));
            case ">>" when b.Constant is >= 0 and < 31 and var right:
                return new SizeValue(Dim.FloorDiv(a, Dim.Of(1L << (int)right)));
            case "<" or "<=" or ">" or ">=" or "==" or "!=":
                return new ConditionValue(Condition.Compare(e.Value, a, b));
            default:
                throw Malformed(e);
        }
    }

    /// <summary>A quotient or a remainder, where it is what C# computes.</summary>
    private SizeValue Divided(Surface e, Dim a, Dim b, Dim result)
    {
        Settle(Dim.One, b, "is divided by and must not be 0");
        Settle(Dim.Zero, a, "is divided and must not be negative: C# rounds towards zero");
        return new SizeValue(result);

        void Settle(Dim least, Dim operand, string why)
        {
            string Words() => $"{SurfaceText.ToCSharp(e)}: {operand} {why}";
            RequireAtMost(least, operand, Words, () => Finding.Of("PRX0114", e.Origin, Words()).With(Declarations(operand)));
        }
    }

    private Value Pointwise(Surface e, Value a, Value b)
    {
        var (name, op) = e.Value switch
        {
            "+" => ("Add", Op.Add),
            "-" => ("Subtract", Op.Sub),
            "*" => ("Multiply", Op.Mul),
            "/" => ("Divide", Op.Div),
            "<" => ("Less", Op.Less),
            "<=" => ("LessEqual", Op.LessEqual),
            ">" => ("Greater", Op.Greater),
            ">=" => ("GreaterEqual", Op.GreaterEqual),
            "==" => ("Equal", Op.Equal),
            "!=" => ("NotEqual", Op.NotEqual),
            "&" or "&&" => ("LogicalAnd", Op.And),
            "|" or "||" => ("LogicalOr", Op.Or),
            "^" => ("NotEqual", Op.NotEqual),
            "%" => throw Refusal.Of("PRX0006", e.Origin, "'%' on tensors", "write x - y * Floor(x / y)"),
            _ => throw Malformed(e),
        };
        return new OpCall(this, e, name, [("x", e[0], a), ("y", e[1], b)]).Binary(op);
    }

    private Value Unary(Surface e)
    {
        var value = Evaluate(e[0]);
        switch (e.Value, value)
        {
            case ("-", SizeValue size):
                return new SizeValue(-size.Dim);
            case ("-", NumberValue):
                return new NumberValue(Builder.Neg(ToNumber(value, e[0])), _frame);
            case ("-", TensorValue tensor):
                if (tensor.Type.DType == DType.Bool) throw Refusal.Of("PRX0111", e.Origin, $"-: {SurfaceText.ToCSharp(e[0])} holds truth values; '!' negates them");
                return Result(Builder.Neg(ToTensor(value, e[0])));
            case ("!", TensorValue):
                return new OpCall(this, e, "LogicalNot", [("x", e[0], value)]).Not();
            case ("!", ConditionValue or SizeValue):
                return new ConditionValue(new Condition.Not(ToCondition(value, e[0])));
            default:
                throw value == Value.Error ? new Refusal(null) : Malformed(e);
        }
    }

    private Value Conditional(Surface e)
    {
        var test = Evaluate(e[0]);
        if (test == Value.Error) return test;
        if (test is TensorValue tensor)
        {
            if (!_inLambda)
                throw Refusal.Of("PRX0114", e[0].Origin, $"{SurfaceText.ToCSharp(e[0])} is a tensor; '?:' chooses by sizes, Where(condition, x, y) by values");
            Value x = Evaluate(e[1]), y = Evaluate(e[2]);
            return x == Value.Error || y == Value.Error
                ? Value.Error
                : new OpCall(this, e, "Where", [("condition", e[0], tensor), ("x", e[1], x), ("y", e[2], y)]).Where();
        }
        var condition = ToCondition(test, e[0]);
        if (!DependsOnLoop(condition)) return Evaluate(Decide(condition) ? e[1] : e[2]);
        return Choose(Compile(condition), Evaluate(e[1]), Evaluate(e[2]), SurfaceText.ToCSharp(e), e);
    }

    private Value CastNumber(Surface e)
    {
        var value = Evaluate(e[0]);
        if (value == Value.Error) return value;
        if (e.Value == "float") return value is TensorValue ? value : new NumberValue(ToNumber(value, e[0]), _frame);
        if (value is SizeValue) return value;
        if (value is NumberValue { Constant: { } constant } && System.Math.Abs(constant) < int.MaxValue) return new SizeValue(Dim.Of((long)constant));
        throw Refusal.Of("PRX0114", e.Origin, $"{SurfaceText.ToCSharp(e[0])} is not known at build time, so it cannot become a size; compute with ints");
    }

    private Value Item(Surface e)
    {
        var value = Evaluate(e[0]);
        var items = value switch { TupleValue tuple => tuple.Items, ListValue list => list.Items, _ => throw Wrong(value, "a tuple", e[0]) };
        return Evaluate(e[1]) is SizeValue { Dim.Constant: { } at } && at >= 0 && at < items.Length ? items[(int)at] : throw Malformed(e);
    }

    private Value GradientOf(Surface e)
    {
        var value = Evaluate(e[0]);
        if (value is not GradientsValue gradients) throw Wrong(value, "the result of a gradient method", e[0]);
        if (gradients.Items.TryGetValue(e.Value, out var own)) return own;
        if (gradients.Prefix.Length > 0 && e.Value.StartsWith(gradients.Prefix, StringComparison.Ordinal)
            && gradients.Items.TryGetValue(e.Value.Substring(gradients.Prefix.Length), out var child)) return child;
        var known = gradients.Items.Keys.OrderBy(k => k, StringComparer.Ordinal).ToList();
        var finding = Finding.Of("PRX0119", e.Origin, $"there is no gradient of '{e.Value}' here; there are {string.Join(", ", known)}{Misspelling.Question(e.Value, known)}");
        throw new Refusal(Misspelling.Nearest(e.Value, known) is { } near ? finding.With(Repair.Rename(e.Origin, e.Value, near)) : finding);
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    // ---- Scalar functions ----

    private Value Math(Surface e)
    {
        var values = Items(e.Items);
        if (values.Contains(Value.Error)) return Value.Error;
        if (values.Any(v => v is TensorValue))
        {
            if (!_inLambda) throw Refusal.Of("PRX0114", e.Origin, $"MathF.{e.Value} takes numbers; Ops.{e.Value} takes tensors");
            return MathFunctions.OnTensors(this, e, values);
        }
        if (e.Value is "Min" or "Max" && values.Length == 2 && values[0] is SizeValue a && values[1] is SizeValue b)
            return new SizeValue(e.Value == "Min" ? Dim.Min(a.Dim, b.Dim) : Dim.Max(a.Dim, b.Dim));
        if (e.Value == "Abs" && values.Length == 1 && values[0] is SizeValue { Dim: var size } && (size.Constant is not null || Dim.IsNonNegative(size)))
            return new SizeValue(size.Constant is { } constant ? Dim.Of(System.Math.Abs(constant)) : size);
        var numbers = values.Select((v, i) => ToNumber(v, e[i])).ToImmutableArray();
        return new NumberValue(MathFunctions.OnNumbers(this, e, numbers), _frame);
    }

    // ---- Indexing ----

    /// <summary>True where the first dim of a tensor stands for all leading batch dims.</summary>
    public bool HasLeading(Node node) => _batch is not null && node.Rank > 0 && node.Shape[0].PlainName == _batch;

    /// <summary>An axis of a tensor, counted from the end where negative.</summary>
    public int Axis(Value value, Surface e, Node node, Func<string> what, int extra = 0, bool isGiven = true)
    {
        if (value is not SizeValue { Dim.Constant: { } axis })
            throw value is SizeValue ? Refusal.Of("PRX0114", e.Origin, $"{SurfaceText.ToCSharp(e)} is an axis, which must be known at build time") : Wrong(value, "an axis (an int)", e);
        var rank = node.Rank + extra;
        if (axis < -rank || axis >= rank)
        {
            var range = rank == 0 ? "a scalar has no dimensions" : $"dimensions run from {-rank} to {rank - 1}";
            var finding = Finding.Of("PRX0109", e.Origin, $"{what()}; it has no dimension {axis}: {range}");
            throw new Refusal(rank == 0 || !isGiven ? finding : finding.With(Repair.Replace("Use the last dimension", "Use the last dimension", e.Origin, "-1")));
        }
        if (axis >= 0 && HasLeading(node))
        {
            var finding = Finding.Of("PRX0109", e.Origin, $"{what()} with leading batch dims ('...') in front; count its dimensions from the end, as -1");
            var end = (axis == 0 ? 1 : axis) - rank;
            throw new Refusal(rank == 1 || !isGiven ? finding : finding.With(Repair.Replace("Count from the end", "Count from the end", e.Origin, end.ToString(CultureInfo.InvariantCulture))));
        }
        return (int)(axis < 0 ? axis + rank : axis);
    }

    private (Node Node, int Axis) AxisOf(Surface e)
    {
        var node = ToTensor(Evaluate(e[0]), e[0]);
        return (node, Axis(Evaluate(e[1]), e[1], node, () => Describe(e[0], node)));
    }

    private Value Index(Surface e)
    {
        var x = ToTensor(Evaluate(e[0]), e[0]);
        var ats = e.Items.RemoveAt(0);
        string What() => Describe(e[0], x);
        if (ats.Length > x.Rank) throw Refusal.Of("PRX0109", e.Origin, $"{What()}; it has {Count(x.Rank, "dimension")}, and {ats.Length} are indexed");
        if (ats.Length > 0 && HasLeading(x))
            throw Refusal.Of("PRX0109", e.Origin, $"{What()} with leading batch dims ('...') in front; use Slice with a dimension counted from the end, as -1");
        var starts = ImmutableArray.CreateBuilder<Dim>();
        var sizes = ImmutableArray.CreateBuilder<Dim>();
        var kept = ImmutableArray.CreateBuilder<Dim>();
        for (var i = 0; i < x.Rank; i++)
        {
            var size = x.Shape[i];
            if (i >= ats.Length || ats[i] is { Kind: "range", Count: 2 } all && all[0].Kind == "null" && all[1].Kind == "null")
            {
                starts.Add(Dim.Zero);
                sizes.Add(size);
                kept.Add(size);
            }
            else if (ats[i] is { Kind: "range", Count: 2 } range)
            {
                var start = range[0].Kind == "null" ? Dim.Zero : Position(range[0], size);
                var end = range[1].Kind == "null" ? size : Position(range[1], size);
                RequireSlice(start, end, size, range, What, i);
                starts.Add(start);
                sizes.Add(end - start);
                kept.Add(end - start);
            }
            else
            {
                var at = ats[i] is { Kind: "at", Count: 1 } single ? single[0] : ats[i];
                var index = Position(at, size);
                RequireIndex(index, size, at, What, i);
                starts.Add(index);
                sizes.Add(Dim.One);
            }
        }
        return Result(Builder.Reshape(Builder.Slice(x, starts.ToImmutable(), sizes.ToImmutable()), kept.ToImmutable()));
    }

    /// <summary>A position along a dim: ^i and negative numbers count from the end.</summary>
    public Dim Position(Surface e, Dim size)
    {
        if (e is { Kind: "fromend", Count: 1 }) return size - ToSize(Evaluate(e[0]), e[0]);
        return FromEnd(ToSize(Evaluate(e), e), size);
    }

    /// <summary>A position that is negative for certain counts from the end.</summary>
    public Dim FromEnd(Dim position, Dim size) => IsAtMost(position, Dim.Of(-1)) == Answer.Yes ? size + position : position;

    public void RequireIndex(Dim index, Dim size, Surface at, Func<string> what, int axis)
    {
        Finding Refuse()
        {
            var finding = Finding.Of("PRX0113", at.Origin, $"{what()}; index {index} is not within its dimension {axis}, which is {size}").With(Declarations(index, size));
            return index.Equals(size) ? finding.With(Repair.Replace("Take the last one", "Take the last one", at.Origin, "^1")) : finding;
        }
        RequireAtMost(Dim.Zero, index, () => $"{what()}; index {index} of dimension {axis} must not be negative", Refuse);
        RequireAtMost(index + Dim.One, size, () => $"{what()}; index {index} must be within dimension {axis}, which is {size}", Refuse);
    }

    public void RequireSlice(Dim start, Dim end, Dim size, Surface at, Func<string> what, int axis)
    {
        Finding Refuse() => Finding.Of("PRX0113", at.Origin, $"{what()}; {start}..{end} is not within its dimension {axis}, which is {size}").With(Declarations(start, end, size));
        RequireAtMost(Dim.Zero, start, () => $"{what()}; the start {start} of a slice of dimension {axis} must not be negative", Refuse);
        RequireAtMost(start, end, () => $"{what()}; a slice of dimension {axis} must not end ({end}) before it starts ({start})", Refuse);
        RequireAtMost(end, size, () => $"{what()}; the end {end} of a slice must be within dimension {axis}, which is {size}", Refuse);
    }
}
