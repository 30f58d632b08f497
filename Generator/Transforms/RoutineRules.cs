using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The derivatives of routines, in terms of others and of arithmetic, so that they have derivatives again; and the transposes of those that are linear.</summary>
internal static class RoutineRules
{
    public static Node? Tangent(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t)
    {
        Node T(int i) => t[i] ?? b.Zeros(x[i].Type);
        switch (node.Text)
        {
            case "CumSum" or "Fft" or "Rfft" or "Irfft":
                return b.Call(node.Text, y.Type, [t[0]!], node.Ints);
            case "LinearScan":
                var moved = t[0] is { } ta ? b.Mul(ta, Before(b, y)) : null;
                return b.Call(node.Text, y.Type, [x[0], t[1] is not { } tb ? moved! : moved is null ? tb : b.Add(tb, moved)], node.Ints);
            case "LogCumSumExp":
                // dy(i) = exp(y(i-1) - y(i)) dy(i-1) + exp(x(i) - y(i)) dx(i), a scan again; nothing moves where the sum is 0 or infinite.
                var isFinite = b.Pointwise(Op.Less, b.Pointwise(Op.Abs, y), b.Full(double.PositiveInfinity, y.Type));
                Node Share(Node of) => b.Where(isFinite, b.Pointwise(Op.Exp, b.Sub(of, b.Where(isFinite, y, b.Zeros(y.Type)))), b.Zeros(y.Type));
                return b.Call("LinearScan", y.Type, [Share(Before(b, y)), b.Mul(Share(x[0]), t[0]!)], [0]);
            case "Cholesky":
                // L⁻¹ dA L⁻ᵀ = P + Pᵀ with P = L⁻¹ dL, a lower triangle.
                var half = Lower(b, y, t[0]!);
                var both = Lower(b, y, b.Transpose(half));
                var (row, column) = Places(b, y.Type);
                var part = b.Where(b.Pointwise(Op.Greater, row, column), both, b.Where(b.Pointwise(Op.Equal, row, column), b.Scale(both, 0.5), b.Zeros(y.Type)));
                return b.Dot(y, part);
            case "StepCheck":
                return null;
            case "Solve":
                return b.Call(node.Text, y.Type, [x[0], t[0] is { } da ? b.Sub(T(1), b.Dot(da, y)) : t[1]!], node.Ints);
            case "TriangularSolve":
                return b.Call(node.Text, y.Type, [x[0], t[0] is { } dt ? b.Sub(T(1), b.Dot(Triangle(b, dt, node.Ints[0] != 0, node.Ints[1] != 0), y)) : t[1]!], node.Ints);
            case "SlogDet":
                var n = x[0].Rank;
                var inverse = b.Call("Solve", x[0].Type, [x[0], Identity(b, x[0].Type)]);
                var trace = b.Sum(b.Mul(b.Transpose(inverse), t[0]!), [n - 2, n - 1]);
                ImmutableArray<Dim> single = [.. trace.Shape, Dim.One];
                return b.Pad(b.Reshape(trace, single), y.Shape, [.. trace.Shape.Select(_ => Dim.Zero), Dim.One]);
            case "Qr":
                return Qr(b, y, x[0], t[0]!);
            case "Eigh":
                return Eigh(b, y, t[0]!);
            case "Svd":
                return Svd(b, y, x[0], t[0]!);
            case "MatrixExp":
                return b.Call("MatrixExpFrechet", y.Type, [x[0], t[0]!]);
            case "MatrixExpFrechet":
                Node? along = t[1] is { } te ? b.Call(node.Text, y.Type, [x[0], te]) : null;
                if (t[0] is not { } tm) return along;
                // L(A, E) is a block of exp [A E; 0 A]; so is its derivative, of the derivative there.
                Node large = Blocks(b, x[0], x[1]), bent = b.Call(node.Text, large.Type, [large, Blocks(b, tm, b.Zeros(tm.Type))]);
                var upper = Corner(b, bent, y.Type);
                return along is null ? upper : b.Add(along, upper);
            default:
                throw new InvalidOperationException($"{node.Text} has no derivative");
        }
    }

    /// <summary>Hands the cotangent of a routine to the operand in which it is linear.</summary>
    public static (int Operand, Node Cotangent) Transpose(Builder b, Node node, Node cotangent, Func<Node, Node> residual)
    {
        var type = cotangent.Type;
        switch (node.Text)
        {
            case "CumSum":
                return (0, Flip(b, b.Call(node.Text, type, [Flip(b, cotangent)], node.Ints)));
            case "Fft":
                return (0, b.Call(node.Text, type, [cotangent], [1 - node.Ints[0]]));
            // A value that stands for its conjugate too counts twice in the numbers, and these count once in it.
            case "Rfft":
                return (0, b.Call("Irfft", node.Inputs[0].Type, [b.Div(cotangent, Weights(b, type, node.Inputs[0].Type))]));
            case "Irfft":
                var half = node.Inputs[0].Type;
                return (0, b.Mul(b.Call("Rfft", half, [cotangent]), Weights(b, half, type)));
            case "LinearScan":
                return (1, Flip(b, b.Call(node.Text, type, [Flip(b, After(b, residual(node.Inputs[0]))), Flip(b, cotangent)], node.Ints)));
            case "Solve":
                return (1, b.Call(node.Text, type, [b.Transpose(residual(node.Inputs[0])), cotangent], node.Ints));
            case "TriangularSolve":
                return (1, b.Call(node.Text, type, [b.Transpose(residual(node.Inputs[0])), cotangent], [1 - node.Ints[0], node.Ints[1]]));
            case "MatrixExpFrechet":
                return (1, b.Call(node.Text, type, [b.Transpose(residual(node.Inputs[0])), cotangent]));
            default:
                throw new InvalidOperationException($"{node.Text} is not linear");
        }
    }

    /// <summary>How many of the values of a transform are in its first half for each one there: 1 for what is its own conjugate, else 2.</summary>
    private static Node Weights(Builder b, TensorType half, TensorType real)
    {
        var at = b.Iota(half.Shape, half.Rank - 2, DType.Int64);
        var n = b.Broadcast(b.Size(real.Shape[real.Rank - 2], DType.Int64), half.Shape, []);
        var isOwn = b.Pointwise(Op.Or, b.Pointwise(Op.Equal, at, b.Zeros(at.Type)), b.Pointwise(Op.Equal, b.Add(at, at), n));
        return b.Where(isOwn, b.Full(1, half), b.Full(2, half));
    }

    // ---- Along the last axis ----

    private static Node Flip(Builder b, Node x)
    {
        var last = x.Rank - 1;
        return b.Slice(x, [.. x.Shape.Select((dim, i) => i == last ? dim - Dim.One : Dim.Zero)], x.Shape, [.. x.Shape.Select((_, i) => i == last ? -1 : 1)]);
    }

    /// <summary>The element before each, 0 before the first.</summary>
    private static Node Before(Builder b, Node x) => Shifted(b, x, Dim.One, Dim.Zero);

    /// <summary>The element after each, 0 after the last.</summary>
    private static Node After(Builder b, Node x) => Shifted(b, x, Dim.Zero, Dim.One);

    private static Node Shifted(Builder b, Node x, Dim to, Dim from)
    {
        var last = x.Rank - 1;
        ImmutableArray<Dim> At(Dim position) => [.. x.Shape.Select((_, i) => i == last ? position : Dim.Zero)];
        return b.Slice(b.Pad(x, x.Shape.SetItem(last, x.Shape[last] + Dim.One), At(to)), At(from), x.Shape);
    }

    // ---- Matrices ----

    private static (Node Row, Node Column) Places(Builder b, TensorType type) => (b.Iota(type.Shape, type.Rank - 2, DType.Int64), b.Iota(type.Shape, type.Rank - 1, DType.Int64));

    public static Node Identity(Builder b, TensorType type)
    {
        var (row, column) = Places(b, type);
        return b.Cast(b.Pointwise(Op.Equal, row, column), type.DType);
    }

    private static Node Triangle(Builder b, Node x, bool isUpper, bool isStrict)
    {
        var (row, column) = Places(b, x.Type);
        var op = isUpper ? isStrict ? Op.Less : Op.LessEqual : isStrict ? Op.Greater : Op.GreaterEqual;
        return b.Where(b.Pointwise(op, row, column), x, b.Zeros(x.Type));
    }

    /// <summary>L⁻¹ x.</summary>
    private static Node Lower(Builder b, Node l, Node x) => b.Call("TriangularSolve", x.Type, [l, x], [0, 0]);

    private static Node Rows(Builder b, Node x, Dim start, Dim count) =>
        b.Slice(x, [.. x.Shape.Select((_, i) => i == x.Rank - 2 ? start : Dim.Zero)], x.Shape.SetItem(x.Rank - 2, count));

    private static Node OnTop(Builder b, params ImmutableArray<Node> parts) => b.Concat(parts, parts[0].Rank - 2);

    private static Node Diagonal(Builder b, Node x) => b.Sum(b.Mul(x, Identity(b, x.Type)), [x.Rank - 2]);

    /// <summary>One row of numbers for the columns of a matrix, repeated.</summary>
    private static Node Columns(Builder b, Node row, ImmutableArray<Dim> shape) => b.Broadcast(row, shape, [.. Enumerable.Range(0, shape.Length - 2), shape.Length - 1]);

    /// <summary>One column of numbers for the rows of a matrix, repeated.</summary>
    private static Node RowsOf(Builder b, Node column, ImmutableArray<Dim> shape) => b.Broadcast(column, shape, [.. Enumerable.Range(0, shape.Length - 1)]);

    private static Node Row(Builder b, Node x) => b.Reshape(x, x.Shape.Insert(x.Rank - 1, Dim.One));

    /// <summary>1 / x, and 0 where x is 0: what repeats exactly does not mix.</summary>
    private static Node Reciprocal(Builder b, Node x)
    {
        var (zeros, one) = (b.Zeros(x.Type), b.Full(1, x.Type));
        var isZero = b.Pointwise(Op.Equal, x, zeros);
        return b.Where(isZero, zeros, b.Div(one, b.Where(isZero, one, x)));
    }

    private static Node Qr(Builder b, Node y, Node x, Node t)
    {
        Dim m = x.Shape[x.Rank - 2], n = x.Shape[x.Rank - 1];
        Node q = Rows(b, y, Dim.Zero, m), r = Rows(b, y, m, n);
        // dA R⁻¹ = dQ + Q dR R⁻¹; QᵀdQ is antisymmetric, dR R⁻¹ an upper triangle.
        var scaled = b.Transpose(b.Call("TriangularSolve", b.Transpose(t).Type, [b.Transpose(r), b.Transpose(t)], [0, 0]));
        var inside = b.Dot(b.Transpose(q), scaled);
        var below = Triangle(b, inside, isUpper: false, isStrict: true);
        var turn = b.Sub(below, b.Transpose(below));
        var dq = b.Add(b.Dot(q, b.Sub(turn, inside)), scaled);
        return OnTop(b, dq, b.Dot(b.Sub(inside, turn), r));
    }

    private static Node Eigh(Builder b, Node y, Node t)
    {
        var n = y.Shape[y.Rank - 1];
        Node w = Rows(b, y, Dim.Zero, Dim.One), v = Rows(b, y, Dim.One, n);
        var inside = b.Dot(b.Dot(b.Transpose(v), t), v);
        var values = b.Reshape(w, w.Shape.RemoveAt(w.Rank - 2));
        var gaps = b.Sub(Columns(b, values, inside.Shape), RowsOf(b, values, inside.Shape));
        return OnTop(b, Row(b, Diagonal(b, inside)), b.Dot(v, b.Mul(Reciprocal(b, gaps), inside)));
    }

    private static Node Svd(Builder b, Node y, Node x, Node t)
    {
        Dim m = x.Shape[x.Rank - 2], n = x.Shape[x.Rank - 1];
        Node top = Rows(b, y, Dim.Zero, Dim.One), u = Rows(b, y, Dim.One, m), v = Rows(b, y, m + Dim.One, n);
        var s = b.Reshape(top, top.Shape.RemoveAt(top.Rank - 2));
        var turned = b.Dot(t, v);
        var inside = b.Dot(b.Transpose(u), turned);
        Node columns = Columns(b, s, inside.Shape), rows = RowsOf(b, s, inside.Shape);
        var gaps = Reciprocal(b, b.Mul(b.Sub(columns, rows), b.Add(columns, rows)));
        var other = b.Transpose(inside);
        var du = b.Dot(u, b.Mul(gaps, b.Add(b.Mul(inside, columns), b.Mul(other, rows))));
        var dv = b.Dot(v, b.Mul(gaps, b.Add(b.Mul(inside, rows), b.Mul(other, columns))));
        // What points out of the span of U.
        var outside = b.Mul(b.Sub(turned, b.Dot(u, inside)), Columns(b, Reciprocal(b, s), turned.Shape));
        return OnTop(b, Row(b, Diagonal(b, inside)), b.Add(du, outside), dv);
    }

    /// <summary>[a e; 0 a].</summary>
    private static Node Blocks(Builder b, Node a, Node e)
    {
        Node above = b.Concat([a, e], a.Rank - 1), below = b.Concat([b.Zeros(a.Type), a], a.Rank - 1);
        return OnTop(b, above, below);
    }

    /// <summary>The upper right block.</summary>
    private static Node Corner(Builder b, Node x, TensorType type) => b.Slice(x, [.. type.Shape.Select((dim, i) => i == type.Rank - 1 ? dim : Dim.Zero)], type.Shape);
}
