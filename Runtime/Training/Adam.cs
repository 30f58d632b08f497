using System.Runtime.CompilerServices;
using Proxima.Runtime;

namespace Proxima.Training;

/// <summary>Adam: steps scaled by running averages of the gradient and of its square.</summary>
/// <remarks>Kingma and Ba, "Adam: A method for stochastic optimization" (ICLR 2015), with the formulas and defaults of torch.optim.Adam.</remarks>
public sealed class Adam : Optimizer
{
    private readonly double _beta1, _beta2, _epsilon, _weightDecay;
    private readonly Tensor[] _means, _squares;

    /// <summary>An optimizer for all parameters of a network.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">The decay of the gradient's average.</param>
    /// <param name="beta2">The decay of the squared gradient's average.</param>
    /// <param name="epsilon">Added to the denominator.</param>
    /// <param name="weightDecay">This multiple of the parameter is added to its gradient.</param>
    /// <param name="scale">The factor on the learning rate for each parameter, by full name; 0 freezes it. Null means 1 for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A decay outside of [0, 1), or another number that is negative or not finite.</exception>
    public Adam(
        Network network, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        Func<string, double>? scale = null)
        : base(network, learningRate, scale)
    {
        Fraction(beta1, nameof(beta1));
        Fraction(beta2, nameof(beta2));
        NotNegative(epsilon, nameof(epsilon));
        NotNegative(weightDecay, nameof(weightDecay));
        (_beta1, _beta2, _epsilon, _weightDecay) = (beta1, beta2, epsilon, weightDecay);
        (_means, _squares) = (State(), State());
    }

    private protected override unsafe void Update(Tensor value, Tensor gradient, int slot, double rate)
    {
        var step = rate / (1 - Math.Pow(_beta1, Steps));
        var root = 1 / Math.Sqrt(1 - Math.Pow(_beta2, Steps));
        var (mean, square) = (_means[slot], _squares[slot]);
        var count = checked((nint)value.Length);
        if (value.DType == DType.Float32)
        {
            ElementwiseStep.Run(
                new Rule<float>
                {
                    Value = (float*)value.Pointer, Gradient = (float*)gradient.Pointer, Mean = (float*)mean.Pointer, Square = (float*)square.Pointer,
                    Rest1 = (float)(1 - _beta1), Beta2 = (float)_beta2, Rest2 = (float)(1 - _beta2),
                    Step = (float)step, Root = (float)root, Epsilon = (float)_epsilon, Decay = (float)_weightDecay,
                },
                count, 0f);
        }
        else
        {
            ElementwiseStep.Run(
                new Rule<double>
                {
                    Value = (double*)value.Pointer, Gradient = (double*)gradient.Pointer, Mean = (double*)mean.Pointer, Square = (double*)square.Pointer,
                    Rest1 = 1 - _beta1, Beta2 = _beta2, Rest2 = 1 - _beta2,
                    Step = step, Root = root, Epsilon = _epsilon, Decay = _weightDecay,
                },
                count, 0d);
        }
        GC.KeepAlive(value);
        GC.KeepAlive(gradient);
    }

    private protected override void Lengths(int slot, double rate, Tensor into)
    {
        var root = 1 / Math.Sqrt(1 - Math.Pow(_beta2, Steps));
        if (into.DType == DType.Float32)
        {
            Span<float> squares = _squares[slot].AsSpan<float>(), lengths = into.AsSpan<float>();
            for (var i = 0; i < lengths.Length; i++) lengths[i] = (float)rate / (MathF.Sqrt(squares[i]) * (float)root + (float)_epsilon);
        }
        else
        {
            Span<double> squares = _squares[slot].AsSpan<double>(), lengths = into.AsSpan<double>();
            for (var i = 0; i < lengths.Length; i++) lengths[i] = rate / (Math.Sqrt(squares[i]) * root + _epsilon);
        }
    }

    private unsafe struct Rule<T> : IRule<T>
        where T : unmanaged
    {
        public T* Value, Gradient, Mean, Square;
        public T Rest1, Beta2, Rest2, Step, Root, Epsilon, Decay;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<V>(nint i) where V : unmanaged, ILane<V, T>
        {
            var value = V.Load(Value + i);
            var gradient = V.MultiplyAdd(V.Broadcast(Decay), value, V.Load(Gradient + i));
            var mean = V.Load(Mean + i);
            mean = V.MultiplyAdd(V.Broadcast(Rest1), gradient - mean, mean);
            var square = V.MultiplyAdd(V.Broadcast(Rest2) * gradient, gradient, V.Broadcast(Beta2) * V.Load(Square + i));
            V.Store(Mean + i, mean);
            V.Store(Square + i, square);
            var denominator = V.MultiplyAdd(V.Sqrt(square), V.Broadcast(Root), V.Broadcast(Epsilon));
            V.Store(Value + i, value - V.Broadcast(Step) * mean / denominator);
        }
    }
}
