namespace Proxima;

/// <summary>Walks the tree of a network and knows, for each parameter, its full name and its place in a stack.</summary>
internal abstract class NamingVisitor : NetworkVisitor
{
    private string _prefix = "";
    private string _stackPrefix = "";
    private int[] _counts = [];
    private int _row;

    /// <summary>Where a parameter lives and how it was declared.</summary>
    /// <param name="Name">The full name: <c>blocks.1.Weight</c>.</param>
    /// <param name="StackName">The name of its stack: <c>blocks.*.Weight</c>; the full name outside arrays.</param>
    /// <param name="Counts">The lengths of the arrays around it, outermost first.</param>
    /// <param name="Row">Its row-major position within these counts.</param>
    /// <param name="DType">The declared element type.</param>
    /// <param name="Initializer">How the values start.</param>
    /// <param name="Shape">The sizes of one row.</param>
    /// <param name="Constraint">The set to stay in, if any.</param>
    /// <param name="IsBuffer">Whether it is state that is not learned.</param>
    internal readonly record struct Place(
        string Name, string StackName, int[] Counts, int Row,
        DType DType, Initializer Initializer, int[] Shape, IConstraint? Constraint, bool IsBuffer)
    {
        public int[] StackShape => [.. Counts, .. Shape];
    }

    private readonly Dictionary<string, Tensor> _stacks = [];

    protected abstract void Parameter(in Place place, ref Tensor field);

    /// <summary>The row of a new stack, which the first of its rows makes.</summary>
    protected Tensor Row(in Place place, DType dtype)
    {
        if (!_stacks.TryGetValue(place.StackName, out var stack))
            _stacks[place.StackName] = stack = Tensor.Empty(dtype, place.StackShape);
        if (!stack.Shape.SequenceEqual(place.StackShape))
            throw new InvalidOperationException($"'{place.Name}' is {Shapes.Text(place.Shape)}, but the children in one array must have equal sizes: '{place.StackName}' is {Shapes.Text(stack.Shape)}.");
        return stack.View(place.Row * Shapes.Length(place.Shape), place.Shape);
    }

    protected virtual void Enter(Network child, string name)
    {
    }

    protected virtual void Leave(Network child)
    {
    }

    protected virtual void EmptyArray(string stackName)
    {
    }

    public sealed override void Parameter(string name, ref Tensor field, DType dtype, Initializer initializer, int[] shape, IConstraint? constraint, bool isBuffer) =>
        Parameter(new Place(_prefix + name, _stackPrefix + name, _counts, _row, dtype, initializer, shape, constraint, isBuffer), ref field);

    public sealed override void Child(string name, Network child) => Descend(name, name, child);

    public sealed override void Children(string name, IReadOnlyList<Network> children)
    {
        var (counts, row) = (_counts, _row);
        _counts = [.. counts, children.Count];
        for (var i = 0; i < children.Count; i++)
        {
            _row = checked(row * children.Count + i);
            Descend($"{name}.{i}", $"{name}.*", children[i]);
        }
        (_counts, _row) = (counts, row);
        if (children.Count == 0) EmptyArray($"{_stackPrefix}{name}.*");
    }

    private void Descend(string name, string stackName, Network child)
    {
        var (prefix, stackPrefix) = (_prefix, _stackPrefix);
        Enter(child, prefix + name);
        (_prefix, _stackPrefix) = ($"{prefix}{name}.", $"{stackPrefix}{stackName}.");
        child.Visit(this);
        (_prefix, _stackPrefix) = (prefix, stackPrefix);
        Leave(child);
    }
}

/// <summary>Gives every field of a tree its tensor: a row of its stack inside arrays of children, a tensor of its own elsewhere.</summary>
internal sealed class ParameterAllocator : NamingVisitor
{
    private readonly Stack<Network> _path = [];
    private readonly HashSet<Network> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly DType? _floating;

    private ParameterAllocator(DType? floating) => _floating = floating;

    /// <summary>Allocates what is missing or of the wrong type; values that exist are kept.</summary>
    /// <param name="root">The outermost network.</param>
    /// <param name="floating">The type of floating-point parameters; null means as declared.</param>
    public static void Run(Network root, DType? floating)
    {
        var allocator = new ParameterAllocator(floating);
        allocator._path.Push(root);
        root.ForgetTable();
        root.Visit(allocator);
    }

    protected override void Enter(Network child, string name)
    {
        if (!_seen.Add(child))
            throw new InvalidOperationException($"The child '{name}' is the same object as another child; each child needs an instance of its own.");
        _path.Peek().Adopt(child, name);
        _path.Push(child);
        child.ForgetTable();
    }

    protected override void Leave(Network child) => _path.Pop();

    protected override void Parameter(in Place place, ref Tensor field)
    {
        var dtype = place.DType.IsFloating && _floating is { } floating ? floating : place.DType;
        if (place.Counts.Length == 0 && field is not null && field.DType == dtype) return;
        var old = field;
        field = place.Counts.Length == 0 ? Tensor.Empty(dtype, place.Shape) : Row(place, dtype);
        if (old is not null) field.CopyFrom(old.To(dtype));
    }
}

/// <summary>The parameters of a network by name, one by one and as stacks.</summary>
internal sealed class ParameterTable
{
    private readonly Dictionary<string, Parameter> _byName = [];
    private readonly List<string> _empty = [];
    private readonly string _network;

    private ParameterTable(string network) => _network = network;

    /// <summary>Every parameter by itself.</summary>
    public List<Parameter> Parameters { get; } = [];

    /// <summary>Every stack, and every parameter outside arrays (then the same object as in <see cref="Parameters"/>).</summary>
    public List<Parameter> Stacks { get; } = [];

    /// <summary>The stack that each parameter is a row of, and which row.</summary>
    public List<(int Stack, int Row)> Rows { get; } = [];

    public static ParameterTable Of(Network network)
    {
        var table = new ParameterTable(network.GetType().Name);
        network.Visit(new Collector(table));
        return table;
    }

    public Parameter? TryFind(string name) => _byName.GetValueOrDefault(name);

    public Parameter Find(string name)
    {
        if (TryFind(name) is { } parameter) return parameter;
        if (IsBelowEmptyArray(name)) return new(name, Tensor.Zeros(0), Init.Zeros, null, isBuffer: false);
        throw NoParameter(name);
    }

    public bool IsBelowEmptyArray(string name) => _empty.Exists(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    public KeyNotFoundException NoParameter(string name) => new($"{_network} has no parameter '{name}'.");

    private sealed class Collector(ParameterTable table) : NamingVisitor
    {
        private readonly Dictionary<string, int> _stacks = [];

        protected override void EmptyArray(string stackName) => table._empty.Add(stackName + ".");

        protected override void Parameter(in Place place, ref Tensor field)
        {
            var parameter = new Parameter(place.Name, field, place.Initializer, place.Constraint, place.IsBuffer);
            table.Parameters.Add(parameter);
            table._byName.Add(place.Name, parameter);
            if (!_stacks.TryGetValue(place.StackName, out var index))
            {
                _stacks[place.StackName] = index = table.Stacks.Count;
                var stack = place.Counts.Length == 0 ? parameter
                    : new Parameter(place.StackName, StackOf(place, field), place.Initializer, place.Constraint, place.IsBuffer);
                table.Stacks.Add(stack);
                table._byName.TryAdd(place.StackName, stack);
            }
            CheckRow(place, table.Stacks[index].Value, field);
            table.Rows.Add((index, place.Row));
        }

        // The first row lies at the start of the stack, so the stack is found again without being stored anywhere.
        private static Tensor StackOf(in Place place, Tensor first) =>
            first.StackFromHere(place.StackShape) ?? throw Scattered(place);

        private static unsafe void CheckRow(in Place place, Tensor stack, Tensor row)
        {
            var offset = place.Row * Shapes.Length(place.Shape) * stack.DType.Size;
            if (row.DType != stack.DType || row.Pointer != (byte*)stack.Pointer + offset) throw Scattered(place);
        }

        private static InvalidOperationException Scattered(in Place place) =>
            new($"'{place.Name}' does not lie in its stack '{place.StackName}'.");
    }
}
