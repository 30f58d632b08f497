using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>A call of an operation whose arguments have values: what a definition of an operation works with.</summary>
internal sealed class OpCall(Interpreter interpreter, Surface call, string name, ImmutableArray<(string Name, Surface Source, Value Value)> arguments)
{
    public Interpreter Interpreter { get; } = interpreter;

    public Surface Call { get; } = call;

    /// <summary>The operation as users write it.</summary>
    public string Name { get; } = name;

    public Builder B => Interpreter.Builder;

    // ---- Arguments ----

    public bool Has(string argument) => arguments.Any(a => a.Name == argument && a.Value != Value.Nothing);

    private (string Name, Surface Source, Value Value) Argument(string argument)
    {
        foreach (var candidate in arguments)
            if (candidate.Name == argument) return candidate;
        throw Refusal.Of("PRX0116", Call.Origin, $"{Name} needs an argument '{argument}'");
    }

    public Surface Source(string argument) => Argument(argument).Source;

    public Value Of(string argument) => Argument(argument).Value;

    /// <summary>An operand in its own element type; numbers are Float32, ints Int64.</summary>
    public Node Tensor(string argument) => Interpreter.ToTensor(Of(argument), Source(argument));

    public Node Tensor(string argument, DType dtype) => Interpreter.ToNode(Of(argument), dtype, Source(argument));

    /// <summary>An operand in floating point: Int64 and Bool become Float32.</summary>
    public Node Floating(string argument)
    {
        var x = Tensor(argument);
        return x.Type.IsFloat ? x : B.Cast(x, DType.Float32);
    }

    /// <summary>An operand that holds numbers, not truth values.</summary>
    public Node Numeric(string argument)
    {
        var x = Tensor(argument);
        return x.Type.DType != DType.Bool ? x : throw NotNumbers(Source(argument));
    }

    public Dim Size(string argument) => Interpreter.ToSize(Of(argument), Source(argument));

    public ImmutableArray<Dim> Sizes(string argument)
    {
        var source = Source(argument);
        return Of(argument) switch
        {
            ListValue list => [.. list.Items.Select((item, i) => Interpreter.ToSize(item, source.Count > i ? source[i] : source))],
            SizeValue size => [size.Dim],
            var other => throw Interpreter.Wrong(other, "a list of sizes (ints)", source),
        };
    }

    public bool Flag(string argument) => Has(argument) && Of(argument) switch
    {
        ConditionValue { Condition: Condition.Known known } => known.Value,
        var other => throw Refusal.Of("PRX0114", Source(argument).Origin, $"{Name}: '{argument}' must be true or false, known at build time, and this is {other.Kind}"),
    };

    public DType DTypeOf(string argument, DType otherwise)
    {
        if (!Has(argument)) return otherwise;
        var text = Of(argument) switch
        {
            TextValue value => value.Text,
            SizeValue { Dim.Constant: { } number } => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            var other => throw Interpreter.Wrong(other, "an element type", Source(argument)),
        };
        return Interpreter.ParseDType(text) ?? throw Refusal.Of("PRX0111", Source(argument).Origin, $"{Name}: '{text}' is no element type");
    }

    /// <summary>A number that is known at build time.</summary>
    public double? Constant(string argument) => Of(argument) switch
    {
        NumberValue number => number.Constant,
        SizeValue size => size.Dim.Constant,
        _ => null,
    };

    public int Axis(string argument, Node x, string operand = "x", int extra = 0) =>
        Interpreter.Axis(Of(argument), Source(argument), x, () => $"{Name}: {Describe(operand, x)}", extra, IsGiven(argument));

    /// <summary>False for an argument that has its default: then there is nothing to edit.</summary>
    private bool IsGiven(string argument) => Call.Items.FirstOrDefault(a => a.Kind == "arg" && a.Value == argument) is not { Origin.IsWritten: false };

    /// <summary>The axes named by <c>dim</c> or <c>dims</c>; all where neither is given.</summary>
    public ImmutableArray<int> Axes(Node x)
    {
        if (Has("dim")) return [Axis("dim", x)];
        if (!Has("dims")) return [.. Enumerable.Range(0, x.Rank)];
        var source = Source("dims");
        if (Of("dims") is not ListValue list) throw Interpreter.Wrong(Of("dims"), "a list of axes", source);
        var axes = list.Items.Select((item, i) => Interpreter.Axis(item, source.Count > i ? source[i] : source, x, () => $"{Name}: {Describe("x", x)}")).ToImmutableArray();
        return axes.Distinct().Count() == axes.Length ? axes : throw Refusal.Of("PRX0109", source.Origin, $"{Name}: {Describe("x", x)}; a dimension is named twice");
    }

    // ---- Words ----

    public string Describe(string argument, Node node) => arguments.Any(a => a.Name == argument) ? Interpreter.Describe(Source(argument), node) : $"{argument} is {node.Type.ShapeText}";

    public Refusal Refuse(string id, string words, params Dim[] dims) =>
        new(Finding.Of(id, Call.Origin, $"{Name}: {words}").With(Interpreter.Declarations(dims)));

    public Refusal NotNumbers(Surface e) =>
        new(Finding.Of("PRX0111", e.Origin, $"{Name}: {SurfaceText.ToCSharp(e)} holds truth values, not numbers; convert it with To, or use &, | and !")
            .With(Substitute.Converted(e, DType.Float32)));

    public void RequireEqual(Dim a, Dim b, string id, Func<string> words) =>
        Interpreter.RequireEqual(a, b, () => $"{Name}: {words()}", () => Refuse(id, words(), a, b).Finding!);

    // ---- Proposals ----

    /// <summary>As <see cref="Interpreter.Suggest"/>, for operands of this call.</summary>
    public Finding Suggest(Finding finding, Func<string, ImmutableArray<Dim>, bool> fits, IEnumerable<string> operands, bool resize = true, (Surface Call, Repair Repair)? exchange = null) =>
        Interpreter.Suggest(
            finding, Call, [.. operands.Where(name => Interpreter.TypeOf(Of(name)) is not null).Select(name => (name, Source(name), Tensor(name)))], fits,
            resize: resize, exchange: exchange);

    // ---- Results ----

    public Value Result(Node node) => Interpreter.Result(node);

    /// <summary>The number of elements of some dims, as a tensor of a shape.</summary>
    public Node Count(Dim count, TensorType type) => B.BroadcastTo(B.Size(count, type.DType), type.Shape);

    /// <summary>The shape that operands broadcast to; only a written 1 stretches.</summary>
    public ImmutableArray<Dim> Broadcast(params ImmutableArray<(string Argument, Node Node)> operands)
    {
        var rank = operands.Max(o => o.Node.Rank);
        var shape = new Dim[rank];
        var from = new (string Argument, Node Node)?[rank];
        foreach (var operand in operands)
        {
            for (var i = 1; i <= operand.Node.Rank; i++)
            {
                var size = operand.Node.Shape[operand.Node.Rank - i];
                var at = rank - i;
                if (from[at] is not { } first || shape[at].IsOne)
                {
                    (shape[at], from[at]) = (size, operand);
                }
                else if (!size.IsOne)
                {
                    var (have, other) = (shape[at], operand);
                    string Words() => $"{Describe(first.Argument, first.Node)} and {Describe(other.Argument, other.Node)}; {have} and {size} differ and neither is a written 1";
                    Interpreter.RequireEqual(have, size, () => $"{Name}: {Words()}", () => Suggest(Refuse("PRX0104", Words(), have, size).Finding!,
                        (argument, to) => to.Length <= rank && Broadcasts([.. operands.Select(o => o.Argument == argument ? to : o.Node.Shape)]), operands.Select(o => o.Argument)));
                }
            }
        }
        WarnOfOuterProduct(operands, [.. shape]);
        return [.. shape];
    }

    /// <summary>[b 1] with [b] gives [b b]: a size that is met crosswise was most likely to be met with itself.</summary>
    private void WarnOfOuterProduct(ImmutableArray<(string Argument, Node Node)> operands, ImmutableArray<Dim> shape)
    {
        if (operands.Length != 2) return;
        var (first, second) = (operands[0], operands[1]);
        for (var i = 0; i < shape.Length; i++)
        {
            for (var j = i + 1; j < shape.Length; j++)
            {
                if (shape[i].Constant is not null || !shape[i].Equals(shape[j]) || !(Stretches(first.Node, i) && Stretches(second.Node, j) || Stretches(first.Node, j) && Stretches(second.Node, i))) continue;
                // Written out, as Unsqueeze does it, it is meant.
                if (first.Node.Rank == second.Node.Rank || IsWrittenOut(first.Node) || IsWrittenOut(second.Node)) continue;
                var words = $"{Describe(first.Argument, first.Node)} and {Describe(second.Argument, second.Node)}; the result is [{string.Join(" ", shape)}], every {shape[i]} with every {shape[i]}";
                Interpreter.Warn(Interpreter.Suggest(Refuse("PRX0132", words, shape[i]).Finding!, Call, [.. operands.Select(o => (o.Argument, Source(o.Argument), o.Node))],
                    (argument, to) => Parallel(argument == first.Argument ? to : first.Node.Shape, argument == second.Argument ? to : second.Node.Shape), transpose: false, others: false));
                return;
            }
        }

        static bool IsWrittenOut(Node node) => node.Source is { } source && (source.Kind is "let" or "assign" && source.Count == 1 ? source[0] : source) is { Kind: "op", Value: "Unsqueeze" or "Reshape" };
        bool Stretches(Node node, int axis) => axis - (shape.Length - node.Rank) is var own && (own < 0 || (node.Shape[own].IsOne && !shape[axis].IsOne));
        static bool Parallel(ImmutableArray<Dim> a, ImmutableArray<Dim> b) => a.Length == b.Length && a.Zip(b, (x, y) => x.Equals(y)).All(equal => equal);
    }

    /// <summary>Whether shapes certainly broadcast.</summary>
    private bool Broadcasts(ImmutableArray<ImmutableArray<Dim>> shapes)
    {
        for (var i = 1; i <= shapes.Max(shape => shape.Length); i++)
        {
            var sizes = shapes.Where(shape => shape.Length >= i).Select(shape => shape[shape.Length - i]).Where(size => !size.IsOne).ToList();
            if (sizes.Skip(1).Any(size => Interpreter.AreEqual(sizes[0], size) != Answer.Yes)) return false;
        }
        return true;
    }

    /// <summary>An operand stretched to a shape it broadcasts to.</summary>
    public Node Stretch(Node x, ImmutableArray<Dim> shape)
    {
        // Sizes that are equal only under what is checked at entry get one form.
        var lead = shape.Length - x.Rank;
        var own = x.Shape.Select((dim, i) => dim.IsOne ? dim : shape[lead + i]).ToImmutableArray();
        return B.BroadcastTo(B.Reshape(x, own), shape);
    }

    /// <summary>Two operands x and y of one element type and shape.</summary>
    public (Node X, Node Y) Pair(string a, string b, DType dtype)
    {
        Node x = Tensor(a, dtype), y = Tensor(b, dtype);
        var shape = Broadcast((a, x), (b, y));
        return (Stretch(x, shape), Stretch(y, shape));
    }

    public Value Not() => Result(B.Pointwise(Op.Not, Tensor("x", DType.Bool)));

    public Value Where()
    {
        var condition = Tensor("condition");
        if (condition.Type.DType != DType.Bool)
            throw new Refusal(Finding.Of("PRX0111", Source("condition").Origin, $"{Name}: the condition {SurfaceText.ToCSharp(Source("condition"))} is {condition.Type.DType}; it must be Bool, as x > 0 is")
                .With(Repair.Wrap("Compare with 0", "Compare with 0", Source("condition").Origin, "NotEqual(", ", 0)")));
        var dtype = Interpreter.Promote(Of("x"), Of("y"));
        Node x = Tensor("x", dtype), y = Tensor("y", dtype);
        var shape = Broadcast(("x", x), ("y", y), ("condition", condition));
        return Result(B.Where(Stretch(condition, shape), Stretch(x, shape), Stretch(y, shape)));
    }

    /// <summary>A pointwise operation on x and y, with the element type that the operation computes in.</summary>
    public Value Binary(Op op)
    {
        var dtype = Interpreter.Promote(Of("x"), Of("y"));
        switch (op)
        {
            case Op.And or Op.Or:
                dtype = DType.Bool;
                break;
            case Op.Equal or Op.NotEqual or Op.Less or Op.LessEqual or Op.Greater or Op.GreaterEqual:
                if (dtype == DType.Bool) dtype = DType.Int64;
                break;
            case Op.Div when dtype < DType.Float32:
                dtype = DType.Float32;
                break;
            default:
                if (dtype == DType.Bool) throw NotNumbers(Source(Interpreter.TypeOf(Of("x")) == DType.Bool ? "x" : "y"));
                break;
        }
        var (x, y) = Pair("x", "y", dtype);
        return Result(B.Pointwise(op, x, y));
    }
}
