using System.Runtime.CompilerServices;
using Proxima.Runtime;

namespace Proxima.Training;

/// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
/// <remarks>The formulas of torch.optim.SGD; Nesterov's variant as in Sutskever et al., "On the importance of initialization and momentum in deep learning" (ICML 2013).</remarks>
public sealed class Sgd : Optimizer
{
    private readonly double _momentum, _weightDecay;
    private readonly bool _nesterov;
    private readonly Tensor[]? _velocities;

    /// <summary>An optimizer for all parameters of a network.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="momentum">The decay of the velocity, the sum of the gradients so far.</param>
    /// <param name="nesterov">Whether the step looks ahead along the velocity.</param>
    /// <param name="weightDecay">This multiple of the parameter is added to its gradient.</param>
    /// <param name="scale">The factor on the learning rate for each parameter, by full name; 0 freezes it. Null means 1 for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The momentum lies outside of [0, 1), or another number is negative or not finite.</exception>
    /// <exception cref="ArgumentException">Nesterov's variant without momentum.</exception>
    public Sgd(
        Network network, double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0, Func<string, double>? scale = null)
        : base(network, learningRate, scale)
    {
        Fraction(momentum, nameof(momentum));
        NotNegative(weightDecay, nameof(weightDecay));
        if (nesterov && momentum == 0)
            throw new ArgumentException("Nesterov's variant needs a momentum.", nameof(nesterov));
        (_momentum, _nesterov, _weightDecay) = (momentum, nesterov, weightDecay);
        _velocities = momentum > 0 ? State() : null;
    }

    private protected override unsafe void Update(Tensor value, Tensor gradient, int slot, double rate)
    {
        var velocity = _velocities?[slot];
        var count = checked((nint)value.Length);
        // The step is rate · (own · gradient + carried · velocity).
        var (own, carried) = velocity is null ? (1d, 0d) : _nesterov ? (1, _momentum) : (0, 1);
        if (value.DType == DType.Float32)
        {
            ElementwiseStep.Run(
                new Rule<float>
                {
                    Value = (float*)value.Pointer, Gradient = (float*)gradient.Pointer, Velocity = velocity is null ? null : (float*)velocity.Pointer,
                    Momentum = (float)_momentum, Own = (float)own, Carried = (float)carried, Rate = (float)rate, Decay = (float)_weightDecay,
                },
                count, 0f);
        }
        else
        {
            ElementwiseStep.Run(
                new Rule<double>
                {
                    Value = (double*)value.Pointer, Gradient = (double*)gradient.Pointer, Velocity = velocity is null ? null : (double*)velocity.Pointer,
                    Momentum = _momentum, Own = own, Carried = carried, Rate = rate, Decay = _weightDecay,
                },
                count, 0d);
        }
        GC.KeepAlive(value);
        GC.KeepAlive(gradient);
    }

    private protected override void Lengths(int slot, double rate, Tensor into) => into.Fill(rate);

    private unsafe struct Rule<T> : IRule<T>
        where T : unmanaged
    {
        public T* Value, Gradient, Velocity;
        public T Momentum, Own, Carried, Rate, Decay;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<V>(nint i) where V : unmanaged, ILane<V, T>
        {
            var value = V.Load(Value + i);
            var step = V.MultiplyAdd(V.Broadcast(Decay), value, V.Load(Gradient + i));
            if (Velocity != null)
            {
                var velocity = V.MultiplyAdd(V.Broadcast(Momentum), V.Load(Velocity + i), step);
                V.Store(Velocity + i, velocity);
                step = V.MultiplyAdd(V.Broadcast(Carried), velocity, V.Broadcast(Own) * step);
            }
            V.Store(Value + i, value - V.Broadcast(Rate) * step);
        }
    }
}
