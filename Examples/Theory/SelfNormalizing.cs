using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// What a layer of scaled exponential units makes of the mean and the variance of its inputs, in closed form: weights with sum omega and sum of squares tau map (mu, nu) to the
/// moments of selu of a normal variable with mean mu omega and variance nu tau.
/// </summary>
/// <remarks>Klambauer, Unterthiner, Mayr, Hochreiter, "Self-Normalizing Neural Networks" (NeurIPS 2017), equations 4 and 5.</remarks>
[Network]
public partial class MomentMap
{
    private const double Lambda = 1.0507009873554805;
    private const double Alpha = 1.6732632423543772;
    private const double RootOfTwo = 1.4142135623730951;
    private const double RootOfTwoOverPi = 0.7978845608028654;
    private const double RootOfPi = 1.7724538509055159;

    /// <summary>The moments of the activations of a layer.</summary>
    /// <param name="moments">Mean and variance of the layer before.</param>
    /// <param name="weights">The sum of the weights and that of their squares.</param>
    [return: Shape("2")]
    public virtual Tensor Next([Shape("2")] Tensor moments, [Shape("2")] Tensor weights)
    {
        Tensor mean = moments[0] * weights[0], variance = moments[1] * weights[1];
        var spread = Sqrt(variance);
        var (width, fall) = (RootOfTwo * spread, Exp(-Square(mean) / (2 * variance)));
        var bell = RootOfTwoOverPi * spread * fall;
        // e^(mu + nu/2) erfc((mu + nu)/sqrt(2 nu)), and the like, with their exponents taken together.
        var below = 1 - Erf(mean / width);
        var (first, second) = (fall * ScaledErfc((mean + variance) / width), fall * ScaledErfc((mean + 2 * variance) / width));
        var average = 0.5 * Lambda * (mean * (2 - below) + bell + Alpha * (first - below));
        var square = 0.5 * Lambda * Lambda * ((Square(mean) + variance) * (2 - below) + mean * bell + Alpha * Alpha * (second - 2 * first + below));
        return Stack([average, square - Square(average)], 0);
    }

    /// <summary>e^(x^2) erfc(x): by the error function near 0, by its continued fraction beyond 2, where one less the other keeps no digits.</summary>
    [TensorFunction]
    private static Tensor ScaledErfc(Tensor x)
    {
        var far = Maximum(x, 1);
        var fraction = far;
        for (var k = 60; k >= 1; k--) fraction = far + 0.5 * k / fraction;
        return Where(x > 2, 1 / (RootOfPi * fraction), Exp(Square(Minimum(x, 2))) * (1 - Erf(x)));
    }

    /// <summary>How the moments change with those before.</summary>
    [Jacobian(of: nameof(Next), wrt: "moments")]
    public virtual partial Tensor Slopes(Tensor moments, Tensor weights);
}

/// <summary>A deep network of equal layers without normalisation.</summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="width">The width.</param>
/// <param name="depth">The number of layers.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="kind">0 for selu, 1 for relu, 2 for tanh.</param>
[Network]
public partial class DeepNetwork(int inputs, int width, int depth, int classes, int kind)
{
    /// <summary>From the inputs.</summary>
    [Parameter("inputs width")] public partial Tensor First { get; }

    /// <summary>The layers.</summary>
    [Parameter("depth width width")] public partial Tensor Weight { get; }

    /// <summary>To the classes.</summary>
    [Parameter("width classes")] public partial Tensor Last { get; }

    private Tensor Activate(Tensor z) => kind == 0 ? Selu(z) : kind == 1 ? Relu(z) : Tanh(z);

    /// <summary>The activations after all layers.</summary>
    [return: Shape("b width")]
    public virtual Tensor Layers([Shape("b width")] Tensor x)
    {
        for (var k = 0; k < depth; k++) x = Activate(MatMul(x, Weight[k]));
        return x;
    }

    /// <summary>The scores of the classes.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Scores([Shape("b inputs")] Tensor x) => MatMul(Layers(Activate(MatMul(x, First))), Last);

    /// <summary>The cross entropy.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(Scores(x), label);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label);

    /// <summary>Dropout that keeps mean and variance: what falls goes to the lower limit of selu, and an affine map restores the moments.</summary>
    /// <param name="x">Activations of mean 0 and variance 1.</param>
    /// <param name="rate">The probability to fall.</param>
    /// <param name="key">The key of the draw.</param>
    [return: Shape("b width")]
    public virtual Tensor AlphaDropout([Shape("b width")] Tensor x, [Shape("")] Tensor rate, [Shape("", DType.Int64)] Tensor key)
    {
        var (low, keep) = (-1.0507009873554805 * 1.6732632423543772, 1 - rate);
        var stays = RandomBernoulli(key, 0 * x + keep);
        var a = Rsqrt(keep + keep * rate * (low * low));
        return a * (x * stays + low * (1 - stays)) - a * rate * low;
    }
}
