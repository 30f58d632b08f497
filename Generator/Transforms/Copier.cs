using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Copies nodes into the region that <paramref name="builder"/> makes, loop bodies included, through its folding and sharing.
/// Passes derive from it and change what happens to one node or one loop.
/// </summary>
/// <param name="sizes">What to replace in every size; null changes none.</param>
/// <param name="names">Renames the counters of copied loops where the originals stay; null keeps them.</param>
internal class Copier(Builder builder, Func<string, Dim?>? sizes = null, CounterNames? names = null)
{
    private readonly Dictionary<Node, Node> _copies = [];
    private readonly Dictionary<Node, ImmutableArray<Node>> _loops = [];

    protected Builder Builder { get; } = builder;

    /// <summary>Declares what a node becomes; nothing beneath it is copied.</summary>
    public void Map(Node from, Node to) => _copies[from] = to;

    public ImmutableArray<Node> Copy(IEnumerable<Node> nodes) => [.. nodes.Select(Copy)];

    public Node Copy(Node root)
    {
        // An explicit stack, as in Region.Order; -1 marks a node whose turn has not come.
        var stack = new Stack<(Node Node, int Next)>();
        stack.Push((root, -1));
        while (stack.Count > 0)
        {
            var (node, next) = stack.Pop();
            if (next < 0)
            {
                if (IsDone(node)) continue;
                if (Intercept(node) is { } given)
                {
                    _copies[node] = given;
                    continue;
                }
                next = 0;
            }
            while (next < node.Inputs.Length && (IsDone(node.Inputs[next]) || !NeedsInput(node, next))) next++;
            if (next < node.Inputs.Length)
            {
                stack.Push((node, next));
                stack.Push((node.Inputs[next], -1));
                continue;
            }
            if (node.Op == Op.Result)
            {
                var result = _loops[node.Inputs[0]][node.Ints[0]];
                result.Name ??= node.Name;
                _copies[node] = result;
                continue;
            }
            var saved = Builder.Source;
            Builder.Source = node.Source ?? saved;
            if (node.Op == Op.Loop) _loops[node] = CopyLoop(node, i => _copies[node.Inputs[i]]);
            else _copies[node] = Rewrite(node, [.. node.Inputs.Select(input => _copies[input])]);
            Builder.Source = saved;
        }
        return _copies[root];
    }

    private bool IsDone(Node node) => node.Op == Op.Loop ? _loops.ContainsKey(node) : _copies.ContainsKey(node);

    /// <summary>What a node becomes without a look at its inputs; null copies it.</summary>
    protected virtual Node? Intercept(Node node) => null;

    /// <summary>Is the input copied? A pass that drops an input of a loop says no.</summary>
    protected virtual bool NeedsInput(Node node, int input) => true;

    /// <summary>The copy of a node (no loop) over copied inputs.</summary>
    protected virtual Node Rewrite(Node node, ImmutableArray<Node> inputs)
    {
        if (node.Op == Op.Parameter) throw new InvalidOperationException($"the parameter {node.Text} belongs to another region");
        if (node.Rule is { } rule)
            return new(node.Op, Substitute(node.Type), inputs, source: Builder.Source, rule: CopyRule(rule)) { Name = node.Name };
        return Builder.Rebuild(node, inputs, Substitute(node.Type), Substitute(node.Dims));
    }

    /// <summary>The results of a loop's copy, one for each result of the loop.</summary>
    protected virtual ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input) =>
        Builder.Loop(CopyInfo(node.Loop!), [.. Enumerable.Range(0, node.Inputs.Length).Select(input)]);

    /// <summary>A copier of the same kind for a loop's body.</summary>
    protected virtual Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new(body, bodySizes, names);

    /// <summary>A loop over a body of its own, counters too.</summary>
    public static LoopInfo Fresh(LoopInfo loop, CounterNames names) => new Copier(new Builder(), null, names).CopyInfo(loop);

    /// <summary>The loop over a copied body.</summary>
    protected LoopInfo CopyInfo(LoopInfo loop)
    {
        var trips = Substitute(loop.Trips);
        var counter = names?.Fresh(loop.Counter) ?? loop.Counter;
        var counterDim = Dim.Counter(counter, trips);
        var isSame = sizes is null && names is null;
        return loop with { Counter = counter, Trips = trips, Body = CopyBody(loop.Body, isSame ? null : name => name == loop.Counter ? counterDim : sizes?.Invoke(name)) };
    }

    private RuleInfo CopyRule(RuleInfo rule) =>
        rule with { Value = rule.Value is { } value ? CopyBody(value, sizes) : null, Body = CopyBody(rule.Body, sizes) };

    /// <summary>A copy of a closed region, for a second place in the same function.</summary>
    public Region Copy(Region region) => CopyBody(region, sizes);

    private Region CopyBody(Region region, Func<string, Dim?>? bodySizes)
    {
        var body = Nested(new Builder(), bodySizes);
        var parameters = region.Parameters.Select(p => CopyParameter(body, p)).ToImmutableArray();
        return new Region(parameters, body.Copy(region.Results));
    }

    private static Node CopyParameter(Copier body, Node parameter)
    {
        var copy = body.Builder.Parameter(parameter.Text, body.Substitute(parameter.Type));
        copy.Name = parameter.Name;
        body.Map(parameter, copy);
        return copy;
    }

    /// <summary>A parameter of the region that is being made.</summary>
    public Node NewParameter(TensorType type, string? name) => Builder.Parameter(name ?? "", type);

    /// <summary>A fresh parameter that stands for <paramref name="parameter"/>.</summary>
    public Node CopyParameter(Node parameter) => CopyParameter(this, parameter);

    public Dim Substitute(Dim dim) => sizes is null ? dim : dim.Substitute(sizes);

    public ImmutableArray<Dim> Substitute(ImmutableArray<Dim> dims) => sizes is null || dims.Length == 0 ? dims : [.. dims.Select(Substitute)];

    public TensorType Substitute(TensorType type) => sizes is null ? type : type.With(Substitute(type.Shape));

    /// <summary>A copy of a function by this copier: fresh parameters, same everything else.</summary>
    public Function Copy(Function function)
    {
        var arguments = function.Arguments.Select(a => a with { Node = CopyParameter(a.Node) }).ToImmutableArray();
        return function with { Arguments = arguments, Results = Copy(function.Results.Items) };
    }
}
