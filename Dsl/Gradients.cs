using System.ComponentModel;

namespace Proxima;

/// <summary>A loss and its derivatives by every parameter of a network, in memory that is reused from step to step.</summary>
public sealed class Gradients
{
    private readonly Dictionary<Tensor, Tensor> _byParameter = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Tensor> _byName = [];
    private readonly ParameterTable _table;

    /// <summary>Allocates a gradient of zeros for each parameter, stacked as the parameters are. Buffers have none.</summary>
    public Gradients(Network network)
    {
        Network = network;
        _table = network.Table;
        var stacks = _table.Stacks.ConvertAll(stack => stack.IsBuffer ? null : Tensor.Zeros(stack.Value.Shape.ToArray(), stack.Value.DType));
        foreach (var (stack, gradient) in _table.Stacks.Zip(stacks)) Add(stack, gradient);
        foreach (var (parameter, (stack, row)) in _table.Parameters.Zip(_table.Rows))
        {
            if (parameter == _table.Stacks[stack]) continue;
            Add(parameter, stacks[stack]?.View(row * parameter.Value.Length, parameter.Value.Shape));
        }

        // The parameters of the network that this one is a twin of name them as well, and before all others.
        for (var original = network.Original; original is not null; original = original.Original)
            foreach (var parameter in original.Table.Parameters)
                if (_byName.TryGetValue(parameter.Name, out var gradient)) _byParameter[parameter.Value] = gradient;

        void Add(Parameter parameter, Tensor? gradient)
        {
            parameter.Gradient = gradient;
            if (gradient is null) return;
            _byName[parameter.Name] = gradient;
            _byParameter[parameter.Value] = gradient;
        }
    }

    /// <summary>The network whose parameters these are gradients of.</summary>
    public Network Network { get; }

    /// <summary>The value of the differentiated method: a scalar.</summary>
    public Tensor Value { get; set; } = Tensor.Zeros();

    /// <summary>The gradient of a parameter, given as the network's own tensor: <c>g[model.Encoder]</c>.</summary>
    /// <exception cref="KeyNotFoundException">The tensor is not a learned parameter of the network.</exception>
    public Tensor this[Tensor parameter] => _byParameter.TryGetValue(parameter, out var gradient)
        ? gradient
        : throw new KeyNotFoundException($"The tensor of shape {Shapes.Text(parameter.Shape)} is not a learned parameter of {Network.GetType().Name}.");

    /// <summary>The gradient of the parameter with a full name (<c>blocks.0.Weight</c>), or of a stack (<c>blocks.*.Weight</c>).</summary>
    /// <exception cref="KeyNotFoundException">There is no learned parameter of this name.</exception>
    public Tensor Of(string name) => _byName.TryGetValue(name, out var gradient) ? gradient
        : _table.IsBelowEmptyArray(name) ? Tensor.Zeros(0)
        : _table.TryFind(name) is { IsBuffer: true } ? throw new KeyNotFoundException($"'{name}' of {Network.GetType().Name} is a buffer and has no gradient.")
        : throw _table.NoParameter(name);

    /// <summary>Where generated code writes the gradient of a parameter or stack.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Destination(string name) => Of(name);
}
