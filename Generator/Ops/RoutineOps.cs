using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Ops;

/// <summary>Scans, orders, linear algebra and Fourier transforms: routines of the run-time library, and what is made of them.</summary>
internal static class RoutineOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("CumSum", c => c.Result(AlongLast(c, Whole(c), x => c.B.Call("CumSum", x.Type, [x], [IsWhole(x)]))));
        ops.Add("CumProd", c => c.Result(AlongLast(c, c.Numeric("x"), x => CumProd(c, x))));
        ops.Add("CumMax", c => Picked(c, c.Numeric("x"), x => c.B.Call("ArgCumMax", x.Type.With(DType.Int64), [x], [0])));
        ops.Add("CumMin", c => Picked(c, c.Numeric("x"), x => c.B.Call("ArgCumMax", x.Type.With(DType.Int64), [x], [1])));
        ops.Add("LogCumSumExp", c => c.Result(AlongLast(c, c.Floating("x"), x => c.B.Call("LogCumSumExp", x.Type, [x]))));
        ops.Add("Scan", Scan);
        ops.Add("ArgSort", c => c.Result(AlongLast(c, Whole(c), x => Order(c, x, c.Flag("descending")))));
        ops.Add("Sort", c => Picked(c, c.Tensor("x"), x => Order(c, x.Type.DType == DType.Bool ? c.B.Cast(x, DType.Int64) : x, c.Flag("descending"))));
        ops.Add("TopK", TopK);
        ops.Add("Searchsorted", Searchsorted);
        ops.Add("TautString", TautString);
        ops.Add("PoolAdjacent", PoolAdjacent);
        ops.Add("Flip", c => c.Result(Flip(c, c.Tensor("x"), c.Axes(c.Tensor("x")))));
        ops.Add("Roll", Roll);

        ops.Add("Tril", c => Triangle(c, Op.LessEqual));
        ops.Add("Triu", c => Triangle(c, Op.GreaterEqual));
        ops.Add("Diagonal", c => c.Result(Diagonal(c)));
        ops.Add("Diag", Diag);
        ops.Add("Trace", Trace);
        ops.Add("Outer", Outer);
        ops.Add("Kron", Kron);

        ops.Add("Cholesky", c => Square(c, Symmetric(c)));
        ops.Add("Solve", c => Equations(c, []));
        ops.Add("TriangularSolve", c => Equations(c, [c.Flag("upper") ? 1 : 0, c.Flag("unitDiagonal") ? 1 : 0]));
        ops.Add("ActiveSet", ActiveSet);
        ops.Add("Inverse", Inverse);
        ops.Add("Slogdet", Slogdet);
        ops.Add("LogDet", LogDet);
        ops.Add("Qr", Qr);
        ops.Add("Eigh", Eigh);
        ops.Add("Svd", Svd);
        ops.Add("MatrixExp", c => Square(c, Squares(c)));

        ops.Add("ComplexMul", ComplexMul);
        ops.Add("ComplexConj", c => c.Result(Conjugate(c, Pairs(c, "x"))));
        ops.Add("ComplexAbs", ComplexAbs);
        ops.Add("Fft", c => c.Result(Fourier(c, Pairs(c, "x"), ComplexAxes(c), inverse: false)));
        ops.Add("Ifft", c => c.Result(Fourier(c, Pairs(c, "x"), ComplexAxes(c), inverse: true)));
        ops.Add("Rfft", Rfft);
        ops.Add("Irfft", Irfft);
    }

    private static int IsWhole(Node x) => x.Type.DType == DType.Int64 ? 1 : 0;

    /// <summary>Truth values count as Int64.</summary>
    private static Node Whole(OpCall c) => c.Tensor("x") is var x && x.Type.DType == DType.Bool ? c.B.Cast(x, DType.Int64) : x;

    // ---- Along an axis ----

    /// <summary>What is computed over the last axis, over the one that <c>dim</c> names.</summary>
    private static Node AlongLast(OpCall c, Node x, Func<Node, Node> rows) => AlongLast(c, x, c.Axis("dim", x), x.Rank - 1, rows);

    private static Node AlongLast(OpCall c, Node x, int axis, int last, Func<Node, Node> rows)
    {
        var swapped = Enumerable.Range(0, x.Rank).Select(i => i == axis ? last : i == last ? axis : i).ToImmutableArray();
        return c.B.Permute(rows(c.B.Permute(x, swapped)), swapped);
    }

    /// <summary>A loop over the dimension; what it carries is kept.</summary>
    private static Value Scan(OpCall c)
    {
        ImmutableArray<string> names = c.Has("y") ? ["x", "y"] : ["x"];
        var lambda = c.Source("combine");
        if (lambda is not { Kind: "lambda", Count: 2 } || lambda[0].Count != 2 * names.Length)
            throw Refusal.Of("PRX0115", lambda.Origin, $"Scan takes a lambda of one expression, as {(names.Length == 1 ? "(before, next) => before * next" : "(a, b, c, d) => (a * c, b * c + d)")}");
        var (axes, rows) = (new List<int>(), new List<Node>());
        foreach (var name in names)
        {
            var x = c.Tensor(name);
            var axis = c.Axis("dim", x, name);
            axes.Add(axis);
            rows.Add(c.B.Permute(x, [axis, .. Enumerable.Range(0, x.Rank).Where(i => i != axis)]));
        }
        var count = rows[0].Shape[0];
        string Words() => $"{c.Describe("x", c.Tensor("x"))}; a scan starts with the first element, and there must be one";
        c.Interpreter.RequireAtMost(Dim.One, count, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), count).Finding!);
        if (names.Length == 2)
            c.RequireEqual(count, rows[1].Shape[0], "PRX0104", () => $"{c.Describe("x", c.Tensor("x"))} and {c.Describe("y", c.Tensor("y"))}; both must have equally many elements along the dimension");
        if (c.Interpreter.Scan(lambda, [.. rows]) is not { IsDefault: false } values) return Value.Error;
        var results = values.Select((value, i) => c.Result(c.B.Permute(value, [.. Enumerable.Range(0, value.Rank).Select(to => to == axes[i] ? 0 : to < axes[i] ? to + 1 : to)]))).ToImmutableArray();
        return results.Length == 1 ? results[0] : new TupleValue(results);
    }

    private static Value Picked(OpCall c, Node x, Func<Node, Node> positions)
    {
        var axis = c.Axis("dim", x);
        var indices = AlongLast(c, x, positions);
        return new TupleValue([c.Result(c.B.Gather(x, indices, axis)), c.Result(indices)]);
    }

    private static Node Order(OpCall c, Node x, bool descending) => c.B.Call("ArgSort", x.Type.With(DType.Int64), [x], [descending ? 1 : 0]);

    /// <summary>The first element starts, the others multiply.</summary>
    private static Node CumProd(OpCall c, Node x)
    {
        var at = c.B.Iota(x.Shape, x.Rank - 1, DType.Int64);
        var first = c.B.Where(c.B.Pointwise(Op.Equal, at, c.B.Zeros(at.Type)), x, c.B.Zeros(x.Type));
        return c.B.Call("LinearScan", x.Type, [x, first], [IsWhole(x)]);
    }

    private static Value TopK(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        var k = CreateOps.Positive(c, c.Size("k"), "k");
        string Words() => $"{c.Describe("x", x)}; dimension {axis} does not have {k} elements";
        c.Interpreter.RequireAtMost(k, x.Shape[axis], () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), k, x.Shape[axis]).Finding!);
        var order = AlongLast(c, Whole(c), rows => Order(c, rows, c.Flag("largest")));
        var indices = c.B.Slice(order, [.. x.Shape.Select(_ => Dim.Zero)], x.Shape.SetItem(axis, k));
        return new TupleValue([c.Result(c.B.Gather(x, indices, axis)), c.Result(indices)]);
    }

    private static Value Searchsorted(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("sorted"), c.Of("values"));
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("sorted"));
        Node sorted = c.Tensor("sorted", dtype), values = c.Tensor("values", dtype);
        string Words() => $"{c.Describe("sorted", sorted)}, {c.Describe("values", values)}; the leading dimensions must be equal";
        var rows = sorted.Rank == 1 ? c.B.Reshape(values, [values.Type.Count]) : values;
        if (sorted.Rank == 0 || rows.Rank != sorted.Rank) throw c.Refuse("PRX0109", Words());
        for (var i = 0; i < sorted.Rank - 1; i++) c.RequireEqual(sorted.Shape[i], rows.Shape[i], "PRX0104", Words);
        var last = rows.Shape[rows.Rank - 1];
        rows = c.B.Reshape(rows, sorted.Shape.SetItem(sorted.Rank - 1, last));
        return c.Result(c.B.Reshape(c.B.Call("SearchSorted", rows.Type.With(DType.Int64), [sorted, rows], [IsWhole(rows), c.Flag("right") ? 1 : 0]), values.Shape));
    }

    private static Value TautString(OpCall c)
    {
        var x = Row(c);
        var weight = c.Stretch(c.Tensor("weight", x.Type.DType), x.Shape.SetItem(x.Rank - 1, Dim.One));
        return c.Result(c.B.Call("TautString", x.Type.With(DType.Int64), [x, weight]));
    }

    private static Value PoolAdjacent(OpCall c)
    {
        var x = Row(c);
        return c.Result(c.B.Call("PoolAdjacent", x.Type.With(DType.Int64), [x]));
    }

    private static Node Row(OpCall c) => c.Floating("x") is { Rank: > 0 } x ? x : throw c.Refuse("PRX0109", $"{c.Describe("x", c.Floating("x"))}; a vector has a dimension");

    private static Node Flip(OpCall c, Node x, ImmutableArray<int> axes) => c.B.Slice(
        x, [.. x.Shape.Select((dim, i) => axes.Contains(i) ? dim - Dim.One : Dim.Zero)], x.Shape, [.. x.Shape.Select((_, i) => axes.Contains(i) ? -1 : 1)]);

    private static Value Roll(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        var (size, shift) = (x.Shape[axis], c.Size("shift"));
        if (shift.Constant is not { } by) throw Refusal.Of("PRX0114", c.Source("shift").Origin, "Roll: the shift is a number, known at build time");
        var distance = Dim.Of(Math.Abs(by));
        string Words() => $"{c.Describe("x", x)}; a shift by {by} is longer than dimension {axis}";
        c.Interpreter.RequireAtMost(distance, size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), size).Finding!);
        var cut = by >= 0 ? size - distance : distance;
        ImmutableArray<Dim> At(Dim start) => [.. x.Shape.Select((_, i) => i == axis ? start : Dim.Zero)];
        return c.Result(c.B.Concat([c.B.Slice(x, At(cut), x.Shape.SetItem(axis, size - cut)), c.B.Slice(x, At(Dim.Zero), x.Shape.SetItem(axis, cut))], axis));
    }

    // ---- Matrices: the last two axes ----

    private static (Node Row, Node Column) Places(OpCall c, ImmutableArray<Dim> shape) => (c.B.Iota(shape, shape.Length - 2, DType.Int64), c.B.Iota(shape, shape.Length - 1, DType.Int64));

    private static Value Triangle(OpCall c, Op side)
    {
        var x = c.Tensor("x");
        if (x.Rank < 2) throw c.Refuse("PRX0109", $"{c.Describe("x", x)}; a matrix has two dimensions");
        var (row, column) = Places(c, x.Shape);
        var diagonal = c.B.BroadcastTo(c.B.Size(c.Size("diagonal"), DType.Int64), x.Shape);
        return c.Result(c.B.Where(c.B.Pointwise(side, c.B.Sub(column, row), diagonal), x, c.B.Zeros(x.Type)));
    }

    /// <summary>An operand of square matrices.</summary>
    private static Node RequireSquare(OpCall c, string argument, Node x)
    {
        string Words() => $"{c.Describe(argument, x)}; the matrices must be square";
        if (x.Rank < 2) throw c.Refuse("PRX0109", Words());
        var n = x.Shape[x.Rank - 2];
        c.RequireEqual(n, x.Shape[x.Rank - 1], "PRX0104", Words);
        return c.B.Reshape(x, x.Shape.SetItem(x.Rank - 1, n));
    }

    private static Node Squares(OpCall c) => RequireSquare(c, "x", c.Floating("x"));

    private static Node Symmetric(OpCall c)
    {
        var x = Squares(c);
        return c.B.Scale(c.B.Add(x, c.B.Transpose(x)), 0.5);
    }

    private static Node Tall(OpCall c)
    {
        var x = c.Floating("x");
        string Words() => $"{c.Describe("x", x)}; the matrices must have at least as many rows as columns";
        if (x.Rank < 2) throw c.Refuse("PRX0109", Words());
        Dim m = x.Shape[x.Rank - 2], n = x.Shape[x.Rank - 1];
        c.Interpreter.RequireAtMost(n, m, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0104", Words(), m, n).Finding!);
        return x;
    }

    private static Node Diagonal(OpCall c)
    {
        var x = RequireSquare(c, "x", c.Numeric("x"));
        // One element of each row: no product with zeros, which infinities would turn into NaN.
        var at = c.B.Iota(x.Shape.SetItem(x.Rank - 1, Dim.One), x.Rank - 2, DType.Int64);
        return c.B.Reshape(c.B.Gather(x, at, x.Rank - 1), x.Shape.RemoveAt(x.Rank - 1));
    }

    private static Value Trace(OpCall c)
    {
        var diagonal = Diagonal(c);
        return c.Result(c.B.Sum(diagonal, [diagonal.Rank - 1]));
    }

    private static Value Diag(OpCall c)
    {
        var x = c.Tensor("x");
        if (x.Rank == 0) throw c.Refuse("PRX0109", $"{c.Describe("x", x)}; a scalar is no diagonal");
        var shape = x.Shape.Add(x.Shape[x.Rank - 1]);
        var (row, column) = Places(c, shape);
        var type = x.Type.With(shape);
        return c.Result(c.B.Where(c.B.Pointwise(Op.Equal, row, column), c.B.Broadcast(x, shape, [.. Enumerable.Range(0, x.Rank)]), c.B.Zeros(type)));
    }

    private static (Node X, Node Y) Factors(OpCall c, int rank, string words)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of("y"));
        Node x = c.Tensor("x", dtype), y = c.Tensor("y", dtype);
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("x"));
        return x.Rank == rank && y.Rank == rank ? (x, y) : throw c.Refuse("PRX0109", $"{c.Describe("x", x)}, {c.Describe("y", y)}; both must be {words}");
    }

    private static Value Outer(OpCall c)
    {
        var (x, y) = Factors(c, 1, "vectors");
        ImmutableArray<Dim> shape = [x.Shape[0], y.Shape[0]];
        return c.Result(c.B.Mul(c.B.Broadcast(x, shape, [0]), c.B.Broadcast(y, shape, [1])));
    }

    private static Value Kron(OpCall c)
    {
        var (x, y) = Factors(c, 2, "matrices");
        ImmutableArray<Dim> shape = [x.Shape[0], y.Shape[0], x.Shape[1], y.Shape[1]];
        var product = c.B.Mul(c.B.Broadcast(x, shape, [0, 2]), c.B.Broadcast(y, shape, [1, 3]));
        return c.Result(c.B.Reshape(product, [shape[0] * shape[1], shape[2] * shape[3]]));
    }

    // ---- Equations and factorisations ----

    private static Value Equations(OpCall c, ImmutableArray<int> numbers)
    {
        var dtype = Interpreter.Promote(c.Of("a"), c.Of("b"));
        if (dtype < DType.Float32) dtype = DType.Float32;
        Node a = c.Tensor("a", dtype), b = c.Tensor("b", dtype);
        string Words() => $"{c.Describe("a", a)}, {c.Describe("b", b)}; they must be [... n n] and [... n m]";
        if (a.Rank < 2 || a.Rank != b.Rank) throw c.Refuse("PRX0109", Words());
        for (var i = 0; i < a.Rank - 1; i++) c.RequireEqual(a.Shape[i], b.Shape[i], "PRX0104", Words);
        c.RequireEqual(a.Shape[a.Rank - 1], a.Shape[a.Rank - 2], "PRX0104", Words);
        a = c.B.Reshape(a, a.Shape.SetItem(a.Rank - 1, a.Shape[a.Rank - 2]));
        b = c.B.Reshape(b, a.Shape.SetItem(a.Rank - 1, b.Shape[b.Rank - 1]));
        return c.Result(c.B.Call(c.Name, b.Type, [a, b], numbers));
    }

    private static Value ActiveSet(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("a"), c.Of("b"));
        Node a = RequireSquare(c, "a", c.Tensor("a", dtype < DType.Float32 ? DType.Float32 : dtype)), b = c.Tensor("b", a.Type.DType);
        string Words() => $"{c.Describe("a", a)}, {c.Describe("b", b)}; they must be [... n n] and [... n]";
        if (b.Rank != a.Rank - 1) throw c.Refuse("PRX0109", Words());
        for (var i = 0; i < b.Rank; i++) c.RequireEqual(a.Shape[i], b.Shape[i], "PRX0104", Words);
        b = c.B.Reshape(b, [.. a.Shape.Take(b.Rank)]);
        return c.Result(c.B.Call("ActiveSet", b.Type.With(DType.Int64), [a, b]));
    }

    /// <summary>A routine of one square matrix, named after the operation.</summary>
    private static Value Square(OpCall c, Node x) => c.Result(c.B.Call(c.Name, x.Type, [x]));

    private static Value Inverse(OpCall c)
    {
        var x = Squares(c);
        return c.Result(c.B.Call("Solve", x.Type, [x, RoutineRules.Identity(c.B, x.Type)]));
    }

    private static Value Slogdet(OpCall c)
    {
        var (sign, size) = Determinant(c);
        return new TupleValue([c.Result(sign), c.Result(size)]);
    }

    private static Value LogDet(OpCall c)
    {
        var (sign, size) = Determinant(c);
        return c.Result(c.B.Where(c.B.Pointwise(Op.Less, sign, c.B.Zeros(sign.Type)), c.B.Full(double.NaN, size.Type), size));
    }

    private static (Node Sign, Node LogAbsDet) Determinant(OpCall c)
    {
        var x = Squares(c);
        ImmutableArray<Dim> batch = [.. x.Shape.Take(x.Rank - 2)];
        var both = c.B.Call("SlogDet", x.Type.With(batch.Add(Dim.Of(2))), [x]);
        return (c.B.Select(both, batch.Length, Dim.Zero), c.B.Select(both, batch.Length, Dim.One));
    }

    private static Node Rows(OpCall c, Node x, Dim start, Dim count) =>
        c.B.Slice(x, [.. x.Shape.Select((_, i) => i == x.Rank - 2 ? start : Dim.Zero)], x.Shape.SetItem(x.Rank - 2, count));

    private static TensorType Packed(Node x, Dim rows) => x.Type.With(x.Shape.SetItem(x.Rank - 2, rows));

    private static Value Qr(OpCall c)
    {
        var x = Tall(c);
        Dim m = x.Shape[x.Rank - 2], n = x.Shape[x.Rank - 1];
        var both = c.B.Call("Qr", Packed(x, m + n), [x]);
        return new TupleValue([c.Result(Rows(c, both, Dim.Zero, m)), c.Result(Rows(c, both, m, n))]);
    }

    private static Value Eigh(OpCall c)
    {
        var x = Symmetric(c);
        var n = x.Shape[x.Rank - 1];
        var both = c.B.Call("Eigh", Packed(x, n + Dim.One), [x]);
        return new TupleValue([c.Result(c.B.Select(both, x.Rank - 2, Dim.Zero)), c.Result(Rows(c, both, Dim.One, n))]);
    }

    private static Value Svd(OpCall c)
    {
        var x = Tall(c);
        Dim m = x.Shape[x.Rank - 2], n = x.Shape[x.Rank - 1];
        var all = c.B.Call("Svd", Packed(x, m + n + Dim.One), [x]);
        return new TupleValue(
        [
            c.Result(Rows(c, all, Dim.One, m)), c.Result(c.B.Select(all, x.Rank - 2, Dim.Zero)), c.Result(c.B.Transpose(Rows(c, all, m + Dim.One, n))),
        ]);
    }

    // ---- Complex numbers: pairs along the last axis ----

    private static Node Pairs(OpCall c, string argument)
    {
        var x = c.Floating(argument);
        string Words() => $"{c.Describe(argument, x)}; complex numbers are pairs along the last dimension";
        if (x.Rank == 0) throw c.Refuse("PRX0109", Words());
        c.RequireEqual(x.Shape[x.Rank - 1], Dim.Of(2), "PRX0104", Words);
        return c.B.Reshape(x, x.Shape.SetItem(x.Rank - 1, Dim.Of(2)));
    }

    // In memory all real parts come before the imaginary ones, so that both are vectors; as pairs they are a view of that.

    private static Node Planes(OpCall c, Node pairs) => c.B.Permute(pairs, [pairs.Rank - 1, .. Enumerable.Range(0, pairs.Rank - 1)]);

    private static Node PairsOf(OpCall c, Node planes) => c.B.Permute(planes, [.. Enumerable.Range(1, planes.Rank - 1), 0]);

    private static (Node Real, Node Imaginary) Parts(OpCall c, Node x)
    {
        var planes = Planes(c, x);
        return (c.B.Select(planes, 0, Dim.Zero), c.B.Select(planes, 0, Dim.One));
    }

    private static Node Paired(OpCall c, Node real, Node imaginary)
    {
        var plane = real.Shape.Insert(0, Dim.One);
        return PairsOf(c, c.B.Concat([c.B.Reshape(real, plane), c.B.Reshape(imaginary, plane)], 0));
    }

    private static Node Conjugate(OpCall c, Node x)
    {
        var (real, imaginary) = Parts(c, x);
        return Paired(c, real, c.B.Neg(imaginary));
    }

    private static Value ComplexAbs(OpCall c)
    {
        var (real, imaginary) = Parts(c, Pairs(c, "x"));
        return c.Result(c.B.Pointwise(Op.Sqrt, c.B.Add(c.B.Mul(real, real), c.B.Mul(imaginary, imaginary))));
    }

    private static Value ComplexMul(OpCall c)
    {
        var (x, y) = (Pairs(c, "x"), Pairs(c, "y"));
        var dtype = x.Type.DType > y.Type.DType ? x.Type.DType : y.Type.DType;
        (x, y) = (c.B.Cast(x, dtype), c.B.Cast(y, dtype));
        var shape = c.Broadcast(("x", x), ("y", y));
        var ((a, b), (p, q)) = (Parts(c, c.Stretch(x, shape)), Parts(c, c.Stretch(y, shape)));
        return c.Result(Paired(c, c.B.Sub(c.B.Mul(a, p), c.B.Mul(b, q)), c.B.Add(c.B.Mul(a, q), c.B.Mul(b, p))));
    }

    /// <summary>The axes that <c>dims</c> names, of which the pair is none.</summary>
    private static ImmutableArray<int> ComplexAxes(OpCall c) => AxesOf(c, Pairs(c, "x"), pairs: true);

    private static ImmutableArray<int> AxesOf(OpCall c, Node x, bool pairs)
    {
        var source = c.Source("dims");
        if (c.Of("dims") is not ListValue list) throw Interpreter.Wrong(c.Of("dims"), "a list of axes", source);
        var counted = pairs ? new Node(Op.Full, x.Type.With(x.Shape.RemoveAt(x.Rank - 1)), []) : x;
        return [.. list.Items.Select((item, i) => c.Interpreter.Axis(item, source.Count > i ? source[i] : source, counted, () => $"{c.Name}: {c.Describe("x", x)}"))];
    }

    private static Node Fourier(OpCall c, Node x, ImmutableArray<int> axes, bool inverse)
    {
        var planes = axes.Aggregate(Planes(c, x), (lines, axis) => Along(c, lines, axis, inverse));
        return PairsOf(c, Scaled(c, planes, [.. axes.Select(axis => x.Shape[axis])], inverse));
    }

    /// <summary>A transform of planes along an axis, without a factor.</summary>
    private static Node Along(OpCall c, Node planes, int axis, bool inverse)
    {
        var lines = Complex(Lines(planes.Shape.RemoveAt(0), axis));
        return c.B.Reshape(c.B.Call("Fft", planes.Type.With(lines), [c.B.Reshape(planes, lines)], [inverse ? 1 : 0]), planes.Shape);
    }

    private static ImmutableArray<Dim> Complex(ImmutableArray<Dim> shape) => shape.Insert(0, Dim.Of(2));

    /// <summary>A shape of which all axes before one are taken together, and all behind it.</summary>
    private static ImmutableArray<Dim> Lines(ImmutableArray<Dim> shape, int axis) => [Dim.Product(shape.Take(axis)), shape[axis], Dim.Product(shape.Skip(axis + 1))];

    private static Node Scaled(OpCall c, Node x, ImmutableArray<Dim> sizes, bool inverse)
    {
        var norm = c.Of("norm") is TextValue text ? text.Text : "";
        if (norm is not ("backward" or "forward" or "ortho"))
            throw Refusal.Of("PRX0114", c.Source("norm").Origin, $"{c.Name}: the norm is \"backward\", \"forward\" or \"ortho\", known at build time");
        if (norm != "ortho" && norm == "forward" == inverse) return x;
        var n = c.Count(Dim.Product(sizes), x.Type);
        return norm == "ortho" ? c.B.Mul(x, c.B.Pointwise(Op.Rsqrt, n)) : c.B.Div(x, n);
    }

    private static Value Rfft(OpCall c)
    {
        var x = c.Floating("x");
        var axes = AxesOf(c, x, pairs: false);
        if (axes.IsEmpty) throw Refusal.Of("PRX0114", c.Source("dims").Origin, $"{c.Name}: no dimension is named");
        var last = axes[axes.Length - 1];
        string Words() => $"{c.Describe("x", x)}; dimension {last} must not be empty";
        c.Interpreter.RequireAtMost(Dim.One, x.Shape[last], () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0109", Words(), x.Shape[last]).Finding!);
        var half = x.Shape.SetItem(last, Routine.Half(x.Shape[last]));
        var planes = c.B.Reshape(c.B.Call("Rfft", x.Type.With(Complex(Lines(half, last))), [c.B.Reshape(x, Lines(x.Shape, last))]), Complex(half));
        planes = axes.RemoveAt(axes.Length - 1).Aggregate(planes, (done, axis) => Along(c, done, axis, inverse: false));
        return c.Result(PairsOf(c, Scaled(c, planes, [.. axes.Select(axis => x.Shape[axis])], inverse: false)));
    }

    private static Value Irfft(OpCall c)
    {
        var x = Pairs(c, "x");
        var axes = ComplexAxes(c);
        if (axes.IsEmpty) throw Refusal.Of("PRX0114", c.Source("dims").Origin, $"{c.Name}: no dimension is named");
        var (last, n) = (axes[axes.Length - 1], c.Size("n"));
        var half = Routine.Half(n);
        string Words() => $"{c.Describe("x", x)}; for {n} numbers dimension {last} must be {half}";
        c.RequireEqual(x.Shape[last], half, "PRX0104", Words);
        c.Interpreter.RequireAtMost(Dim.One, n, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0104", Words(), n).Finding!);
        ImmutableArray<Dim> halves = x.Shape.RemoveAt(x.Rank - 1).SetItem(last, half), shape = halves.SetItem(last, n);
        var planes = axes.RemoveAt(axes.Length - 1).Aggregate(Planes(c, x), (done, axis) => Along(c, done, axis, inverse: true));
        var numbers = c.B.Reshape(c.B.Call("Irfft", x.Type.With(Lines(shape, last)), [c.B.Reshape(planes, Complex(Lines(halves, last)))]), shape);
        return c.Result(Scaled(c, numbers, [.. axes.Select(axis => shape[axis])], inverse: true));
    }
}
