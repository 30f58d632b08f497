namespace Proxima.Training;

/// <summary>The proximal operator of a penalty R on a parameter: the least of <c>step R(p) + |p - value|²/2</c>.</summary>
/// <param name="value">The parameter after its step along the gradient.</param>
/// <param name="step">The length of that step.</param>
/// <param name="into">Takes the point; it is like the value.</param>
public delegate void ProximalOperator(Tensor value, float step, Tensor into);

/// <summary>The proximal operator of a penalty on each element of a parameter, with a step for each.</summary>
/// <param name="value">The parameter after its step along the gradient.</param>
/// <param name="steps">The length of that step for each element.</param>
/// <param name="into">Takes the point; it is like the value.</param>
public delegate void ElementwiseProximalOperator(Tensor value, Tensor steps, Tensor into);

/// <summary>Moves the parameters of a network along its gradients, step by step.</summary>
/// <remarks>
/// A step allocates nothing. Parameters with a penalty move to its proximal operator after each step, as in Duchi and Singer, "Efficient online and batch learning using forward backward splitting"
/// (JMLR 2009); those with a constraint are then projected onto it.
/// </remarks>
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

    /// <summary>Gives a parameter a penalty that is known by its proximal operator: one that is derived, such as <c>(w, step, into) => model.Shrink(w, step, into)</c>, or that of a function of the catalogue.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="prox">The operator; its step is the learning rate of the parameter. Null takes the penalty away.</param>
    /// <exception cref="ArgumentException">The optimizer does not train this tensor.</exception>
    public void Penalize(Tensor parameter, ProximalOperator? prox) => Find(parameter).Penalize(prox, null);

    /// <summary>
    /// Gives each element of a parameter a penalty, with the step that the element takes: of <see cref="Adam"/> that is another one for each, which makes it the operator in Adam's own metric
    /// (Yun, Lozano and Yang, "Adaptive proximal gradient methods for structured neural networks", NeurIPS 2021).
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="prox">The operator. Null takes the penalty away.</param>
    /// <exception cref="ArgumentException">The optimizer does not train this tensor.</exception>
    public void PenalizeElements(Tensor parameter, ElementwiseProximalOperator? prox) => Find(parameter).Penalize(null, prox);

    /// <summary>Changes the factors on the learning rate, as a schedule that trains layer after layer does; what the optimizer remembers of the gradients stays.</summary>
    /// <param name="scale">The factor for each parameter, by full name; 0 lets it rest.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative or not finite.</exception>
    public void Rescale(Func<string, double> scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        var factors = Array.ConvertAll(_slots, slot => scale(slot.Parameter.Name));
        foreach (var factor in factors) NotNegative(factor, nameof(scale));
        for (var i = 0; i < _slots.Length; i++) _slots[i].Scale = factors[i];
    }

    private ref Slot Find(Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        for (var i = 0; i < _slots.Length; i++)
            if (ReferenceEquals(_slots[i].Parameter.Value, parameter)) return ref _slots[i];
        throw new ArgumentException($"{GetType().Name}: this tensor is no parameter of {_network.GetType().Name} that is trained.", nameof(parameter));
    }

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
            if (slot.Scale > 0)
            {
                var (value, rate) = (slot.Parameter.Value, _learningRate * slot.Scale);
                Update(value, slot.Gradient!, i, rate);
                if (slot.Point is not null)
                {
                    if (slot.Lengths is not null) Lengths(i, rate, slot.Lengths);
                    slot.Move(value, (float)rate);
                }
                slot.Parameter.Constraint?.Project(value);
            }
            slot.Gradient = null;
        }
    }

    /// <summary>Moves one parameter.</summary>
    private protected abstract void Update(Tensor value, Tensor gradient, int slot, double rate);

    /// <summary>The factor that the last step of each element had on its direction.</summary>
    private protected abstract void Lengths(int slot, double rate, Tensor into);

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
        public double Scale = scale;
        public Tensor? Gradient;

        /// <summary>Where the operator of a penalty writes; null without one.</summary>
        public Tensor? Point;

        /// <summary>The steps of the elements, where their operator takes them.</summary>
        public Tensor? Lengths;

        private ProximalOperator? _prox;
        private ElementwiseProximalOperator? _elements;

        public void Penalize(ProximalOperator? prox, ElementwiseProximalOperator? elements)
        {
            Tensor Like(Tensor value) => Tensor.Zeros(value.Shape.ToArray(), value.DType);
            (_prox, _elements) = (prox, elements);
            Point = prox is null && elements is null ? null : Like(Parameter.Value);
            Lengths = elements is null ? null : Like(Parameter.Value);
        }

        public readonly void Move(Tensor value, float step)
        {
            _prox?.Invoke(value, step, Point!);
            _elements?.Invoke(value, Lengths!, Point!);
            value.CopyFrom(Point!);
        }
    }
}
