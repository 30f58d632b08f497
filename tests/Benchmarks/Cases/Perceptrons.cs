using Proxima.Training;
using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>A classifier of digits.</summary>
[Network]
public partial class Classifier(int inputs, int hidden, int classes)
{
    readonly Linear first = new(inputs, hidden);
    readonly Linear second = new(hidden, hidden);
    readonly Linear last = new(hidden, classes);

    /// <summary>How each class scores.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Logits([Shape("b inputs")] Tensor x) => last.Forward(Relu(second.Forward(Relu(first.Forward(x)))));

    /// <summary>The loss of a batch.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(Logits(x), label);

    /// <summary>The loss and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label);
}

/// <summary>A potential that is convex in its input (Amos, Xu and Kolter 2017); its gradient is a learned proximal operator (Fang, Buchanan and Sulam 2024).</summary>
[Network]
public partial class ConvexPotential(int n, int hidden)
{
    /// <summary>From the input to the first layer.</summary>
    [Parameter("n hidden")] public partial Tensor First { get; }

    /// <summary>From the first layer to the second; not negative.</summary>
    [Parameter("hidden hidden", Init = 0.005, Constraint = typeof(NonNegative))] public partial Tensor Inner { get; }

    /// <summary>From the input to the second layer.</summary>
    [Parameter("n hidden")] public partial Tensor Skip { get; }

    /// <summary>The weights of the sum; not negative.</summary>
    [Parameter("hidden", Init = 0.05, Constraint = typeof(NonNegative))] public partial Tensor Last { get; }

    /// <summary>The potentials of a batch, added up.</summary>
    [return: Shape("")]
    public virtual Tensor Total([Shape("b n")] Tensor y) => Sum(MatMul(Softplus(MatMul(Softplus(MatMul(y, First)), Inner) + MatMul(y, Skip)), Last));

    /// <summary>The operator.</summary>
    [Gradient(of: nameof(Total), wrt: "y")]
    public virtual partial Tensor Denoise(Tensor y);

    /// <summary>Its squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor y, [Shape("b n")] Tensor x) => MseLoss(Denoise(y), x);

    /// <summary>The error and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor x);
}

/// <summary>Affine layers and what trains them.</summary>
internal static class Perceptrons
{
    private const int B = 64, Inputs = 784, Hidden = 256, Classes = 10, N = 64;
    private const double Weights = Inputs * Hidden + Hidden * Hidden + Hidden * Classes;

    public static IEnumerable<Trial> Trials =>
    [
        new("mlp-train", "784-256-256-10, batch 64, cross-entropy, gradient and a step of Adam", 2.0 * B * (3 * Weights - Inputs * Hidden), 4 * 7 * Weights)
        {
            Proxima = () =>
            {
                var (model, x, label) = (new Classifier.Cpu(Inputs, Hidden, Classes), Normal(1, B, Inputs), Labels(B, Classes));
                return Train(model, () => model.LossGradient(x, label), new Adam(model));
            },
            Torch = () =>
            {
                var (p, x, label) = (new Classifier(Inputs, Hidden, Classes).TorchParameters(), Normal(1, B, Inputs).Torch(), Labels(B, Classes).Torch());
                return EagerTrain(p, () => torch.nn.functional.cross_entropy(Affine(p, "last", Affine(p, "second", Affine(p, "first", x).relu()).relu()), label), step: true);
            },
        },
        new("adam", "a step of Adam on the 269,322 parameters of 784-256-256-10", 0, 4 * 7 * Weights)
        {
            Proxima = () =>
            {
                var model = new Classifier.Cpu(Inputs, Hidden, Classes);
                var (gradients, adam) = (model.LossGradient(Normal(1, B, Inputs), Labels(B, Classes)), new Adam(model));
                return new(() => adam.Step(gradients), () => [.. model.Parameters.SelectMany(parameter => parameter.Value.ToArray<float>())]);
            },
            Torch = () =>
            {
                var p = new Classifier(Inputs, Hidden, Classes).TorchParameters();
                var (x, label) = (Normal(1, B, Inputs).Torch(), Labels(B, Classes).Torch());
                torch.nn.functional.cross_entropy(Affine(p, "last", Affine(p, "second", Affine(p, "first", x).relu()).relu()), label).backward();
                var adam = torch.optim.Adam(p.Values, lr: 1e-3);
                return new(() => adam.step(), () => [.. p.Values.SelectMany(parameter => parameter.data<float>().ToArray())]);
            },
            // The first step is the sign of the gradient: where that is rounding, it goes either way.
            Tolerance = 1e-2,
        },
        new("icnn-gradient", "the gradient of a convex network by its input, batch 64, 64-256-256", 4.0 * B * (2 * N * Hidden + Hidden * Hidden), 4.0 * (2 * N * Hidden + Hidden * Hidden + 2 * B * N))
        {
            Proxima = () =>
            {
                var (model, y) = (new ConvexPotential.Cpu(N, Hidden), Normal(1, B, N));
                return Into(Tensor.Zeros(B, N), result => model.Denoise(y, result));
            },
            Torch = () =>
            {
                var (p, y) = (new ConvexPotential(N, Hidden).TorchParameters(), Normal(1, B, N).Torch().requires_grad_());
                return EagerSlope(() => torch.autograd.grad([Potential(p, y)], [y])[0]);
            },
        },
        new("icnn-train", "the error of that gradient, and its derivatives by all parameters", 12.0 * B * (2 * N * Hidden + Hidden * Hidden), 8.0 * (2 * N * Hidden + Hidden * Hidden) + 12.0 * B * N)
        {
            Proxima = () =>
            {
                var (model, y, x) = (new ConvexPotential.Cpu(N, Hidden), Normal(1, B, N), Normal(2, B, N));
                return Train(model, () => model.LossGradient(y, x));
            },
            Torch = () =>
            {
                var (p, y, x) = (new ConvexPotential(N, Hidden).TorchParameters(), Normal(1, B, N).Torch().requires_grad_(), Normal(2, B, N).Torch());
                return EagerTrain(p, () => torch.nn.functional.mse_loss(torch.autograd.grad([Potential(p, y)], [y], retain_graph: true, create_graph: true)[0], x));
            },
        },
    ];

    /// <summary>An affine layer of a network, in torch.</summary>
    public static torch.Tensor Affine(Leaves p, string layer, torch.Tensor x) =>
        torch.nn.functional.linear(x, p[layer + ".Weight"], p[layer + ".Bias"]);


    private static torch.Tensor Potential(Leaves p, torch.Tensor y)
    {
        var first = torch.nn.functional.softplus(y.matmul(p["First"]));
        return torch.nn.functional.softplus(first.matmul(p["Inner"]) + y.matmul(p["Skip"])).matmul(p["Last"]).sum();
    }
}
