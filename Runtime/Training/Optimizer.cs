namespace Proxima.Training;

/// <summary>Moves the parameters of a network along its gradients, step by step.</summary>
/// <remarks>A step allocates nothing. Parameters with a constraint are projected onto it after each step.</remarks>
public abstract class Optimizer
{
    private readonly Network _network;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Slot[] _slots;
    private double _learningRate;

    /// <param name="network">The network to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="scale">The factor on the learning rate for each parameter, by full name; 0 freezes it. Null means 1 for all.</param>
    private protected Optimizer(Network network, double learningRate, Func<string, double>? scale)
    {
        ArgumentNullException.ThrowIfNull(network);
        LearningRate = learningRate;
        _network = network;
        _parameters = network.Parameters;
        var slots = new List<Slot>();
        foreach (var parameter in _parameters)
        {
            if (parameter.IsBuffer || !parameter.Value.DType.IsFloating)
                continue;
            var factor = scale?.Invoke(parameter.Name) ?? 1;
            NotNegative(factor, nameof(scale));
            if (factor > 0)
                slots.Add(new(parameter, factor));
        }
        _slots = [.. slots];
    }

    /// <summary>The step size; may change between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double LearningRate
    {
        get => _learningRate;
        set
        {
            NotNegative(value, nameof(LearningRate));
            _learningRate = value;
        }
    }

    /// <summary>The number of steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">The derivatives by this network's parameters.</param>
    /// <exception cref="KeyNotFoundException">The gradients are those of other parameters; nothing has changed then.</exception>
    /// <exception cref="InvalidOperationException">The network was converted to another element type since the optimizer was made.</exception>
    public void Step(Gradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (!ReferenceEquals(_network.Parameters, _parameters))
            throw new InvalidOperationException($"{GetType().Name}: the parameters of {_network.GetType().Name} were replaced; make a new optimizer.");
        for (var i = 0; i < _slots.Length; i++)
            _slots[i].Gradient = gradients[_slots[i].Parameter.Value];
        Steps++;
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[i];
            Update(slot.Parameter.Value, slot.Gradient!, i, _learningRate * slot.Scale);
            slot.Parameter.Constraint?.Project(slot.Parameter.Value);
            slot.Gradient = null;
        }
    }

    /// <summary>Moves one parameter.</summary>
    private protected abstract void Update(Tensor value, Tensor gradient, int slot, double rate);

    /// <summary>A tensor of zeros like each trained parameter.</summary>
    private protected Tensor[] State() => Array.ConvertAll(_slots, slot => Tensor.Zeros(slot.Parameter.Value.Shape.ToArray(), slot.Parameter.Value.DType));

    private protected static void NotNegative(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");
    }

    private protected static void Fraction(double value, string name)
    {
        if (!(value >= 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in [0, 1).");
    }

    private struct Slot(Parameter parameter, double scale)
    {
        public readonly Parameter Parameter = parameter;
        public readonly double Scale = scale;
        public Tensor? Gradient;
    }
}
