using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>
/// Who reads each place of an axis, where an index along it is known the other way round too, as that of a graph is: further inputs of a Gather or a scatter, no part
/// of what it means. With them the sum at a place is over a range, and no two places meet.
/// </summary>
/// <param name="Order">Int64 [e]: the elements of the index in the order of the places that they hold; null where they have that order.</param>
/// <param name="Ranges">Int64 [n 2]: the part of the order that holds each place; null where the i-th of the order holds place i.</param>
internal readonly record struct Inverse(Node? Order, Node? Ranges)
{
    public bool IsNone => Order is null && Ranges is null;

    /// <summary>The inputs that a node has for it.</summary>
    public ImmutableArray<Node> Inputs => (Order, Ranges) switch
    {
        (null, null) => [],
        ({ } order, null) => [order],
        (null, { } ranges) => [ranges],
        var (order, ranges) => [order!, ranges!],
    };

    /// <summary>What a Gather or a scatter knows of its index, and what groups the rows of a grouped product.</summary>
    public static Inverse Of(Node node) => At(node.Inputs, node.Op is Op.Gather or Op.GroupedDot or Op.GroupedOuter ? 2 : 3);

    /// <summary>What inputs from a position on say.</summary>
    public static Inverse At(ImmutableArray<Node> inputs, int first)
    {
        Node? order = null, ranges = null;
        for (var i = first; i < inputs.Length; i++)
        {
            if (inputs[i].Rank == 1) order = inputs[i];
            else ranges = inputs[i];
        }
        return new(order, ranges);
    }

    public Inverse Select(Func<Node, Node> map) => new(Order is null ? null : map(Order), Ranges is null ? null : map(Ranges));
}
