using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A network of ramps with offsets and a skip connection, its path norm and its Lipschitz constant, both derived.</summary>
/// <remarks>Gonon et al., "A path-norm toolkit for modern networks: consequences, promises and challenges" (ICLR 2024).</remarks>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The width of both hidden layers.</param>
/// <param name="outputs">The size of an output.</param>
[Network]
public partial class PathNetwork(int inputs, int hidden, int outputs)
{
    /// <summary>The first layer.</summary>
    [Parameter("inputs hidden", Init = Init.KaimingNormal)] public partial Tensor First { get; }

    /// <summary>Its offset.</summary>
    [Parameter("hidden", Init = 0.1)] public partial Tensor FirstOffset { get; }

    /// <summary>The second layer.</summary>
    [Parameter("hidden hidden", Init = Init.KaimingNormal)] public partial Tensor Second { get; }

    /// <summary>Its offset.</summary>
    [Parameter("hidden", Init = -0.1)] public partial Tensor SecondOffset { get; }

    /// <summary>The last layer.</summary>
    [Parameter("hidden outputs", Init = Init.XavierNormal)] public partial Tensor Last { get; }

    /// <summary>The outputs.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x)
    {
        var h = Relu(MatMul(x, First) + FirstOffset);
        return MatMul(Relu(MatMul(h, Second) + SecondOffset) + h, Last);
    }

    /// <summary>Which ramps are on.</summary>
    [return: Shape("b hidden"), Shape("b hidden")]
    public virtual (Tensor FirstOn, Tensor SecondOn) Activations([Shape("b inputs")] Tensor x)
    {
        var u = MatMul(x, First) + FirstOffset;
        var v = MatMul(Relu(u), Second) + SecondOffset;
        return ((u > 0).To(DType.Float32), (v > 0).To(DType.Float32));
    }

    /// <summary>The sum over the paths to each output of the sizes of the products of their weights, weighed by the input.</summary>
    [PathNorm(of: nameof(Forward))]
    public virtual partial Tensor Paths(Tensor x);

    /// <summary>A bound of how fast the outputs change, from the norms of the layers.</summary>
    [Lipschitz(of: nameof(Forward))]
    public virtual partial Tensor Speed(Tensor x);

    /// <summary>The path norm: over all paths, those from offsets too.</summary>
    [return: Shape("")]
    public virtual Tensor PathSum() => Sum(Paths(Ones(1, inputs)));

    /// <summary>The classification loss, with a penalty on the logarithm of the path norm.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor label, [Shape("")] Tensor penalty) =>
        CrossEntropy(Forward(x), label) + penalty * Log(PathSum());

    /// <summary>The gradient of <see cref="Loss"/>: through the path norm.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label, Tensor penalty);
}

/// <summary>Layers of ramps without offsets, with one output.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The width of both hidden layers.</param>
[Network]
public partial class LayeredNetwork(int inputs, int hidden)
{
    /// <summary>The first layer.</summary>
    [Parameter("inputs hidden", Init = Init.Normal)] public partial Tensor First { get; }

    /// <summary>The second layer.</summary>
    [Parameter("hidden hidden", Init = Init.Normal)] public partial Tensor Second { get; }

    /// <summary>The last layer.</summary>
    [Parameter("hidden", Init = Init.Normal)] public partial Tensor Last { get; }

    /// <summary>The output.</summary>
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => MatMul(Relu(MatMul(Relu(MatMul(x, First)), Second)), Last);

    /// <summary>The sum over its paths.</summary>
    [PathNorm(of: nameof(Forward))]
    public virtual partial Tensor Paths(Tensor x);
}
