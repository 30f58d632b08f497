using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>
/// A closed region under construction: the whole function, or the body of a loop. A value of an outer frame that is used inside becomes a capture:
/// a parameter of this region, made once.
/// </summary>
internal sealed class Frame(Frame? parent)
{
    private readonly Dictionary<Node, Node> _imported = [];
    private readonly ImmutableArray<Node>.Builder _outer = ImmutableArray.CreateBuilder<Node>();
    private readonly ImmutableArray<Node>.Builder _inner = ImmutableArray.CreateBuilder<Node>();

    public Builder Builder { get; } = new();

    public Frame? Parent { get; } = parent;

    /// <summary>The captured nodes of the parent frame, in order of first use.</summary>
    public ImmutableArray<Node> Outer => _outer.ToImmutable();

    /// <summary>The parameters that stand for <see cref="Outer"/>.</summary>
    public ImmutableArray<Node> Inner => _inner.ToImmutable();

    /// <summary>A node of this frame with the value of a node of <paramref name="home"/>, which is this frame or encloses it.</summary>
    public Node Import(Node node, Frame home)
    {
        if (home == this) return node;
        if (_imported.TryGetValue(node, out var inner)) return inner;
        if (IsConstant(node))
        {
            // What needs no argument is made again: a constant is no reason for a capture.
            inner = Builder.Rebuild(node, [.. node.Inputs.Select(input => Import(input, home))]);
        }
        else
        {
            if (Parent is null) throw new InvalidOperationException("a value is used outside the function that computes it");
            var outer = Parent.Import(node, home);
            inner = Builder.Parameter(outer.Name ?? "", outer.Type);
            inner.Name = outer.Name;
            _outer.Add(outer);
            _inner.Add(inner);
        }
        _imported.Add(node, inner);
        return inner;
    }

    /// <summary>The node of the outermost frame that has all the elements of a node and no others; null where this frame computes them.</summary>
    public Node? Outermost(Node node)
    {
        while (node.Op is Op.Reshape or Op.Permute or Op.Broadcast) node = node.Inputs[0];
        if (Parent is null) return node;
        var captured = _inner.IndexOf(node);
        return captured >= 0 ? Parent.Outermost(_outer[captured]) : null;
    }

    /// <summary>True for sources of attributes only and for host arithmetic on them.</summary>
    public static bool IsConstant(Node node) =>
        node.Op is Op.Full or Op.Size or Op.Number or Op.Iota
        || (node.Rank == 0 && node.Op is not (Op.Parameter or Op.Result or Op.Loop) && node.Inputs.Length > 0
            && node.Inputs.All(input => input.Rank == 0 && IsConstant(input)));
}
