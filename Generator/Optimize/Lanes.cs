using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>Whether a kernel can run many adjacent elements at once, and in which element type.</summary>
internal static class Lanes
{
    /// <summary>The element type of the lanes, or null where the kernel must run element by element.</summary>
    public static DType? Of(IEnumerable<Statement> statements, string axis) =>
        statements.All(statement => IsAdjacent(statement, axis)) ? ElementOf(statements) : null;

    /// <summary>The one floating-point type of all numbers, or null where there are several types, or positions of maxima.</summary>
    public static DType? ElementOf(IEnumerable<Statement> statements)
    {
        DType? type = null;
        foreach (var statement in statements)
        {
            if (statement is ReduceStatement { Reduction: Op.ArgMax } || statement.Value.DType == DType.Bool) return null;
            if (statement is StoreStatement store && !Unify(ref type, store.Target.Buffer.DType)) return null;
            foreach (var expr in Exprs.Order(statement.Roots).Where(e => !e.IsScalar))
            {
                // Masks stay in registers.
                var isMask = expr.DType == DType.Bool && expr.Kind is not (ExprKind.Load or ExprKind.Index);
                if (!isMask && !Unify(ref type, expr.DType)) return null;
            }
            // Counts are drawn one by one.
            if (Exprs.Order(statement.Roots).Any(expr => expr.Op == Op.RandomPoisson)) return null;
        }
        return type;
    }

    private static bool IsAdjacent(Statement statement, string axis)
    {
        var order = Exprs.Order(statement.Roots);
        // Random numbers of adjacent elements, and comparisons of their positions with something else, need to know where these start.
        var starts = new HashSet<Expr>(order.SelectMany(PositionsOf).Where(index => index.Kind == ExprKind.Index && IsStep(index.Index, axis, 1)));
        return (statement is not StoreStatement store || IsStep(store.Target.Offset, axis, 1))
            && order.All(expr => expr.IsScalar ? !expr.DependsOn(axis) || starts.Contains(expr) : expr.Kind switch
            {
                ExprKind.Load => IsStep(expr.Access!.Offset, axis, 0) && expr.Access.Guards.All(guard => IsStep(guard.At, axis, 0))
                    || IsStep(expr.Access.Offset, axis, 1) && expr.Access.Guards.All(guard => IsStep(guard.At, axis, 0) || IsStep(guard.At, axis, 1)) && expr.Access.Guards.Count(guard => guard.At.Mentions(axis)) <= 1,
                ExprKind.Index => IsStep(expr.Index, axis, 0) || IsStep(expr.Index, axis, 1),
                _ => true,
            });
    }

    private static IEnumerable<Expr> PositionsOf(Expr expr)
    {
        if (expr.Kind != ExprKind.Operation || expr.IsScalar) return [];
        if (expr.Op is Op.RandomUniform or Op.RandomNormal) return [expr.Inputs[1]];
        return expr.Op is >= Op.Equal and <= Op.GreaterEqual && expr.Inputs[0].IsScalar ? expr.Inputs : [];
    }

    private static bool Unify(ref DType? type, DType next)
    {
        if (next is not (DType.Float32 or DType.Float64)) return false;
        type ??= next;
        return type == next;
    }

    private static bool IsStep(Dim position, string axis, long step) => position.LinearIn(axis) is ({ } stride, _) && stride.Constant == step;

    /// <summary>All values of an epilogue have the product's element type (masks stay in registers).</summary>
    public static bool AreUniform(Node root, Func<Node, bool> isLeaf, Func<Node, Node> resolve, DType dtype)
    {
        var stack = new Stack<Node>();
        stack.Push(root);
        var first = true;
        while (stack.Count > 0)
        {
            var node = resolve(stack.Pop());
            var isMask = node.Type.DType == DType.Bool && !isLeaf(node) && node.Op != Op.Full;
            if (node.Type.DType != dtype && !isMask && !(node.Op == Op.Iota && !first)) return false;
            if (!first && isLeaf(node)) continue;
            first = false;
            // A position is a number beside the lanes, and so is what sizes tell.
            if (node.Op == Op.Cast && Emission.IsOfSizes(node.Inputs[0])) continue;
            foreach (var input in node.Op == Op.Gather ? node.Inputs.Take(1) : node.Inputs) stack.Push(input);
        }
        return true;
    }
}
