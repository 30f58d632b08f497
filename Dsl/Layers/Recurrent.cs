using static Proxima.Ops;

namespace Proxima;

/// <summary>A gated recurrent unit, with PyTorch's order of gates: reset, update, candidate (Cho et al. 2014).</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
[Network]
public partial class GruCell(int inputs, int hidden)
{
    /// <summary>The part of the gates that the input gives.</summary>
    [Parameter("3*hidden inputs")] public partial Tensor InputWeight { get; }

    /// <summary>What is added to it.</summary>
    [Parameter("3*hidden", Init = Init.Bias)] public partial Tensor InputBias { get; }

    /// <summary>The part of the gates that the state gives.</summary>
    [Parameter("3*hidden hidden")] public partial Tensor HiddenWeight { get; }

    /// <summary>What is added to it.</summary>
    [Parameter("3*hidden", Init = Init.Bias)] public partial Tensor HiddenBias { get; }

    /// <summary>The next state.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x, [Shape("b hidden")] Tensor h)
    {
        var fromInput = MatMul(x, Transpose(InputWeight)) + InputBias;
        var fromState = MatMul(h, Transpose(HiddenWeight)) + HiddenBias;
        var reset = Sigmoid(Gate(fromInput, 0) + Gate(fromState, 0));
        var update = Sigmoid(Gate(fromInput, 1) + Gate(fromState, 1));
        var candidate = Tanh(Gate(fromInput, 2) + reset * Gate(fromState, 2));
        return candidate + update * (h - candidate);
    }

    private Tensor Gate(Tensor gates, int index) => Slice(gates, 1, index * hidden, (index + 1) * hidden);
}

/// <summary>A unit of long short-term memory, with PyTorch's order of gates: input, forget, candidate, output (Hochreiter and Schmidhuber 1997).</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state and of the memory.</param>
[Network]
public partial class LstmCell(int inputs, int hidden)
{
    /// <summary>The part of the gates that the input gives.</summary>
    [Parameter("4*hidden inputs")] public partial Tensor InputWeight { get; }

    /// <summary>What is added to it.</summary>
    [Parameter("4*hidden", Init = Init.Bias)] public partial Tensor InputBias { get; }

    /// <summary>The part of the gates that the state gives.</summary>
    [Parameter("4*hidden hidden")] public partial Tensor HiddenWeight { get; }

    /// <summary>What is added to it.</summary>
    [Parameter("4*hidden", Init = Init.Bias)] public partial Tensor HiddenBias { get; }

    /// <summary>The next state and the next memory.</summary>
    [return: Shape("b hidden")]
    [return: Shape("b hidden")]
    public virtual (Tensor H, Tensor C) Forward([Shape("b inputs")] Tensor x, [Shape("b hidden")] Tensor h, [Shape("b hidden")] Tensor c)
    {
        var gates = MatMul(x, Transpose(InputWeight)) + InputBias + MatMul(h, Transpose(HiddenWeight)) + HiddenBias;
        var memory = Sigmoid(Gate(gates, 1)) * c + Sigmoid(Gate(gates, 0)) * Tanh(Gate(gates, 2));
        return (Sigmoid(Gate(gates, 3)) * Tanh(memory), memory);
    }

    private Tensor Gate(Tensor gates, int index) => Slice(gates, 1, index * hidden, (index + 1) * hidden);
}
