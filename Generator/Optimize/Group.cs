using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

internal enum GroupKind
{
    /// <summary>Elements of a space, perhaps each with a reduction over further axes.</summary>
    Elements,

    /// <summary>Rows of a space: reductions over the inner axes and what depends on them.</summary>
    Rows,

    /// <summary>A contraction and its epilogue.</summary>
    Gemm,

    /// <summary>Pad, Concat, UpdateAdd: stores into blocks.</summary>
    Blocks,

    /// <summary>A routine of the run-time library.</summary>
    Call,

    Loop,
}

/// <summary>Nodes that become one kernel.</summary>
internal sealed class Group
{
    public Group(GroupKind kind, int index, ImmutableArray<Axis> outer, ImmutableArray<Axis> inner)
    {
        (Kind, Index) = (kind, index);
        SetAxes(outer, inner);
    }

    public GroupKind Kind { get; private set; }

    /// <summary>Position in the order of execution.</summary>
    public int Index { get; }

    /// <summary>Elements, Gemm: every axis of the space. Rows: the axes of a row's index.</summary>
    public ImmutableArray<Axis> Outer { get; private set; }

    /// <summary>Elements: the reduced axes, if any. Rows: the axes within a row.</summary>
    public ImmutableArray<Axis> Inner { get; private set; }

    /// <summary>Every axis of the space.</summary>
    public IEnumerable<Axis> Axes => Outer.Concat(Inner);

    public List<Node> Roots { get; } = [];

    /// <summary>Everything in memory that the group reads.</summary>
    public HashSet<Node> Leaves { get; } = [];

    /// <summary>In which pass of a row a root is computed: even numbers loop over the row, odd ones are per row.</summary>
    public Dictionary<Node, int> Stages { get; } = [];

    /// <summary>False where the rows are not the trailing axes of a row-major space, or nothing may join.</summary>
    public bool IsOpen { get; init; } = true;

    /// <summary>Of a loop: the analysis of its body.</summary>
    public RegionPlan? Body { get; init; }

    public ImmutableArray<Dim> OuterShape { get; private set; }

    public ImmutableArray<Dim> InnerShape { get; private set; }

    public ImmutableArray<Dim> OuterIndex { get; private set; }

    public ImmutableArray<Dim> Space { get; private set; }

    public ImmutableArray<Dim> SpaceIndex { get; private set; }

    /// <summary>A map over [outer.. inner..] becomes rows of inner axes, so that reductions may join.</summary>
    public void BecomeRows(int outerRank)
    {
        Kind = GroupKind.Rows;
        SetAxes(Outer.RemoveRange(outerRank, Outer.Length - outerRank), Outer.RemoveRange(0, outerRank));
        foreach (var root in Roots) Stages[root] = 0;
    }

    // Shapes and indices are asked for at every read of every root.
    private void SetAxes(ImmutableArray<Axis> outer, ImmutableArray<Axis> inner)
    {
        (Outer, Inner) = (outer, inner);
        (OuterShape, InnerShape) = ([.. outer.Select(axis => axis.Size)], [.. inner.Select(axis => axis.Size)]);
        OuterIndex = [.. outer.Select(axis => axis.Index)];
        (Space, SpaceIndex) = (OuterShape.AddRange(InnerShape), OuterIndex.AddRange(inner.Select(axis => axis.Index)));
    }
}

/// <summary>The analysis of one region: which nodes are computed together, in which order.</summary>
internal sealed class RegionPlan(Region region)
{
    public Region Region { get; } = region;

    public List<Group> Groups { get; } = [];

    public Dictionary<Node, Group> GroupOf { get; } = [];

    /// <summary>Nodes that must be in memory whatever their group makes of them.</summary>
    public HashSet<Node> MustStore { get; } = [];

    /// <summary>Nodes that are computed as nodes of a group (all others are computed where they are used).</summary>
    public HashSet<Node> Roots { get; } = [];

    public Dictionary<Node, int> Uses { get; set; } = [];
}
