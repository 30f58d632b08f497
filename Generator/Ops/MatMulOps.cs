using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>The matrix product, with PyTorch's rules for vectors and batches.</summary>
internal static class MatMulOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops) => ops.Add("MatMul", MatMul);

    private static Value MatMul(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of("y"));
        Node x = c.Tensor("x", dtype), y = c.Tensor("y", dtype);
        var (left, right) = (x, y);
        string Words() => $"{c.Describe("x", left)}, {c.Describe("y", right)}";
        if (x.Rank == 0 || y.Rank == 0) throw c.Refuse("PRX0102", $"{Words()}; a scalar has no matrix product, '*' scales");
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("x"));
        Dim inner = x.Shape[x.Rank - 1], other = y.Shape[System.Math.Max(0, y.Rank - 2)];
        string Differ() => $"{Words()}; the inner dims {inner} and {other} differ";
        c.Interpreter.RequireEqual(inner, other, () => $"{c.Name}: {Differ()}",
            () => c.Suggest(c.Refuse("PRX0102", Differ(), inner, other).Finding!, (argument, shape) => argument == "x" ? Fits(c, shape, right.Shape) : Fits(c, left.Shape, shape),
                ["x", "y"], resize: false, Exchanged(c, left, right)));
        if (y.Rank > 0) y = c.B.Reshape(y, y.Shape.SetItem(System.Math.Max(0, y.Rank - 2), inner));

        if (x.Rank == 1 && y.Rank == 1) return c.Result(c.B.Sum(c.B.Mul(x, y), [0]));
        if (y.Rank <= 2)
        {
            // However many leading dims x has, its rows go through one product.
            var lead = x.Shape.RemoveAt(x.Rank - 1);
            var rows = Dim.Product(lead);
            ImmutableArray<Dim> columns = y.Rank == 2 ? [y.Shape[1]] : [];
            var product = c.B.Dot(c.B.Reshape(x, [rows, inner]), c.B.Reshape(y, [inner, columns.IsEmpty ? Dim.One : columns[0]]));
            return c.Result(c.B.Reshape(product, [.. lead, .. columns]));
        }
        var isVector = x.Rank == 1;
        if (isVector) x = c.B.Reshape(x, [Dim.One, inner]);
        var batch = Batch(c, x, y, Words);
        var result = c.B.Dot(Stretch(c, x, batch), Stretch(c, y, batch));
        return c.Result(isVector ? c.B.Reshape(result, result.Shape.RemoveAt(result.Rank - 2)) : result);
    }

    /// <summary>Whether two shapes certainly have a product.</summary>
    private static bool Fits(OpCall c, ImmutableArray<Dim> x, ImmutableArray<Dim> y)
    {
        if (x.IsEmpty || y.IsEmpty || c.Interpreter.AreEqual(x[x.Length - 1], y[System.Math.Max(0, y.Length - 2)]) != Answer.Yes) return false;
        for (var i = 3; i <= System.Math.Min(x.Length, y.Length); i++)
        {
            Dim a = x[x.Length - i], b = y[y.Length - i];
            if (!a.IsOne && !b.IsOne && c.Interpreter.AreEqual(a, b) != Answer.Yes) return false;
        }
        return true;
    }

    /// <summary>The operands the other way round, where that is a product.</summary>
    private static (Surface, Repair)? Exchanged(OpCall c, Node x, Node y)
    {
        if (!Fits(c, y.Shape, x.Shape) || c.Call is not { Kind: "op", Count: 2 }) return null;
        Surface left = c.Source("x"), right = c.Source("y");
        return (Surface.Of("op", c.Name, c.Call.Origin, Surface.Of("arg", "x", right.Origin, right), Surface.Of("arg", "y", left.Origin, left)),
            new Repair("Exchange the operands of MatMul", "Exchange", new([Edit.Copy(left.Origin, right.Origin), Edit.Copy(right.Origin, left.Origin)])));
    }

    private static ImmutableArray<Dim> Batch(OpCall c, Node x, Node y, Func<string> words)
    {
        var rank = System.Math.Max(x.Rank, y.Rank) - 2;
        var batch = new Dim[rank];
        for (var i = 0; i < rank; i++)
        {
            var (a, b) = (At(x, i), At(y, i));
            if (!a.IsOne && !b.IsOne) c.RequireEqual(a, b, "PRX0102", () => $"{words()}; the batch dims {a} and {b} differ and neither is a written 1");
            batch[i] = a.IsOne ? b : a;
        }
        return [.. batch];

        Dim At(Node node, int i) => i - (rank + 2 - node.Rank) is >= 0 and var own ? node.Shape[own] : Dim.One;
    }

    private static Node Stretch(OpCall c, Node x, ImmutableArray<Dim> batch) =>
        c.Stretch(x, [.. batch, x.Shape[x.Rank - 2], x.Shape[x.Rank - 1]]);
}
