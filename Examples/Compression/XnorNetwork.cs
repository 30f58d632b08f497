using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A block of XNOR-Net: normalisation, activation, convolution. Which of weights and inputs are signs is a choice of the constructor.</summary>
/// <param name="inputs">The number of channels before.</param>
/// <param name="outputs">The number of channels after.</param>
/// <param name="binaryWeights">Whether weights are signs, with the best scale for each output.</param>
/// <param name="binaryInputs">Whether the inputs of the convolution are signs too.</param>
/// <param name="scaled">Whether signs are scaled at all.</param>
[Network]
public partial class XnorBlock(int inputs, int outputs, bool binaryWeights, bool binaryInputs, bool scaled)
{
    /// <summary>The scale of the normalised channels.</summary>
    [Parameter("inputs", Init = Init.Ones)] public partial Tensor Gain { get; }

    /// <summary>The shift of the normalised channels.</summary>
    [Parameter("inputs", Init = Init.Zeros)] public partial Tensor Shift { get; }

    /// <summary>The kernels, of which signs are taken.</summary>
    [Parameter("outputs inputs 3 3", Init = Init.KaimingUniform)] public partial Tensor Weight { get; }

    /// <summary>Signs, whose derivative is estimated by that of the clamped value.</summary>
    [TensorFunction]
    static Tensor Signs(Tensor x) => StraightThrough(Binarize(x), Clamp(x, -1, 1));

    /// <summary>The convolved images.</summary>
    [return: Shape("b outputs h w")]
    public virtual Tensor Forward([Shape("b inputs h w")] Tensor x)
    {
        var normal = BatchNorm(x, weight: Gain, bias: Shift);
        if (!binaryWeights) return Conv2d(Relu(normal), Weight, padding: 1);
        var scale = Reshape(Mean(Abs(Weight), [1, 2, 3]), outputs, 1, 1);
        if (!binaryInputs) return Conv2d(Relu(normal), Signs(Weight), padding: 1) * scale;
        // Both operands are signs: compiled code multiplies bits.
        var product = Conv2d(Signs(normal), Signs(Weight), padding: 1);
        if (!scaled) return product;
        return product * scale * AvgPool2d(Mean(Abs(normal), 1, keepDim: true), kernel: 3, stride: 1, padding: 1);
    }
}

/// <summary>A classifier of small images with two blocks of XNOR-Net between a first and a last layer of real numbers, as in the paper.</summary>
/// <param name="channels">The number of channels.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="binaryWeights">Whether the blocks' weights are signs.</param>
/// <param name="binaryInputs">Whether the blocks' inputs are signs too.</param>
/// <param name="scaled">Whether signs are scaled.</param>
[Network]
public partial class XnorNetwork(int channels, int classes, bool binaryWeights, bool binaryInputs, bool scaled = true)
{
    readonly Conv2d first = new(1, channels, kernel: 3, stride: 2, padding: 1);
    readonly XnorBlock second = new(channels, channels, binaryWeights, binaryInputs, scaled);
    readonly XnorBlock third = new(channels, channels, binaryWeights, binaryInputs, scaled);
    readonly Linear last = new(16 * channels, classes);

    /// <summary>The scores of the classes.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Forward([Shape("b 16 16")] Tensor x)
    {
        var h = MaxPool2d(second.Forward(first.Forward(Unsqueeze(x, 1))), kernel: 2);
        return last.Forward(Reshape(Relu(third.Forward(h)), x.Dim(0), 16 * channels));
    }

    /// <summary>The cross-entropy.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 16 16")] Tensor x, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(Forward(x), label);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label);
}

/// <summary>What XNOR-Net says of signs, as methods to check.</summary>
[Network]
public partial class SignAlgebra
{
    /// <summary>The best scaled signs of a vector: B = sign w and a = |w|₁ / n.</summary>
    [return: Shape("n")]
    [return: Shape("")]
    public virtual (Tensor Signs, Tensor Scale) Approximation([Shape("n")] Tensor w) => (Binarize(w), Mean(Abs(w)));

    /// <summary>The product of signs; compiled code packs them into bits.</summary>
    [return: Shape("m n")]
    public virtual Tensor Product([Shape("m k")] Tensor x, [Shape("n k")] Tensor w) => MatMul(Binarize(x), Transpose(Binarize(w)));

    /// <summary>An ordinary product.</summary>
    [return: Shape("m n")]
    public virtual Tensor Multiply([Shape("m k")] Tensor x, [Shape("n k")] Tensor w) => MatMul(x, Transpose(w));

    /// <summary>The signs of weights as bits: 64 of them in a word.</summary>
    [return: Shape("n (k+63)/64", DType.Int64)]
    public virtual Tensor Pack([Shape("n k")] Tensor w) => PackBits(w < 0);

    /// <summary>The product of signs with packed weights.</summary>
    [return: Shape("m n")]
    public virtual Tensor PackedProduct([Shape("m k")] Tensor x, [Shape("n (k+63)/64", DType.Int64)] Tensor words) =>
        MatMul(Binarize(x), Transpose(Where(UnpackBits(words, x.Dim(1)), -1f, 1f)));

    /// <summary>The sign after a normalisation.</summary>
    [return: Shape("b n")]
    public virtual Tensor SignOfNormal([Shape("b n")] Tensor x, [Shape("n")] Tensor mean, [Shape("n")] Tensor variance, [Shape("n")] Tensor gain, [Shape("n")] Tensor shift) =>
        Binarize(BatchNorm(x, mean, variance, gain, shift));

    /// <summary>The same as a comparison with one number for each channel.</summary>
    [return: Shape("b n")]
    public virtual Tensor Comparison([Shape("b n")] Tensor x, [Shape("n")] Tensor mean, [Shape("n")] Tensor variance, [Shape("n")] Tensor gain, [Shape("n")] Tensor shift)
    {
        var threshold = mean - shift * Sqrt(variance + 1e-5) / gain;
        return Where((gain > 0) & (x >= threshold) | (gain < 0) & (x <= threshold), 1f, -1f);
    }
}
