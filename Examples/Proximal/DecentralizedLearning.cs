using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>How workers that know only their neighbours agree, by messages that hold few numbers.</summary>
public static class Gossip
{
    /// <summary>Each worker sends the largest numbers of what its copy at the neighbours lacks, and moves towards their mean.</summary>
    /// <param name="x">What each worker has, a row.</param>
    /// <param name="copy">What its neighbours believe that it has.</param>
    /// <param name="mixing">The weights of the neighbours: rows and columns sum to 1.</param>
    /// <param name="kept">How many numbers a message holds.</param>
    /// <param name="share">How far the workers move.</param>
    /// <returns>What each worker has then, and the copies.</returns>
    [TensorFunction]
    public static (Tensor X, Tensor Copy) Exchange(Tensor x, Tensor copy, Tensor mixing, int kept, float share)
    {
        var missing = x - copy;
        var size = Abs(missing);
        var (largest, _) = TopK(size, kept, dim: -1);
        copy += Where(size >= largest[.., (kept - 1)..], missing, 0);
        return (x + share * (MatMul(mixing, copy) - copy), copy);
    }
}

/// <summary>
/// Least squares of few numbers that are not 0, where each worker has equations of its own: steps along gradients that track the mean of all workers' gradients, the operator of the penalty, and compressed
/// messages for both.
/// </summary>
/// <remarks>Yan, Chen, Chen, Xu, "Compressed Decentralized Proximal Stochastic Gradient Method for Nonconvex Composite Problems with Heterogeneous Data" (ICML 2023), with all equations in each step.</remarks>
/// <param name="workers">The number of workers.</param>
/// <param name="rows">The number of equations of each.</param>
/// <param name="n">The number of unknowns.</param>
/// <param name="kept">How many numbers a message holds.</param>
/// <param name="share">How far workers move towards their neighbours.</param>
/// <param name="weight">The factor of the penalty.</param>
/// <param name="rate">The length of a step.</param>
/// <param name="tracks">Whether gradients are tracked; each worker follows its own otherwise.</param>
[Network, Require("1 <= kept", "kept <= n")]
public partial class DecentralizedLasso(int workers, int rows, int n, int kept, float share, float weight, float rate, bool tracks)
{
    /// <summary>The workers' matrices.</summary>
    [Buffer("workers rows n", DType.Float64)] public partial Tensor Matrix { get; }

    /// <summary>Their right-hand sides.</summary>
    [Buffer("workers rows", DType.Float64)] public partial Tensor Right { get; }

    /// <summary>The weights of the neighbours.</summary>
    [Buffer("workers workers", DType.Float64)] public partial Tensor Mixing { get; }

    /// <summary>The sum of what the workers want to be small, each of its own unknowns.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Loss([Shape("workers n", DType.Float64)] Tensor x) => 0.5 * Sum(Square(Squeeze(MatMul(Matrix, Unsqueeze(x, 2)), 2) - Right)) / rows;

    /// <summary>Each worker's gradient.</summary>
    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);

    /// <summary>The mean of the losses at one point.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor MeanLoss([Shape("n", DType.Float64)] Tensor x) => Loss(Expand(Unsqueeze(x, 0), workers, n)) / workers;

    /// <summary>The penalty.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Penalty([Shape("... n", DType.Float64)] Tensor x) => weight * Sum(Abs(x));

    /// <summary>Its operator.</summary>
    [Prox(of: nameof(Penalty))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    /// <summary>The minimum, found where everything is known.</summary>
    [Unroll(Algorithm.Ista, smooth: nameof(MeanLoss), proximable: nameof(Penalty), Tolerance = 1e-15, Iterations = 100_000)]
    public virtual partial Tensor Minimum(Tensor x);

    /// <summary>Many iterations.</summary>
    /// <param name="state">x, its copies, the directions, their copies and the gradients of all workers, one after the other.</param>
    /// <param name="steps">How many.</param>
    [return: Shape("5 workers n", DType.Float64)]
    public virtual Tensor Iterate([Shape("5 workers n", DType.Float64)] Tensor state, int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            var g = Slope(state[0]);
            var (y, copyOfY) = Gossip.Exchange(tracks ? state[2] + g - state[4] : g, state[3], Mixing, kept, share);
            var (x, copy) = Gossip.Exchange(Shrink(state[0] - rate * y, rate), state[1], Mixing, kept, share);
            state = Stack([x, copy, y, copyOfY, g], dim: 0);
        }
        return state;
    }
}

/// <summary>The same for a network with a hidden layer, by samples that each worker draws of its own: minibatches and a loss that is not convex.</summary>
/// <param name="workers">The number of workers.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="hidden">The number of hidden units.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="batch">How many samples a worker draws for a step.</param>
/// <param name="kept">How many numbers a message holds.</param>
/// <param name="share">How far workers move towards their neighbours.</param>
/// <param name="weight">The factor of the penalty.</param>
/// <param name="rate">The length of a step.</param>
/// <param name="tracks">Whether gradients are tracked; each worker follows its own otherwise.</param>
[Network, Require("1 <= kept", "kept <= (inputs+1)*hidden+(hidden+1)*classes")]
public partial class DecentralizedClassifier(int workers, int inputs, int hidden, int classes, int batch, int kept, float share, float weight, float rate, bool tracks)
{
    readonly int ofFirst = (inputs + 1) * hidden;

    /// <summary>The weights of the neighbours.</summary>
    [Buffer("workers workers")] public partial Tensor Mixing { get; }

    /// <summary>The scores of the classes by each worker's network.</summary>
    [return: Shape("workers b classes")]
    public virtual Tensor Predict([Shape("workers (inputs+1)*hidden+(hidden+1)*classes")] Tensor x, [Shape("workers b inputs")] Tensor data)
    {
        Tensor first = Reshape(x[.., ..ofFirst], workers, inputs + 1, hidden), second = Reshape(x[.., ofFirst..], workers, hidden + 1, classes);
        var h = Relu(MatMul(data, first[.., ..inputs]) + first[.., inputs..]);
        return MatMul(h, second[.., ..hidden]) + second[.., hidden..];
    }

    /// <summary>The sum of the workers' cross entropies.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("workers (inputs+1)*hidden+(hidden+1)*classes")] Tensor x, [Shape("workers b inputs")] Tensor data, [Shape("workers b", DType.Int64)] Tensor label) =>
        workers * CrossEntropy(Reshape(Predict(x, data), workers * data.Dim(1), classes), Reshape(label, workers * data.Dim(1)));

    /// <summary>Each worker's gradient.</summary>
    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor data, Tensor label);

    /// <summary>The penalty.</summary>
    [return: Shape("")]
    public virtual Tensor Penalty([Shape("workers (inputs+1)*hidden+(hidden+1)*classes")] Tensor x) => weight * Sum(Abs(x));

    /// <summary>Its operator.</summary>
    [Prox(of: nameof(Penalty))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    /// <summary>Many iterations.</summary>
    /// <param name="state">x, its copies, the directions, their copies and the gradients of all workers, one after the other.</param>
    /// <param name="data">The samples of each worker.</param>
    /// <param name="label">Their classes.</param>
    /// <param name="key">The key of all draws.</param>
    /// <param name="steps">How many.</param>
    [return: Shape("5 workers (inputs+1)*hidden+(hidden+1)*classes")]
    public virtual Tensor Iterate(
        [Shape("5 workers (inputs+1)*hidden+(hidden+1)*classes")] Tensor state, [Shape("workers samples inputs")] Tensor data, [Shape("workers samples", DType.Int64)] Tensor label,
        [Shape("", DType.Int64)] Tensor key, int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            var drawn = Floor(data.Dim(1) * RandomUniform(FoldKey(key, k), workers, batch)).To(DType.Int64);
            var g = Slope(state[0], TakeAlongAxis(data, Unsqueeze(drawn, 2), dim: 1), TakeAlongAxis(label, drawn, dim: 1));
            var (y, copyOfY) = Gossip.Exchange(tracks ? state[2] + g - state[4] : g, state[3], Mixing, kept, share);
            var (x, copy) = Gossip.Exchange(Shrink(state[0] - rate * y, rate), state[1], Mixing, kept, share);
            state = Stack([x, copy, y, copyOfY, g], dim: 0);
        }
        return state;
    }
}
