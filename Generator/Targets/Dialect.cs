using System.Globalization;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;

namespace Proxima.Generator.Targets;

/// <summary>How a target spells a scalar expression of a kernel.</summary>
internal abstract class Dialect
{
    /// <summary>The type of a local that holds a value.</summary>
    public abstract string TypeOf(DType dtype);

    /// <summary>An element of memory; <paramref name="axis"/> is the axis that lanes run along.</summary>
    public abstract string Load(Access access, DType dtype, string? axis);

    public abstract string Constant(double value, DType dtype);

    public abstract string Index(Dim index, DType dtype, string? axis);

    public abstract string Number(string name, DType dtype);

    public abstract string Operation(Expr expr, IReadOnlyList<string> operands, string? axis);

    /// <summary>How positions in memory are spelled: one number at a time.</summary>
    public virtual Dialect OfPositions => this;

    /// <summary>A value where positions are those of elements, another one elsewhere.</summary>
    protected static string Guarded(string value, IEnumerable<Guard> guards, string otherwise)
    {
        var conditions = string.Join(" && ", guards.Select(guard => $"{guard.At.ToCSharp()} >= 0 && {guard.At.ToCSharp()} < {guard.Size.ToCSharp()}"));
        return conditions.Length == 0 ? value : $"({conditions} ? {value} : {otherwise})";
    }

    /// <summary>Arguments of a call need no parentheses of their own.</summary>
    protected static string Arguments(IEnumerable<string> operands) => string.Join(", ", operands.Select(ExprPrinter.Strip));

    public static string Literal(double value, DType dtype)
    {
        switch (dtype)
        {
            case DType.Bool: return value != 0 ? "true" : "false";
            case DType.Int64: return ((long)value).ToString(CultureInfo.InvariantCulture) + "L";
        }
        var type = dtype.CSharp();
        if (double.IsNaN(value)) return type + ".NaN";
        if (double.IsInfinity(value)) return type + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        if (dtype == DType.Float32)
        {
            var single = (float)value;
            if (float.IsInfinity(single)) return type + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
            return Text(single.ToString("R", CultureInfo.InvariantCulture), value) + "f";
        }
        var text = Text(value.ToString("R", CultureInfo.InvariantCulture), value);
        return text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text;
    }

    // netstandard's formatters on some hosts drop the sign of zero.
    private static string Text(string text, double value) => value == 0 && 1 / value < 0 && text[0] != '-' ? "-" + text : text;
}

/// <summary>Plain C# on one element at a time. <paramref name="math"/> is the class with the elementary functions.</summary>
internal class ScalarDialect(string math) : Dialect
{
    public override string TypeOf(DType dtype) => dtype.CSharp();

    public override string Load(Access access, DType dtype, string? axis) => Guarded(Element($"{access.Buffer.Name}[{access.Offset.ToCSharp()}]", dtype), access.Guards, dtype == DType.Bool ? "false" : "0");

    /// <summary>The value of what lies in memory.</summary>
    protected virtual string Element(string place, DType dtype) => place;

    public override string Constant(double value, DType dtype) => Literal(value, dtype);

    public override string Index(Dim index, DType dtype, string? axis) => $"({dtype.CSharp()}){index.ToCSharp(atomic: true)}";

    public override string Number(string name, DType dtype) => dtype == DType.Float32 ? name : $"({dtype.CSharp()}){name}";

    /// <summary>The statement that writes a value, or joins it with what is there.</summary>
    public static string Store(string place, Op? combine, string value, string math) => combine switch
    {
        null => $"{place} = {value};",
        Op.Add => $"{place} += {value};",
        _ => $"{place} = {math}.{combine}({place}, {value});",
    };

    public override string Operation(Expr expr, IReadOnlyList<string> x, string? axis)
    {
        var from = expr.Inputs[0].DType;
        return expr.Op switch
        {
            Op.Add => $"({x[0]} + {x[1]})",
            Op.Sub => $"({x[0]} - {x[1]})",
            Op.Mul => $"({x[0]} * {x[1]})",
            Op.Div => $"({x[0]} / {x[1]})",
            Op.Neg => $"(-{x[0]})",
            // C# suspects a slip where a value is compared with itself.
            Op.NotEqual when x[0] == x[1] => from is DType.Float32 or DType.Float64 ? $"{from.CSharp()}.IsNaN({ExprPrinter.Strip(x[0])})" : "false",
            Op.Equal when x[0] == x[1] => from is DType.Float32 or DType.Float64 ? $"(!{from.CSharp()}.IsNaN({ExprPrinter.Strip(x[0])}))" : "true",
            Op.Equal => $"({x[0]} == {x[1]})",
            Op.NotEqual => $"({x[0]} != {x[1]})",
            Op.Less => $"({x[0]} < {x[1]})",
            Op.LessEqual => $"({x[0]} <= {x[1]})",
            Op.Greater => $"({x[0]} > {x[1]})",
            Op.GreaterEqual => $"({x[0]} >= {x[1]})",
            Op.And => $"({x[0]} & {x[1]})",
            Op.Or => $"({x[0]} | {x[1]})",
            Op.BitwiseAnd => $"({x[0]} & {x[1]})",
            Op.BitwiseOr => $"({x[0]} | {x[1]})",
            Op.BitwiseXor => $"({x[0]} ^ {x[1]})",
            Op.FloorDivide or Op.BitwiseLeftShift or Op.BitwiseRightShift => $"WholeNumbers.{expr.Op}({Arguments(x)})",
            Op.Not => $"(!{x[0]})",
            Op.Where => $"({x[0]} ? {x[1]} : {x[2]})",
            Op.Cast when expr.DType == DType.Bool => $"({x[0]} != 0)",
            Op.Cast when from == DType.Bool => $"({x[0]} ? {Literal(1, expr.DType)} : {Literal(0, expr.DType)})",
            Op.Cast => $"({expr.DType.CSharp()}){x[0]}",
            Op.Relu => $"{math}.Max({x[0]}, {Literal(0, expr.DType)})",
            Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson => $"({expr.DType.CSharp()}){math}.{expr.Op}({Arguments(x)})",
            _ => $"{math}.{expr.Op}({Arguments(x)})",
        };
    }
}

/// <summary>C# over lanes: <c>V</c> stands for vectors of every width and for a single element.</summary>
/// <param name="rows">Pointers to the rows at hand.</param>
/// <param name="mask">The lanes that there are elements for; null: all.</param>
internal sealed class LaneDialect(DType dtype, RowPointers? rows = null, string? mask = null) : Dialect
{
    private readonly string _element = dtype.CSharp();

    public override Dialect OfPositions { get; } = new ScalarDialect("ScalarMath");

    public override string TypeOf(DType dtype) => "V";

    public override string Load(Access access, DType dtype, string? axis)
    {
        bool IsAlong(Guard guard) => axis is not null && guard.At.Mentions(axis);
        var value = access.Guards.FirstOrDefault(IsAlong) is { } along
            ? $"LaneMath.LoadWithin<V, {_element}>({Place(access)}, {along.At.ToCSharp()}, {along.Size.ToCSharp()})"
            : axis is not null && access.Offset.Mentions(axis) ? Load(Place(access)) : $"V.Broadcast({access.Buffer.Name}[{access.Offset.ToCSharp()}])";
        return Guarded(value, access.Guards.Where(guard => !IsAlong(guard)), "V.Broadcast(0)");
    }

    private string Load(string place) => mask is null ? $"V.Load({place})" : $"V.LoadMasked({place}, {mask})";

    /// <summary>Where a vector starts.</summary>
    private string Place(Access access) => rows?.Place(access) ?? access.Buffer.Name + Plus(access.Offset);

    /// <summary>The statement that writes a vector, or joins it with what is there.</summary>
    public string Store(Access target, Op? combine, string value)
    {
        var place = Place(target);
        var stored = combine switch
        {
            null => ExprPrinter.Strip(value),
            Op.Add => $"{Load(place)} + {value}",
            _ => $"V.{combine}({Load(place)}, {ExprPrinter.Strip(value)})",
        };
        return mask is null ? $"V.Store({place}, {stored});" : $"V.StoreMasked({place}, {stored}, {mask});";
    }

    /// <summary><c> + i * n + j</c>, or nothing.</summary>
    public static string Plus(Dim offset)
    {
        if (offset.IsZero) return "";
        var text = offset.ToCSharp();
        return text[0] == '-' ? $" - {text.Substring(1)}" : $" + {text}";
    }

    public override string Constant(double value, DType dtype) => dtype == DType.Bool
        ? $"V.{(value != 0 ? "Equal" : "NotEqual")}(V.Broadcast(0), V.Broadcast(0))"
        : $"V.Broadcast({Literal(value, dtype)})";

    public override string Index(Dim index, DType dtype, string? axis) =>
        $"V.{(axis is not null && index.Mentions(axis) ? "Ramp" : "Broadcast")}(({_element}){index.ToCSharp(atomic: true)})";

    public override string Number(string name, DType dtype) => $"V.Broadcast(({_element}){name})";

    public override string Operation(Expr expr, IReadOnlyList<string> x, string? axis) => expr.Op switch
    {
        >= Op.Equal and <= Op.GreaterEqual when expr.Inputs[0].IsScalar => Comparison(expr, x[0], x[1], axis),
        Op.Add => $"({x[0]} + {x[1]})",
        Op.Sub => $"({x[0]} - {x[1]})",
        Op.Mul => $"({x[0]} * {x[1]})",
        Op.Div => $"({x[0]} / {x[1]})",
        Op.Neg => $"(-{x[0]})",
        Op.RandomUniform or Op.RandomNormal when axis is not null && !expr.Inputs[1].DependsOn(axis) => $"V.Broadcast({OfPositions.Operation(expr, x, axis)})",
        Op.RandomUniform or Op.RandomNormal => $"LaneRandom.{expr.Op.ToString().Substring("Random".Length)}<V, {_element}>({Arguments(x)})",
        Op.Where when IsLimit(expr) => $"V.{(expr.Inputs[0].Op == Op.Less ? "AtLeast" : "AtMost")}({Arguments([x[2], x[1]])})",
        Op.Where => $"V.Select({Arguments(x)})",
        Op.Cast when expr.Inputs[0].IsScalar => $"V.Broadcast(({_element}){x[0]})",
        Op.Cast when expr.DType == DType.Bool => $"V.NotEqual({x[0]}, V.Broadcast(0))",
        Op.Cast => $"V.Select({x[0]}, V.Broadcast(1), V.Broadcast(0))",
        Op.Relu => $"V.Max({x[0]}, V.Broadcast(0))",
        Op.Log1p or Op.Softplus or Op.Atan2 => $"LaneMath.{expr.Op}<V, {_element}>({Arguments(x)})",
        _ => $"V.{expr.Op}({Arguments(x)})",
    };

    /// <summary>What lies beyond a limit becomes it: one instruction instead of a comparison and a choice.</summary>
    public static bool IsLimit(Expr expr) => expr is { Kind: ExprKind.Operation, Op: Op.Where }
        && expr.Inputs[0] is { Kind: ExprKind.Operation, Op: Op.Less or Op.Greater } beyond && beyond.Inputs[0] == expr.Inputs[2] && beyond.Inputs[1] == expr.Inputs[1] && !beyond.Inputs[0].IsScalar;

    /// <summary>A comparison of two whole numbers, of which one may count the lanes: the mask of those before, or not before, the place where it turns.</summary>
    private static string Comparison(Expr expr, string x, string y, string? axis)
    {
        var (isLeft, isRight) = (axis is not null && expr.Inputs[0].DependsOn(axis), axis is not null && expr.Inputs[1].DependsOn(axis));
        if (isLeft == isRight) return $"V.First({new ScalarDialect("ScalarMath").Operation(expr, [x, y], axis)} ? V.Count : 0)";
        // x + lane < y says lane < y - x, and x < y + lane that not lane < x - y + 1.
        var turn = isLeft ? $"{y} - {x}" : $"{x} - {y}";
        var before = $"V.First({turn})";
        var until = $"V.First({turn} + 1)";
        return expr.Op switch
        {
            Op.Equal => $"V.And({until}, V.Not({before}))",
            Op.NotEqual => $"V.Or(V.Not({until}), {before})",
            Op.Less => isLeft ? before : $"V.Not({until})",
            Op.LessEqual => isLeft ? until : $"V.Not({before})",
            Op.Greater => isLeft ? $"V.Not({until})" : before,
            _ => isLeft ? $"V.Not({before})" : until,
        };
    }
}
