using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Tests;

/// <summary>A value of the evaluator: row-major doubles, whatever the element type.</summary>
internal sealed record IrValue(long[] Shape, double[] Data)
{
    public static IrValue Of(params double[] data) => new([data.Length], data);

    public static IrValue Scalar(double value) => new([], [value]);

    public static IrValue Zeros(params long[] shape) => new(shape, new double[Count(shape)]);

    public static long Count(IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    public long[] Strides()
    {
        var strides = new long[Shape.Length];
        for (long axis = Shape.Length - 1, stride = 1; axis >= 0; stride *= Shape[axis--]) strides[axis] = stride;
        return strides;
    }

    public double this[params long[] index] => Data[index.Zip(Strides(), (i, s) => i * s).Sum()];
}

/// <summary>Runs a function of the IR in float64, node by node, by the definition of each operation: the oracle of the transforms.</summary>
internal sealed class IrEvaluator(Dictionary<string, long> sizes)
{
    public static IrValue[] Run(Function function, IReadOnlyDictionary<string, IrValue> arguments, IReadOnlyDictionary<string, long>? constructorSizes = null)
    {
        var sizes = new Dictionary<string, long>(constructorSizes ?? new Dictionary<string, long>());
        foreach (var binding in function.Bindings) sizes[binding.Size] = binding.Value?.Evaluate(name => sizes[name]) ?? arguments[binding.Argument].Shape[binding.Axis];
        var evaluator = new IrEvaluator(sizes);
        foreach (var argument in function.Arguments)
            Assert.Equal(evaluator.Sizes(argument.Node.Shape), arguments[argument.Name].Shape);
        return evaluator.RunRegion(function.Body, [.. function.Arguments.Select(a => arguments[a.Name])]);
    }

    private long Size(Dim dim) => dim.Evaluate(name => sizes[name]);

    private long[] Sizes(ImmutableArray<Dim> dims) => [.. dims.Select(Size)];

    private IrValue[] RunRegion(Region region, IrValue[] parameters)
    {
        var values = new Dictionary<Node, IrValue>();
        var loops = new Dictionary<Node, IrValue[]>();
        for (var i = 0; i < parameters.Length; i++) values[region.Parameters[i]] = parameters[i];
        foreach (var node in region.Schedule())
        {
            if (values.ContainsKey(node)) continue;
            if (node.Op == Op.Loop) loops[node] = RunLoop(node, [.. node.Inputs.Select(i => values[i])]);
            else if (node.Op == Op.Result) values[node] = loops[node.Inputs[0]][node.Ints[0]];
            else values[node] = Compute(node, [.. node.Inputs.Select(i => values[i])]);
            if (node.Op != Op.Loop) Assert.Equal(Sizes(node.Shape), values[node].Shape);
        }
        return [.. region.Results.Select(r => values[r])];
    }

    private IrValue[] RunLoop(Node node, IrValue[] inputs)
    {
        var loop = node.Loop!;
        if (loop.Solver is { } solver) return Search(loop, solver, inputs);
        var trips = Size(loop.Trips);
        var carries = inputs.Take(loop.Carries).ToArray();
        var histories = loop.Histories.Select(i => new List<IrValue> { carries[i] }).ToArray();
        var scans = Enumerable.Range(0, loop.Scans).Select(_ => new List<IrValue>()).ToArray();
        for (var k = 0L; k < trips && (loop.Stop is not { } stop || carries[stop.Carry].Data[0] > stop.Tolerance); k++)
        {
            sizes[loop.Counter] = k;
            var results = RunRegion(loop.Body, [.. carries, .. inputs.Skip(loop.Carries)]);
            carries = [.. results.Take(loop.Carries)];
            for (var i = 0; i < histories.Length; i++) histories[i].Add(carries[loop.Histories[i]]);
            for (var i = 0; i < scans.Length; i++) scans[i].Add(results[loop.Carries + i]);
        }
        sizes.Remove(loop.Counter);
        return
        [
            .. carries, .. histories.Select((h, i) => Stack(h, loop.Body.Results[loop.Histories[i]].Shape)),
            .. scans.Select((s, i) => Stack(s, loop.Body.Results[loop.Carries + i].Shape)),
        ];

        IrValue Stack(List<IrValue> values, ImmutableArray<Dim> shape) => new([values.Count, .. Sizes(shape)], [.. values.SelectMany(v => v.Data)]);
    }

    /// <summary>A fixed point by plain iteration, however the node would search: to the last bit, so that differences of it mean something.</summary>
    private IrValue[] Search(LoopInfo loop, SolverInfo solver, IrValue[] inputs)
    {
        var z = inputs[0];
        var (count, residual) = (0, double.PositiveInfinity);
        for (; count < 5000 && residual > 1e-15; count++)
        {
            var f = RunRegion(loop.Body, [z, .. inputs.Skip(1)])[0];
            var difference = z.Data.Zip(f.Data, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max();
            residual = difference == 0 ? 0 : difference / (solver.Floor + f.Data.Select(Math.Abs).Max());
            z = f;
        }
        return [z, IrValue.Scalar(count), IrValue.Scalar(residual)];
    }

    private IrValue Compute(Node node, IrValue[] inputs)
    {
        var shape = Sizes(node.Shape);
        switch (node.Op)
        {
            case Op.Full: return Map(shape, _ => node.Number);
            case Op.Ruled: return RunRegion(node.Rule!.Value!, inputs[..node.Rule.RuleCaptures])[0];
            case Op.Size: return IrValue.Scalar(Size(node.Dims[0]));
            case Op.Iota: return Map(shape, at => at[node.Ints[0]]);
            case Op.Cast: return new(shape, [.. inputs[0].Data.Select(v => Cast(v, node.Type.DType))]);
            case Op.Broadcast: return Map(shape, at => inputs[0][[.. node.Ints.Select(axis => at[axis])]]);
            case Op.Permute:
                return Map(shape, at =>
                {
                    var source = new long[at.Length];
                    for (var i = 0; i < at.Length; i++) source[node.Ints[i]] = at[i];
                    return inputs[0][source];
                });
            case Op.Reshape:
                Assert.Equal(inputs[0].Data.Length, IrValue.Count(shape));
                return new(shape, inputs[0].Data);
            case Op.Slice: return Map(shape, at => inputs[0][Block(node, inputs[0].Shape, at)]);
            case Op.Gather: return Map(shape, at => inputs[0][Place(node, inputs[0].Shape, inputs[1], at)]);
            case Op.ScatterAdd: return Scatter(node, inputs, (a, b) => a + b);
            case Op.ScatterMax: return Scatter(node, inputs, Math.Max);
            case Op.ScatterMin: return Scatter(node, inputs, Math.Min);
            case Op.Window:
                var windowed = node.Ints[0];
                return Map(shape, at => inputs[0][[.. at[..windowed], at[windowed] * Size(node.Dims[0]) + at[windowed + 1] * Size(node.Dims[1]), .. at[(windowed + 2)..]]]);
            case Op.Pad when node.Number != 0: return Put(Map(shape, _ => node.Number), inputs[0], node);
            case Op.Pad: return Add(IrValue.Zeros(shape), inputs[0], node);
            case Op.UpdateAdd: return Add(new(shape, [.. inputs[0].Data]), inputs[1], node);
            case Op.Concat:
                var axis = node.Ints[0];
                return Map(shape, at =>
                {
                    var source = at.ToArray();
                    foreach (var part in inputs)
                    {
                        if (source[axis] < part.Shape[axis]) return part[source];
                        source[axis] -= part.Shape[axis];
                    }
                    throw new InvalidOperationException("a concatenation is too short");
                });
            case Op.ReduceSum: return Reduce(node, inputs[0], shape, 0, (a, b) => a + b);
            case Op.ReduceMax: return Reduce(node, inputs[0], shape, double.NegativeInfinity, Math.Max);
            case Op.ReduceMin: return Reduce(node, inputs[0], shape, double.PositiveInfinity, Math.Min);
            case Op.ArgMax:
                return Map(shape, at =>
                {
                    var row = Enumerable.Range(0, (int)inputs[0].Shape[node.Ints[0]]).Select(i => inputs[0][[.. at.ToList().InsertAt(node.Ints[0], i)]]).ToList();
                    return row.IndexOf(row.Max());
                });
            case Op.Call:
                var operands = inputs.Select(x => Tensor.From(x.Data, [.. x.Shape.Select(size => (int)size)])).ToArray();
                return new(shape, Ops.Routine(node.Text, [.. shape.Select(size => (int)size)], DType.Float64, operands, [.. node.Ints]).ToArray<double>());
            case Op.Dot:
                return Map(shape, at =>
                {
                    double sum = 0;
                    for (var k = 0L; k < inputs[0].Shape[^1]; k++) sum += inputs[0][[.. at[..^1], k]] * inputs[1][[.. at[..^2], k, at[^1]]];
                    return sum;
                });
            default:
                return new(shape, [.. Enumerable.Range(0, inputs[0].Data.Length).Select(i => Pointwise(node.Op, [.. inputs.Select(x => x.Data[i])]))]);
        }
    }

    private static IrValue Map(long[] shape, Func<long[], double> value)
    {
        var data = new double[IrValue.Count(shape)];
        var index = new long[shape.Length];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = value(index);
            for (var axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }
        return new(shape, data);
    }

    /// <summary>Where an element of an index points to; positions outside stop at the ends.</summary>
    private static long[] Place(Node node, long[] whole, IrValue index, long[] at)
    {
        var place = at.ToArray();
        place[node.Ints[0]] = Math.Clamp((long)index[at], 0, whole[node.Ints[0]] - 1);
        return place;
    }

    private static IrValue Scatter(Node node, IrValue[] inputs, Func<double, double, double> join)
    {
        var target = inputs[0] with { Data = [.. inputs[0].Data] };
        var strides = target.Strides();
        Map(inputs[2].Shape, at =>
        {
            var place = Place(node, target.Shape, inputs[1], at).Zip(strides, (i, s) => i * s).Sum();
            target.Data[place] = join(target.Data[place], inputs[2][at]);
            return 0;
        });
        return target;
    }

    /// <summary>Where an element of the block stands in the whole; out of bounds is a failure of the test.</summary>
    private long[] Block(Node node, long[] whole, long[] at)
    {
        var index = new long[at.Length];
        for (var i = 0; i < at.Length; i++)
        {
            index[i] = Size(node.Dims[i]) + node.Ints[i] * at[i];
            Assert.InRange(index[i], 0, whole[i] - 1);
        }
        return index;
    }

    private IrValue Add(IrValue target, IrValue update, Node node)
    {
        var strides = target.Strides();
        Map(update.Shape, at =>
        {
            target.Data[Block(node, target.Shape, at).Zip(strides, (i, s) => i * s).Sum()] += update[at];
            return 0;
        });
        return target;
    }

    private IrValue Put(IrValue target, IrValue block, Node node)
    {
        var strides = target.Strides();
        Map(block.Shape, at =>
        {
            target.Data[Block(node, target.Shape, at).Zip(strides, (i, s) => i * s).Sum()] = block[at];
            return 0;
        });
        return target;
    }

    private static IrValue Reduce(Node node, IrValue x, long[] shape, double start, Func<double, double, double> combine)
    {
        var result = new IrValue(shape, [.. Enumerable.Repeat(start, (int)IrValue.Count(shape))]);
        var strides = result.Strides();
        Map(x.Shape, at =>
        {
            var to = at.Where((_, axis) => !node.Ints.Contains(axis)).Zip(strides, (i, s) => i * s).Sum();
            result.Data[to] = combine(result.Data[to], x[at]);
            return 0;
        });
        return result;
    }

    private static double Cast(double value, Generator.Ir.DType dtype) => dtype switch { Generator.Ir.DType.Bool => value != 0 ? 1 : 0, Generator.Ir.DType.Int64 => Math.Truncate(value), _ => value };

    private static double Pointwise(Op op, double[] x) => op switch
    {
        Op.Neg => -x[0],
        Op.Exp => Math.Exp(x[0]),
        Op.Log => Math.Log(x[0]),
        Op.Sqrt => Math.Sqrt(x[0]),
        Op.Rsqrt => 1 / Math.Sqrt(x[0]),
        Op.Abs => Math.Abs(x[0]),
        Op.Sign => double.IsNaN(x[0]) ? x[0] : Math.Sign(x[0]),
        Op.Tanh => Math.Tanh(x[0]),
        Op.Sigmoid => 1 / (1 + Math.Exp(-x[0])),
        Op.Erf => Erf(x[0]),
        Op.Sin => Math.Sin(x[0]),
        Op.Cos => Math.Cos(x[0]),
        Op.Log1p => Math.Log(1 + x[0]),
        Op.Expm1 => Math.Exp(x[0]) - 1,
        Op.Floor => Math.Floor(x[0]),
        Op.Relu => x[0] > 0 ? x[0] : 0,
        Op.Softplus => Math.Log(1 + Math.Exp(x[0])),
        Op.Not => x[0] == 0 ? 1 : 0,
        Op.Add => x[0] + x[1],
        Op.Sub => x[0] - x[1],
        Op.Mul => x[0] * x[1],
        Op.Div => x[0] / x[1],
        Op.Pow => Math.Pow(x[0], x[1]),
        Op.Atan2 => Math.Atan2(x[0], x[1]),
        Op.FloorDivide => x[1] == 0 ? 0 : Math.Floor(x[0] / x[1]),
        Op.BitwiseAnd => (long)x[0] & (long)x[1],
        Op.BitwiseOr => (long)x[0] | (long)x[1],
        Op.BitwiseXor => (long)x[0] ^ (long)x[1],
        Op.BitwiseLeftShift => (long)x[0] << (int)x[1],
        Op.BitwiseRightShift => (long)x[0] >> (int)x[1],
        Op.Min => Math.Min(x[0], x[1]),
        Op.Max => Math.Max(x[0], x[1]),
        Op.StraightThrough => x[0],
        Op.SoftThreshold => Math.Sign(x[0]) * Math.Max(Math.Abs(x[0]) - x[1], 0),
        Op.Equal => x[0] == x[1] ? 1 : 0,
        Op.NotEqual => x[0] != x[1] ? 1 : 0,
        Op.Less => x[0] < x[1] ? 1 : 0,
        Op.LessEqual => x[0] <= x[1] ? 1 : 0,
        Op.Greater => x[0] > x[1] ? 1 : 0,
        Op.GreaterEqual => x[0] >= x[1] ? 1 : 0,
        Op.And => x[0] != 0 && x[1] != 0 ? 1 : 0,
        Op.Or => x[0] != 0 || x[1] != 0 ? 1 : 0,
        Op.Where => x[0] != 0 ? x[1] : x[2],
        _ => throw new NotSupportedException($"{op}"),
    };

    /// <summary>The Maclaurin series: exact to rounding for the small arguments of the tests.</summary>
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}

internal static class ListExtensions
{
    public static List<T> InsertAt<T>(this List<T> list, int index, T item)
    {
        list.Insert(index, item);
        return list;
    }
}
