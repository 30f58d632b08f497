using static Proxima.Ops;

namespace Proxima;

/// <summary>A multilayer perceptron: affine maps with ReLU between them.</summary>
/// <param name="inputs">The size of the last dimension before.</param>
/// <param name="hidden">The width of each hidden layer.</param>
/// <param name="outputs">The size of the last dimension after.</param>
/// <param name="depth">The number of hidden layers, at least 1.</param>
[Network]
public partial class Mlp(int inputs, int hidden, int outputs, int depth = 2)
{
    readonly Linear first = new(inputs, hidden);
    readonly Linear[] inner = Repeat(depth - 1, _ => new Linear(hidden, hidden));
    readonly Linear last = new(hidden, outputs);

    /// <summary>The output of the last affine map.</summary>
    [return: Shape("... outputs")]
    public virtual Tensor Forward([Shape("... inputs")] Tensor x)
    {
        var h = Relu(first.Forward(x));
        foreach (var layer in inner) h = Relu(layer.Forward(h));
        return last.Forward(h);
    }
}
