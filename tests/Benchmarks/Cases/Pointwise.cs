using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>What is bound by memory: maps and reductions over rows.</summary>
[Network]
public partial class Rows(int width)
{
    /// <summary>A scale.</summary>
    [Parameter("width", Init = Init.Uniform)] public partial Tensor Scale { get; }

    /// <summary>A shift.</summary>
    [Parameter("width", Init = Init.Uniform)] public partial Tensor Shift { get; }

    /// <summary>Shares of each row.</summary>
    [return: Shape("b width")]
    public virtual Tensor Shares([Shape("b width")] Tensor x) => Softmax(x);

    /// <summary>A residual connection, normalised.</summary>
    [return: Shape("b width")]
    public virtual Tensor Normalised([Shape("b width")] Tensor x, [Shape("b width")] Tensor y) => LayerNorm(x + y, Scale, Shift);

    /// <summary>A chain of elementwise operations.</summary>
    [return: Shape("b width")]
    public virtual Tensor Chain([Shape("b width")] Tensor x) => x + Gelu(x * Scale + Shift) * Sigmoid(x);

    /// <summary>The loss of a classifier.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b width")] Tensor logits, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(logits, label);

    /// <summary>Its derivative by the logits.</summary>
    [Gradient(of: nameof(Loss), wrt: "logits")]
    public virtual partial Tensor LossSlope(Tensor logits, Tensor label);
}

/// <summary>Maps and reductions over rows.</summary>
internal static class Pointwise
{
    private const int B = 8192, W = 1024, Samples = 2048, Classes = 1000;

    public static IEnumerable<Trial> Trials =>
    [
        new("softmax", "8192 rows of 1024", 0, 8.0 * B * W)
        {
            Proxima = () =>
            {
                var (model, x) = (new Rows.Cpu(W), Normal(1, B, W));
                return Into(Tensor.Zeros(B, W), result => model.Shares(x, result));
            },
            Torch = () =>
            {
                var x = Normal(1, B, W).Torch();
                return Eager(() => torch.nn.functional.softmax(x, 1));
            },
            Onnx = () =>
            {
                var model = new OnnxModel();
                return model.Result(model.Op("Softmax", [model.Input(Normal(1, B, W))], ("axis", 1)), B, W);
            },
        },
        new("layer-norm", "of x + y with scale and shift, 8192 rows of 1024", 0, 12.0 * B * W)
        {
            Proxima = () =>
            {
                var (model, x, y) = (new Rows.Cpu(W), Normal(1, B, W), Normal(2, B, W));
                return Into(Tensor.Zeros(B, W), result => model.Normalised(x, y, result));
            },
            Torch = () =>
            {
                var (p, x, y) = (new Rows(W).TorchParameters(), Normal(1, B, W).Torch(), Normal(2, B, W).Torch());
                return Eager(() => torch.nn.functional.layer_norm(x + y, [W], p["Scale"], p["Shift"]));
            },
            Onnx = () =>
            {
                var (net, model) = (new Rows(W), new OnnxModel());
                var sum = model.Op("Add", [model.Input(Normal(1, B, W)), model.Input(Normal(2, B, W))]);
                return model.Result(model.Op("LayerNormalization", [sum, model.Constant(net.Scale), model.Constant(net.Shift)], ("epsilon", 1e-5f), ("axis", -1)), B, W);
            },
        },
        new("gelu-chain", "x + gelu(x a + b) sigmoid(x), 8192 rows of 1024", 0, 8.0 * B * W)
        {
            Proxima = () =>
            {
                var (model, x) = (new Rows.Cpu(W), Normal(1, B, W));
                return Into(Tensor.Zeros(B, W), result => model.Chain(x, result));
            },
            Torch = () =>
            {
                var (p, x) = (new Rows(W).TorchParameters(), Normal(1, B, W).Torch());
                return Eager(() => x + torch.nn.functional.gelu(x * p["Scale"] + p["Shift"]) * x.sigmoid());
            },
            Onnx = () =>
            {
                var (net, model) = (new Rows(W), new OnnxModel());
                var x = model.Input(Normal(1, B, W));
                var gelu = model.Op("Gelu", [model.Op("Add", [model.Op("Mul", [x, model.Constant(net.Scale)]), model.Constant(net.Shift)])]);
                return model.Result(model.Op("Add", [x, model.Op("Mul", [gelu, model.Op("Sigmoid", [x])])]), B, W);
            },
        },
        new("cross-entropy", "of 2048 samples and 1000 classes, the derivative by the logits", 0, 8.0 * Samples * Classes)
        {
            Proxima = () =>
            {
                var (model, x, label) = (new Rows.Cpu(Classes), Normal(1, Samples, Classes), Labels(Samples, Classes));
                return Into(Tensor.Zeros(Samples, Classes), result => model.LossSlope(x, label, result));
            },
            Torch = () =>
            {
                var (x, label) = (Normal(1, Samples, Classes).Torch().requires_grad_(), Labels(Samples, Classes).Torch());
                return EagerSlope(() => torch.autograd.grad([torch.nn.functional.cross_entropy(x, label)], [x])[0]);
            },
        },
    ];
}
