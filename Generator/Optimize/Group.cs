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
internal sealed class Group(GroupKind kind, int index, ImmutableArray<Axis> outer, ImmutableArray<Axis> inner)
{
    public GroupKind Kind { get; private set; } = kind;

    /// <summary>Position in the order of execution.</summary>
    public int Index { get; } = index;

    /// <summary>Elements, Gemm: every axis of the space. Rows: the axes of a row's index.</summary>
    public ImmutableArray<Axis> Outer { get; private set; } = outer;

    /// <summary>Elements: the reduced axes, if any. Rows: the axes within a row.</summary>
    public ImmutableArray<Axis> Inner { get; private set; } = inner;

    public List<Node> Roots { get; } = [];

    /// <summary>Everything in memory that the group reads.</summary>
    public HashSet<Node> Leaves { get; } = [];

    /// <summary>In which pass of a row a root is computed: even numbers loop over the row, odd ones are per row.</summary>
    public Dictionary<Node, int> Stages { get; } = [];

    /// <summary>False where the rows are not the trailing axes of a row-major space, or nothing may join.</summary>
    public bool IsOpen { get; init; } = true;

    /// <summary>Of a loop: the analysis of its body.</summary>
    public RegionPlan? Body { get; init; }

    public ImmutableArray<Dim> OuterShape => [.. Outer.Select(axis => axis.Size)];

    public ImmutableArray<Dim> InnerShape => [.. Inner.Select(axis => axis.Size)];

    public ImmutableArray<Dim> OuterIndex => [.. Outer.Select(axis => axis.Index)];

    public ImmutableArray<Dim> InnerIndex => [.. Inner.Select(axis => axis.Index)];

    public ImmutableArray<Dim> Space => OuterShape.AddRange(InnerShape);

    public ImmutableArray<Dim> SpaceIndex => OuterIndex.AddRange(InnerIndex);

    /// <summary>A map over [outer.. inner..] becomes rows of inner axes, so that reductions may join.</summary>
    public void BecomeRows(int outerRank)
    {
        Kind = GroupKind.Rows;
        Inner = Outer.RemoveRange(0, outerRank);
        Outer = Outer.RemoveRange(outerRank, Outer.Length - outerRank);
        foreach (var root in Roots) Stages[root] = 0;
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
