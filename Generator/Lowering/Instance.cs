using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>A network as one use sees it: the class itself or one of its children, with the values of its constructor parameters.</summary>
/// <param name="prefix">What the full names of its parameters start with: "", "first.", "blocks.*.".</param>
/// <param name="path">Its place in the declaration order.</param>
/// <param name="stack">The arrays of children around it, outermost first: how many elements, and which one this is.</param>
internal sealed class Instance(
    NetworkDeclaration declaration, string prefix, ImmutableArray<int> path, ImmutableArray<(Dim Count, Dim Index)> stack,
    IReadOnlyDictionary<string, Value> sizes)
{
    public NetworkDeclaration Declaration { get; } = declaration;

    public string Prefix { get; } = prefix;

    public ImmutableArray<int> Path { get; } = path;

    public ImmutableArray<(Dim Count, Dim Index)> Stack { get; } = stack;

    public IReadOnlyDictionary<string, Value> Sizes { get; } = sizes;

    /// <summary>The tensors and networks that With has given it in the places of parameters and children, by their names.</summary>
    public ImmutableDictionary<string, Value> Given { get; init; } = ImmutableDictionary<string, Value>.Empty;

    /// <summary>This network with others in the places of parameters and children.</summary>
    public Instance With(ImmutableDictionary<string, Value> given) => new(Declaration, Prefix, Path, Stack, Sizes) { Given = given };

    /// <summary>This network on the tensors of another one.</summary>
    public Instance On(Instance other) => new(Declaration, other.Prefix, other.Path, other.Stack, Sizes) { Given = other.Given };

    /// <summary>The same network seen from inside a function of its own: its parameters under their own names.</summary>
    public Instance AsRoot() => new(Declaration, "", [], [], Sizes);
}

/// <summary>A parameter or buffer that a function uses, and its place in the order of declarations.</summary>
internal sealed record WeightUse(FunctionArgument Argument, ImmutableArray<int> Path);

/// <summary>A function under construction: its outermost frame and the weights it has met.</summary>
internal sealed class Root
{
    public Frame Frame { get; } = new(null);

    public Dictionary<string, WeightUse> Weights { get; } = new(StringComparer.Ordinal);

    /// <summary>The values of the buffers that have been assigned, by full name; those of arrays of children as stacks.</summary>
    public ImmutableSortedDictionary<string, Value> State { get; set; } = ImmutableSortedDictionary.Create<string, Value>(StringComparer.Ordinal);

    /// <summary>Parameters before buffers, each in declaration order, children depth first.</summary>
    public IEnumerable<FunctionArgument> Arguments() =>
        Weights.Values.OrderBy(w => w.Argument.Kind).ThenBy(w => w.Path, PathOrder.Instance).Select(w => w.Argument);

    private sealed class PathOrder : IComparer<ImmutableArray<int>>
    {
        public static readonly PathOrder Instance = new();

        public int Compare(ImmutableArray<int> x, ImmutableArray<int> y)
        {
            for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
                if (x[i] != y[i]) return x[i].CompareTo(y[i]);
            return x.Length.CompareTo(y.Length);
        }
    }
}

/// <summary>The locals of a block; blocks nest.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Value> _locals = new(StringComparer.Ordinal);

    public Scope? Outer { get; } = outer;

    public Value? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._locals.TryGetValue(name, out var value)) return value;
        return null;
    }

    public IEnumerable<(string Name, Value Value)> Locals => _locals.Select(local => (local.Key, local.Value));

    public void Declare(string name, Value value) => _locals[name] = value;

    /// <summary>Assigns the innermost local of a name; false where there is none.</summary>
    public bool Assign(string name, Value value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (!scope._locals.ContainsKey(name)) continue;
            scope._locals[name] = value;
            return true;
        }
        return false;
    }
}

/// <summary>One call in progress.</summary>
/// <param name="site">Where the call is written; <see cref="Origin.None"/> for the compiled method itself.</param>
internal sealed class Activation(Instance instance, MethodDeclaration? method, Activation? caller, Origin site)
{
    public Instance Instance { get; } = instance;

    public MethodDeclaration? Method { get; } = method;

    public Activation? Caller { get; } = caller;

    public Origin Site { get; } = site;

    public Scope Scope { get; set; } = new(null);

    /// <summary>The sizes that the arguments of this call have bound.</summary>
    public Dictionary<string, Dim> Bound { get; } = new(StringComparer.Ordinal);

    /// <summary>What <c>...</c> stands for in this call.</summary>
    public ImmutableArray<Dim>? Leading { get; set; }

    /// <summary>How many loops and branches of this body are open: a return inside one has no meaning.</summary>
    public int Inside { get; set; }

    public Value? Returned { get; set; }

    public int Depth { get; } = (caller?.Depth ?? 0) + 1;
}
