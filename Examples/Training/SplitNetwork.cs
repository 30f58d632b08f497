using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Half the squared distance of a target from the rectified x. Not convex.</summary>
public static class RectifiedFit
{
    /// <summary>(target - max(x, 0))² / 2, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor target) => 0.5 * Square(target - Relu(x));

    /// <summary>The better of the best point that is not negative and the best one that is not positive.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Zeng et al. 2019")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor target)
    {
        Tensor above = Relu((x + step * target) / (1 + step)), below = Minimum(x, 0);
        return Where(step * Square(target - above) + Square(above - x) <= step * Square(target) + Square(below - x), above, below);
    }
}

/// <summary>A layer taken apart: its weights, its weighted sums U and its outputs V are unknowns of their own, and a penalty pulls U to X W and V to the rectified U.</summary>
/// <remarks>Each block is minimised by the operator that the compiler derives of the one declared energy: the anchor at the old values is the operator's quadratic.</remarks>
/// <param name="samples">The number of samples.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="outputs">The number of outputs.</param>
/// <param name="penalty">The factor of both penalties.</param>
[Network]
public partial class SplitLayer(int samples, int inputs, int outputs, float penalty)
{
    /// <summary>W.</summary>
    [Buffer("inputs outputs", DType.Float64)] public partial Tensor Weight { get; set; }

    /// <summary>U, the weighted sums.</summary>
    [Buffer("samples outputs", DType.Float64)] public partial Tensor Sums { get; set; }

    /// <summary>V, the outputs.</summary>
    [Buffer("samples outputs", DType.Float64)] public partial Tensor Outputs { get; set; }

    /// <summary>What the layer adds to the objective.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Energy(
        [Shape("samples outputs", DType.Float64)] Tensor sums, [Shape("samples outputs", DType.Float64)] Tensor outputs, [Shape("samples inputs", DType.Float64)] Tensor x, [Shape("inputs outputs", DType.Float64)] Tensor weight) =>
        penalty * Sum(RectifiedFit.Value(sums, outputs)) + 0.5 * penalty * Sum(Square(sums - MatMul(x, weight)));

    /// <summary>What depends on the outputs: the layer's own penalty and that of the sums above.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor OutputEnergy(
        [Shape("samples outputs", DType.Float64)] Tensor outputs, [Shape("samples outputs", DType.Float64)] Tensor sums, [Shape("samples above", DType.Float64)] Tensor sumsAbove, [Shape("outputs above", DType.Float64)] Tensor weightAbove) =>
        0.5 * penalty * Sum(Square(outputs - Relu(sums))) + 0.5 * penalty * Sum(Square(sumsAbove - MatMul(outputs, weightAbove)));

    /// <summary>The next sums.</summary>
    [Prox(of: nameof(Energy), wrt: "sums")]
    public virtual partial Tensor NextSums(Tensor sums, Tensor outputs, Tensor x, Tensor weight, float step);

    /// <summary>The next weights.</summary>
    [Prox(of: nameof(Energy), wrt: "weight")]
    public virtual partial Tensor NextWeight(Tensor sums, Tensor outputs, Tensor x, Tensor weight, float step);

    /// <summary>The next outputs.</summary>
    [Prox(of: nameof(OutputEnergy), wrt: "outputs")]
    public virtual partial Tensor NextOutputs(Tensor outputs, Tensor sums, Tensor sumsAbove, Tensor weightAbove, float step);

    /// <summary>Replaces the sums, then the weights; gives the square of the change.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Move([Shape("samples inputs", DType.Float64)] Tensor x, float step)
    {
        var sums = NextSums(Sums, Outputs, x, Weight, step);
        var moved = Sum(Square(sums - Sums));
        Sums = sums;
        var weight = NextWeight(Sums, Outputs, x, Weight, step);
        moved += Sum(Square(weight - Weight));
        Weight = weight;
        return moved;
    }

    /// <summary>Replaces the outputs; gives the square of the change.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor MoveOutputs([Shape("samples above", DType.Float64)] Tensor sumsAbove, [Shape("outputs above", DType.Float64)] Tensor weightAbove, float step)
    {
        var outputs = NextOutputs(Outputs, Sums, sumsAbove, weightAbove, step);
        var moved = Sum(Square(outputs - Outputs));
        Outputs = outputs;
        return moved;
    }

    /// <summary>How the energy changes with the weights.</summary>
    [Gradient(of: nameof(Energy), wrt: "weight")]
    public virtual partial Tensor WeightSlope(Tensor sums, Tensor outputs, Tensor x, Tensor weight);

    /// <summary>How the energy changes with the sums.</summary>
    [Gradient(of: nameof(Energy), wrt: "sums")]
    public virtual partial Tensor SumsSlope(Tensor sums, Tensor outputs, Tensor x, Tensor weight);

    /// <summary>How the energy changes with the outputs.</summary>
    [Gradient(of: nameof(OutputEnergy), wrt: "outputs")]
    public virtual partial Tensor OutputsSlope(Tensor outputs, Tensor sums, Tensor sumsAbove, Tensor weightAbove);
}

/// <summary>The last layer taken apart, which is linear, with half the squared distance from the targets.</summary>
/// <param name="samples">The number of samples.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="outputs">The number of outputs.</param>
/// <param name="penalty">The factor of both penalties.</param>
[Network]
public partial class SplitHead(int samples, int inputs, int outputs, float penalty)
{
    /// <summary>W.</summary>
    [Buffer("inputs outputs", DType.Float64)] public partial Tensor Weight { get; set; }

    /// <summary>U, the weighted sums.</summary>
    [Buffer("samples outputs", DType.Float64)] public partial Tensor Sums { get; set; }

    /// <summary>V, the outputs.</summary>
    [Buffer("samples outputs", DType.Float64)] public partial Tensor Outputs { get; set; }

    /// <summary>What the layer adds to the objective, and the loss.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Energy(
        [Shape("samples outputs", DType.Float64)] Tensor sums, [Shape("samples outputs", DType.Float64)] Tensor outputs, [Shape("samples inputs", DType.Float64)] Tensor x, [Shape("inputs outputs", DType.Float64)] Tensor weight,
        [Shape("samples outputs", DType.Float64)] Tensor target) =>
        0.5 * Sum(Square(outputs - target)) + 0.5 * penalty * Sum(Square(outputs - sums)) + 0.5 * penalty * Sum(Square(sums - MatMul(x, weight)));

    /// <summary>The next sums.</summary>
    [Prox(of: nameof(Energy), wrt: "sums")]
    public virtual partial Tensor NextSums(Tensor sums, Tensor outputs, Tensor x, Tensor weight, Tensor target, float step);

    /// <summary>The next outputs.</summary>
    [Prox(of: nameof(Energy), wrt: "outputs")]
    public virtual partial Tensor NextOutputs(Tensor sums, Tensor outputs, Tensor x, Tensor weight, Tensor target, float step);

    /// <summary>The next weights.</summary>
    [Prox(of: nameof(Energy), wrt: "weight")]
    public virtual partial Tensor NextWeight(Tensor sums, Tensor outputs, Tensor x, Tensor weight, Tensor target, float step);

    /// <summary>Replaces the outputs, the sums and the weights, in this order; gives the square of the change.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Move([Shape("samples inputs", DType.Float64)] Tensor x, [Shape("samples outputs", DType.Float64)] Tensor target, float step)
    {
        var outputs = NextOutputs(Sums, Outputs, x, Weight, target, step);
        var moved = Sum(Square(outputs - Outputs));
        Outputs = outputs;
        var sums = NextSums(Sums, Outputs, x, Weight, target, step);
        moved += Sum(Square(sums - Sums));
        Sums = sums;
        var weight = NextWeight(Sums, Outputs, x, Weight, target, step);
        moved += Sum(Square(weight - Weight));
        Weight = weight;
        return moved;
    }
}

/// <summary>A deep network of rectified units that is trained block by block, without a derivative of the network: the three-splitting form.</summary>
/// <remarks>
/// Zeng, Lau, Lin, Yao, "Global Convergence of Block Coordinate Descent in Deep Learning" (ICML 2019), algorithm 2, without biases and regularisers. The paper anchors some of the blocks;
/// here all are, which its proof allows, so that the objective falls by the squared step of every block.
/// </remarks>
/// <param name="samples">The number of samples.</param>
/// <param name="inputs">The number of inputs.</param>
/// <param name="width">The width of the layers.</param>
/// <param name="outputs">The number of outputs.</param>
/// <param name="depth">The number of layers between the first and the last.</param>
/// <param name="penalty">The factor of all penalties.</param>
/// <param name="step">One over the factor of the anchors.</param>
[Network, Require("depth >= 1")]
public partial class SplitNetwork(int samples, int inputs, int width, int outputs, int depth, float penalty, float step)
{
    private readonly SplitLayer first = new(samples, inputs, width, penalty);
    private readonly SplitLayer[] hidden = Repeat(depth, _ => new SplitLayer(samples, width, width, penalty));
    private readonly SplitHead last = new(samples, width, outputs, penalty);

    /// <summary>What the network with these weights says of inputs.</summary>
    [return: Shape("b outputs", DType.Float64)]
    public virtual Tensor Predict([Shape("b inputs", DType.Float64)] Tensor x)
    {
        var v = Relu(MatMul(x, first.Weight));
        foreach (var layer in hidden) v = Relu(MatMul(v, layer.Weight));
        return MatMul(v, last.Weight);
    }

    /// <summary>Draws weights with a deviation, and sets sums and outputs to those of the network, so that no penalty is left; gives the outputs.</summary>
    [return: Shape("samples outputs", DType.Float64)]
    public virtual Tensor Start([Shape("samples inputs", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor deviation, [Shape("", DType.Int64)] Tensor key)
    {
        first.Weight = deviation * RandomNormal(FoldKey(key, 0), [inputs, width], DType.Float64);
        first.Sums = MatMul(x, first.Weight);
        first.Outputs = Relu(first.Sums);
        var v = first.Outputs + 0;
        for (var k = 0; k < depth; k++)
        {
            hidden[k].Weight = deviation * RandomNormal(FoldKey(key, k + 1), [width, width], DType.Float64);
            hidden[k].Sums = MatMul(v, hidden[k].Weight);
            hidden[k].Outputs = Relu(hidden[k].Sums);
            v = hidden[k].Outputs + 0;
        }
        last.Weight = deviation * RandomNormal(FoldKey(key, depth + 1), [width, outputs], DType.Float64);
        last.Sums = MatMul(v, last.Weight);
        last.Outputs = last.Sums + 0;
        return last.Sums + 0;
    }

    /// <summary>The objective: the loss and all penalties.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Objective([Shape("samples inputs", DType.Float64)] Tensor x, [Shape("samples outputs", DType.Float64)] Tensor target)
    {
        var total = first.Energy(first.Sums, first.Outputs, x, first.Weight) + hidden[0].Energy(hidden[0].Sums, hidden[0].Outputs, first.Outputs, hidden[0].Weight)
            + last.Energy(last.Sums, last.Outputs, hidden[^1].Outputs, last.Weight, target);
        for (var k = 1; k < depth; k++) total += hidden[k].Energy(hidden[k].Sums, hidden[k].Outputs, hidden[k - 1].Outputs, hidden[k].Weight);
        return total;
    }

    /// <summary>One cycle through all blocks, from the last layer to the first; the objective after it, and the sum of the squares of all changes.</summary>
    [return: Shape("", DType.Float64), Shape("", DType.Float64)]
    public virtual (Tensor Objective, Tensor Moved) Cycle([Shape("samples inputs", DType.Float64)] Tensor x, [Shape("samples outputs", DType.Float64)] Tensor target)
    {
        var moved = last.Move(hidden[^1].Outputs, target, step) + hidden[^1].MoveOutputs(last.Sums, last.Weight, step);
        for (var k = depth - 1; k > 0; k--)
            moved += hidden[k].Move(hidden[k - 1].Outputs, step) + hidden[k - 1].MoveOutputs(hidden[k].Sums, hidden[k].Weight, step);
        moved += hidden[0].Move(first.Outputs, step) + first.MoveOutputs(hidden[0].Sums, hidden[0].Weight, step) + first.Move(x, step);
        return (Objective(x, target), moved);
    }
}

/// <summary>The same network in one piece, for gradient descent.</summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="width">The width of the layers.</param>
/// <param name="outputs">The number of outputs.</param>
/// <param name="depth">The number of layers between the first and the last.</param>
[Network]
public partial class WholeNetwork(int inputs, int width, int outputs, int depth)
{
    /// <summary>The weights of the first layer.</summary>
    [Parameter("inputs width")] public partial Tensor First { get; }

    /// <summary>Those of the layers between.</summary>
    [Parameter("depth width width")] public partial Tensor Hidden { get; }

    /// <summary>Those of the last.</summary>
    [Parameter("width outputs")] public partial Tensor Last { get; }

    /// <summary>What the network says of inputs.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Predict([Shape("b inputs")] Tensor x)
    {
        var v = Relu(MatMul(x, First));
        for (var k = 0; k < depth; k++) v = Relu(MatMul(v, Hidden[k]));
        return MatMul(v, Last);
    }

    /// <summary>The squared distance from the targets, for each sample.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor target) => 0.5 * Sum(Square(Predict(x) - target)) / x.Dim(0);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}
