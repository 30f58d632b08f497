using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>The functions of <c>Math</c>, <c>MathF</c> and the number types: inside a lambda of Map on elements, elsewhere on numbers of the host.</summary>
internal static class MathFunctions
{
    public static Value OnTensors(Interpreter interpreter, Surface e, ImmutableArray<Value> values)
    {
        var arguments = values.Select((value, i) => (Name: i == 0 ? "x" : i == 1 ? "y" : "z", Source: e[i], Value: value)).ToImmutableArray();
        var call = new OpCall(interpreter, e, e.Value, arguments);
        var operands = arguments.Select(a => (a.Name, Node: call.Floating(a.Name))).ToImmutableArray();
        var dtype = Interpreter.Promote(values);
        if (dtype < DType.Float32) dtype = DType.Float32;
        var shape = call.Broadcast([.. operands]);
        return call.Result(Apply(interpreter.Builder, e, [.. arguments.Select(a => call.Stretch(call.Tensor(a.Name, dtype), shape))]));
    }

    public static Node OnNumbers(Interpreter interpreter, Surface e, ImmutableArray<Node> numbers)
    {
        var b = interpreter.Builder;
        var result = Apply(b, e, numbers);
        // What is known now is a constant now.
        return numbers.All(n => n.Op == Op.Full) && Fold(e.Value, [.. numbers.Select(n => n.Number)]) is { } value ? b.Full(value, DType.Float64, []) : result;
    }

    private static Node Apply(Builder b, Surface e, ImmutableArray<Node> x)
    {
        if (Arity(e.Value) is not { } arity)
            throw Refusal.Of("PRX0115", e.Origin, $"MathF.{e.Value} is not compiled; there are Abs, Sign, Exp, Log, Log2, Log10, Sqrt, Pow, Sin, Cos, Tan, Tanh, Floor, Ceiling, Min, Max, Clamp and FusedMultiplyAdd");
        if (arity != x.Length) throw Refusal.Of("PRX0115", e.Origin, $"MathF.{e.Value} with {x.Length} arguments is not compiled");
        Node One() => b.Full(1, x[0].Type);
        switch (e.Value)
        {
            case "Abs": return b.Pointwise(Op.Abs, x[0]);
            case "Sign": return b.Pointwise(Op.Sign, x[0]);
            case "Exp": return b.Pointwise(Op.Exp, x[0]);
            case "Log": return b.Pointwise(Op.Log, x[0]);
            case "Log2": return b.Scale(b.Pointwise(Op.Log, x[0]), 1 / Math.Log(2));
            case "Log10": return b.Scale(b.Pointwise(Op.Log, x[0]), 1 / Math.Log(10));
            case "Sqrt": return b.Pointwise(Op.Sqrt, x[0]);
            case "Tanh": return b.Pointwise(Op.Tanh, x[0]);
            case "Sin": return b.Pointwise(Op.Sin, x[0]);
            case "Cos": return b.Pointwise(Op.Cos, x[0]);
            case "Tan": return b.Div(b.Pointwise(Op.Sin, x[0]), b.Pointwise(Op.Cos, x[0]));
            case "Floor": return b.Pointwise(Op.Floor, x[0]);
            case "Ceiling": return b.Neg(b.Pointwise(Op.Floor, b.Neg(x[0])));
            case "Pow" when Builder.IsFull(x[1], 2): return b.Mul(x[0], x[0]);
            case "Pow" when Builder.IsFull(x[1], 0.5): return b.Pointwise(Op.Sqrt, x[0]);
            case "Pow" when Builder.IsFull(x[1], 1): return x[0];
            case "Pow" when Builder.IsFull(x[1], -1): return b.Div(One(), x[0]);
            case "Pow": return b.Pointwise(Op.Pow, x[0], x[1]);
            case "Min": return b.Pointwise(Op.Min, x[0], x[1]);
            case "Max": return b.Pointwise(Op.Max, x[0], x[1]);
            case "Clamp": return b.Pointwise(Op.Min, b.Pointwise(Op.Max, x[0], x[1]), x[2]);
            default: return b.Add(b.Mul(x[0], x[1]), x[2]);
        }
    }

    private static int? Arity(string name) => name switch
    {
        "Abs" or "Sign" or "Exp" or "Log" or "Log2" or "Log10" or "Sqrt" or "Tanh" or "Sin" or "Cos" or "Tan"
            or "Floor" or "Ceiling" => 1,
        "Pow" or "Min" or "Max" => 2,
        "Clamp" or "FusedMultiplyAdd" => 3,
        _ => null,
    };

    private static double? Fold(string name, double[] x) => name switch
    {
        "Abs" => Math.Abs(x[0]),
        "Sign" => double.IsNaN(x[0]) ? null : Math.Sign(x[0]),
        "Exp" => Math.Exp(x[0]),
        "Log" => Math.Log(x[0]),
        "Log2" => Math.Log(x[0], 2),
        "Log10" => Math.Log10(x[0]),
        "Sqrt" => Math.Sqrt(x[0]),
        "Tanh" => Math.Tanh(x[0]),
        "Sin" => Math.Sin(x[0]),
        "Cos" => Math.Cos(x[0]),
        "Tan" => Math.Tan(x[0]),
        "Floor" => Math.Floor(x[0]),
        "Ceiling" => Math.Ceiling(x[0]),
        "Pow" => Math.Pow(x[0], x[1]),
        "Min" => Math.Min(x[0], x[1]),
        "Max" => Math.Max(x[0], x[1]),
        _ => null,
    };
}
