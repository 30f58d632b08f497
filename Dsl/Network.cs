using System.ComponentModel;
using System.Globalization;

namespace Proxima;

/// <summary>The base of every class marked with <see cref="NetworkAttribute"/>: a tree of children with parameters.</summary>
/// <remarks>
/// Full names go down the tree: <c>first.Weight</c>, <c>blocks.0.Weight</c>. The children in an array keep each of their parameters in one
/// stacked tensor, named <c>blocks.*.Weight</c>, of shape [count, ...]; the parameter of child i is a view of row i.
/// </remarks>
public abstract class Network
{
    private ParameterTable? _table;
    private Network? _parent;

    /// <summary>Allocates the parameters of the whole tree and initialises them with seed 0.</summary>
    protected Network()
    {
        // Field initialisers of the derived class ran before this, so every child exists.
        ParameterAllocator.Run(this, floating: null);
        Draw(seed: 0);
    }

    /// <summary>Shows every parameter and child to the visitor, in declaration order. Written by the generator.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal abstract void Visit(NetworkVisitor visitor);

    /// <summary>Every parameter and buffer of the tree, in declaration order.</summary>
    public IReadOnlyList<Parameter> Parameters => Table.Parameters;

    /// <summary>The same memory as <see cref="Parameters"/>, with those of arrays of children as one tensor each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IReadOnlyList<Parameter> Stacks => Table.Stacks;

    /// <summary>How the fixed points that this instance searched for ended, by the names of their methods.</summary>
    public SolveLog Solves { get; } = new();

    internal ParameterTable Table => _table ??= ParameterTable.Of(this);

    /// <summary>Draws every parameter and buffer again. The same seed gives the same values on every target.</summary>
    public void Initialize(ulong seed)
    {
        Draw(seed);
        ParametersChanged();
    }

    private void Draw(ulong seed)
    {
        Parameter? before = null;
        foreach (var parameter in Table.Parameters)
        {
            var sibling = before != null && ClassOf(before.Name) == ClassOf(parameter.Name) ? before.Value : null;
            parameter.Initializer.Fill(parameter.Value, seed, parameter.Name, sibling);
            before = parameter;
        }

        static string ClassOf(string name) => name[..(name.LastIndexOf('.') + 1)];
    }

    /// <summary>The parameter with a full name, or the stack with a name such as <c>blocks.*.Weight</c>.</summary>
    /// <remarks>A stack below an empty array of children is an empty tensor of shape [0].</remarks>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Find(string fullName) => Table.Find(fullName).Value;

    /// <summary>Copies every value to the parameters of the same names in another network, whatever its target.</summary>
    /// <exception cref="ArgumentException">The other network has other names, shapes or element types; nothing is copied then.</exception>
    public void CopyTo(Network other)
    {
        var pairs = Match("CopyTo", from: this, to: other);
        foreach (var (source, destination) in pairs) destination.Value.CopyFrom(source.Value);
        other.ParametersChanged();
    }

    /// <summary>Converts every floating-point parameter and buffer to another floating-point type: the reference then computes in it.</summary>
    /// <exception cref="NotSupportedException">This target is compiled for Float32.</exception>
    public void To(DType dtype)
    {
        if (!dtype.IsFloating) throw new ArgumentException($"To: parameters are Float32 or Float64, not {dtype}.");
        RequireRoot("To");
        if (Parameters.All(parameter => !parameter.Value.DType.IsFloating || parameter.Value.DType == dtype)) return;
        OnConverting(dtype);
        ParameterAllocator.Run(this, dtype);
        ParametersChanged();
    }

    /// <summary>Makes every parameter and buffer of this network the very tensor of the same name in <paramref name="other"/>.</summary>
    /// <exception cref="ArgumentException">The other network has other names, shapes or element types; nothing is shared then.</exception>
    protected void ShareFrom(Network other)
    {
        RequireRoot("ShareFrom");
        Match("ShareFrom", from: other, to: this);
        Visit(new Binder(other.Table));
        ForgetTable();
        ParametersChanged();
    }

    /// <summary>Another instance of the same sizes, for the same target. Written by the generator, as <c>With</c> is.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual Network CreateTwin() => throw new NotSupportedException($"{GetType().Name} was not made by the generator: it has no With.");

    /// <summary>The network that this one is a twin of.</summary>
    internal Network? Original { get; private set; }

    /// <summary>A twin over the very tensors of this network, but for those given, and those of given networks in the places of children.</summary>
    /// <exception cref="ArgumentException">A tensor has another shape or element type than what it stands for.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected Network TwinWith(params ReadOnlySpan<(string Name, object? Value)> given)
    {
        var values = new Dictionary<string, object>();
        foreach (var (name, value) in given)
            if (value is not null) values.Add(name, value);
        var twin = CreateTwin();
        twin.Original = this;
        var giver = new Giver(Table, values);
        twin.Visit(giver);
        giver.RequireLengths();
        twin.ForgetTable();
        twin.ParametersChanged();
        return twin;
    }

    /// <summary>Called before <see cref="To"/> converts: a compiled target throws where it cannot compute in the type.</summary>
    protected virtual void OnConverting(DType dtype)
    {
    }

    /// <summary>Called after a method of <see cref="Network"/> changed parameter values or tensors, here or in a child; not after a user wrote into a span.</summary>
    /// <remarks>The first initialisation, inside the constructor, does not call it.</remarks>
    protected virtual void OnParametersChanged()
    {
    }

    private void ParametersChanged()
    {
        for (var network = this; network != null; network = network._parent) network.OnParametersChanged();
    }

    private void RequireRoot(string op)
    {
        if (_parent != null)
            throw new InvalidOperationException($"{op}: this {GetType().Name} is a child of {_parent.GetType().Name} and keeps its parameters there; call {op} on the outermost network.");
    }

    internal void Adopt(Network child, string name)
    {
        if (child._parent != null && child._parent != this || child == this)
            throw new InvalidOperationException($"The child '{name}' of {GetType().Name} already belongs to another network.");
        child._parent = this;
    }

    internal void ForgetTable() => _table = null;

    private static List<(Parameter From, Parameter To)> Match(string op, Network from, Network to)
    {
        var pairs = new List<(Parameter, Parameter)>();
        foreach (var source in from.Parameters)
        {
            if (to.Table.TryFind(source.Name) is not { } destination)
                throw new ArgumentException($"{op}: {to.GetType().Name} has no parameter '{source.Name}'.");
            if (source.Value.DType != destination.Value.DType || !source.Value.Shape.SequenceEqual(destination.Value.Shape))
                throw new ArgumentException($"{op}: '{source.Name}' is {source.Value.DType} {Shapes.Text(source.Value.Shape)} here and {destination.Value.DType} {Shapes.Text(destination.Value.Shape)} there.");
            pairs.Add((source, destination));
        }
        if (pairs.Count != to.Parameters.Count)
        {
            var extra = to.Parameters.First(parameter => from.Table.TryFind(parameter.Name) is null);
            throw new ArgumentException($"{op}: {from.GetType().Name} has no parameter '{extra.Name}'.");
        }
        return pairs;
    }

    /// <summary>Points the fields of a twin at what it was given, and at the tensors of its original.</summary>
    private sealed class Giver(ParameterTable original, Dictionary<string, object> given) : NamingVisitor
    {
        private readonly Dictionary<string, int> _elements = [];

        protected override void Enter(Network child, string name)
        {
            child.ForgetTable();
            if (name.Split('.') is [var array, _]) _elements[array] = _elements.GetValueOrDefault(array) + 1;
        }

        /// <summary>Fails where an array that was given is shorter or longer than the one that it stands for.</summary>
        public void RequireLengths()
        {
            foreach (var (name, value) in given)
                if (value is Network[] array && array.Length != _elements.GetValueOrDefault(name))
                    throw new ArgumentException($"With: '{name}' has {_elements.GetValueOrDefault(name)} elements, and {array.Length} are given.");
        }

        protected override void Parameter(in Place place, ref Tensor field)
        {
            var own = original.Find(place.Name).Value;
            field = Given(place.Name) ?? own;
            // Numbers of the declared type follow a network that was converted, as they do everywhere in the reference.
            if (given.ContainsKey(place.Name) && field.DType != own.DType && field.DType == place.DType && field.DType.IsFloating) field = field.To(own.DType);
            if (field.DType != own.DType || !field.Shape.SequenceEqual(own.Shape))
                throw new ArgumentException($"With: '{place.Name}' is {own.DType} {Shapes.Text(own.Shape)}, and the given tensor is {field.DType} {Shapes.Text(field.Shape)}.");
            // The elements of an array lie in one tensor, and those that are given do not.
            if (place.Counts.Length == 0 || given.GetValueOrDefault(place.Name[..place.Name.IndexOf('.')]) is not Network[] || (place.IsBuffer && ReferenceEquals(field, own))) return;
            var row = Row(place, field.DType);
            row.CopyFrom(field);
            field = row;
        }

        private Tensor? Given(string name)
        {
            if (given.TryGetValue(name, out var value)) return (Tensor)value;
            var dot = name.IndexOf('.');
            if (dot < 0 || !given.TryGetValue(name[..dot], out var child)) return null;
            name = name[(dot + 1)..];
            if (child is not Network[] array) return ((Network)child).Table.Find(name).Value;
            dot = name.IndexOf('.');
            return int.Parse(name[..dot], CultureInfo.InvariantCulture) is var i && i < array.Length ? array[i].Table.Find(name[(dot + 1)..]).Value : null;
        }
    }

    /// <summary>Points the fields of a tree at the tensors of another one.</summary>
    private sealed class Binder(ParameterTable source) : NamingVisitor
    {
        protected override void Enter(Network child, string name) => child.ForgetTable();

        protected override void Parameter(in Place place, ref Tensor field) => field = source.Find(place.Name).Value;
    }
}

/// <summary>What <see cref="Network.Visit"/> shows a network to.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NetworkVisitor
{
    /// <summary>A parameter or buffer.</summary>
    /// <param name="name">The name of the property.</param>
    /// <param name="field">The field behind it.</param>
    /// <param name="dtype">The declared element type.</param>
    /// <param name="initializer">How the values start.</param>
    /// <param name="shape">The sizes of this instance.</param>
    /// <param name="constraint">The set to stay in, if any.</param>
    /// <param name="isBuffer">Whether it is state that is not learned.</param>
    public abstract void Parameter(string name, ref Tensor field, DType dtype, Initializer initializer, int[] shape, IConstraint? constraint = null, bool isBuffer = false);

    /// <summary>A child network.</summary>
    public abstract void Child(string name, Network child);

    /// <summary>An array of child networks of one type and equal sizes.</summary>
    public abstract void Children(string name, IReadOnlyList<Network> children);
}

/// <summary>A named tensor that a network learns or keeps.</summary>
public sealed class Parameter
{
    internal Parameter(string name, Tensor value, Initializer initializer, IConstraint? constraint, bool isBuffer) =>
        (Name, Value, Initializer, Constraint, IsBuffer) = (name, value, initializer, constraint, isBuffer);

    /// <summary>The full name, such as <c>blocks.0.Weight</c>.</summary>
    public string Name { get; }

    /// <summary>The values.</summary>
    public Tensor Value { get; }

    /// <summary>The gradient in the most recently created <see cref="Gradients"/> of the network; null before there is one, and for buffers.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>The set that the values must stay in, if any.</summary>
    public IConstraint? Constraint { get; }

    /// <summary>Whether this is state that is not learned.</summary>
    public bool IsBuffer { get; }

    internal Initializer Initializer { get; }
}
