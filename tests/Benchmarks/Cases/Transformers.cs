using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>A layer of an encoder, normalised before each part (Vaswani et al. 2017).</summary>
[Network]
public partial class EncoderLayer(int width, int heads)
{
    readonly LayerNorm firstNorm = new(width);
    readonly LayerNorm secondNorm = new(width);
    readonly Linear query = new(width, width);
    readonly Linear key = new(width, width);
    readonly Linear value = new(width, width);
    readonly Linear output = new(width, width);
    readonly Linear inner = new(width, 4 * width);
    readonly Linear outer = new(4 * width, width);

    /// <summary>Attention of a sequence to itself.</summary>
    [return: Shape("b l width")]
    public virtual Tensor Attend([Shape("b l width")] Tensor x)
    {
        var seen = ScaledDotProductAttention(Split(query.Forward(x)), Split(key.Forward(x)), Split(value.Forward(x)));
        return output.Forward(Reshape(Transpose(seen, 1, 2), x.Dim(0), x.Dim(1), width));
    }

    /// <summary>The layer.</summary>
    [return: Shape("b l width")]
    public virtual Tensor Forward([Shape("b l width")] Tensor x)
    {
        x = x + Attend(firstNorm.Forward(x));
        return x + outer.Forward(Gelu(inner.Forward(secondNorm.Forward(x))));
    }

    /// <summary>The squared error of its output.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b l width")] Tensor x, [Shape("b l width")] Tensor target) => MseLoss(Forward(x), target);

    /// <summary>The loss and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);

    private Tensor Split(Tensor x) => Transpose(Reshape(x, x.Dim(0), x.Dim(1), heads, width / heads), 1, 2);
}

/// <summary>Attention and a whole encoder layer.</summary>
internal static class Transformers
{
    private const int B = 4, L = 128, Width = 256, Heads = 8;
    private const double Scores = 4.0 * B * L * L * Width, Maps = 8.0 * B * L * Width * Width, Wide = 16.0 * B * L * Width * Width;

    public static IEnumerable<Trial> Trials =>
    [
        new("attention", "4 sequences of 128, width 256, 8 heads", Scores + Maps, 4.0 * (4 * Width * Width + 2 * B * L * Width))
        {
            Proxima = () =>
            {
                var (model, x) = (new EncoderLayer.Cpu(Width, Heads), Normal(1, B, L, Width));
                return Into(Tensor.Zeros(B, L, Width), result => model.Attend(x, result));
            },
            Torch = () =>
            {
                var (p, x) = (new EncoderLayer(Width, Heads).TorchParameters(), Normal(1, B, L, Width).Torch());
                return Eager(() => Attend(p, x));
            },
            Onnx = () =>
            {
                var (net, model) = (new EncoderLayer(Width, Heads), new OnnxModel());
                return model.Result(Attend(net, model, model.Input(Normal(1, B, L, Width))), B, L, Width);
            },
        },
        new("encoder", "a pre-norm transformer layer, the same sizes, inner width 1024", Scores + Maps + Wide, 4.0 * (12 * Width * Width + 2 * B * L * Width))
        {
            Proxima = () =>
            {
                var (model, x) = (new EncoderLayer.Cpu(Width, Heads), Normal(1, B, L, Width));
                return Into(Tensor.Zeros(B, L, Width), result => model.Forward(x, result));
            },
            Torch = () =>
            {
                var (p, x) = (new EncoderLayer(Width, Heads).TorchParameters(), Normal(1, B, L, Width).Torch());
                return Eager(() => Layer(p, x));
            },
            Onnx = () =>
            {
                var (net, model) = (new EncoderLayer(Width, Heads), new OnnxModel());
                var x = model.Input(Normal(1, B, L, Width));
                x = model.Op("Add", [x, Attend(net, model, Norm("firstNorm", x))]);
                var inner = model.Op("Gelu", [Map(net, model, "inner", Norm("secondNorm", x))]);
                return model.Result(model.Op("Add", [x, Map(net, model, "outer", inner)]), B, L, Width);

                string Norm(string name, string value) => model.Op(
                    "LayerNormalization", [value, model.Constant(net.Find(name + ".Weight")), model.Constant(net.Find(name + ".Bias"))], ("epsilon", 1e-5f), ("axis", -1));
            },
        },
        new("encoder-train", "its squared error and all derivatives", 3 * (Scores + Maps + Wide) - 2.0 * B * L * Width * 3 * Width, 4.0 * (24 * Width * Width + 12 * B * L * Width))
        {
            Proxima = () =>
            {
                var (model, x, target) = (new EncoderLayer.Cpu(Width, Heads), Normal(1, B, L, Width), Normal(2, B, L, Width));
                return Train(model, () => model.LossGradient(x, target));
            },
            Torch = () =>
            {
                var (p, x, target) = (new EncoderLayer(Width, Heads).TorchParameters(), Normal(1, B, L, Width).Torch(), Normal(2, B, L, Width).Torch());
                return EagerTrain(p, () => torch.nn.functional.mse_loss(Layer(p, x), target));
            },
        },
    ];

    private static torch.Tensor Attend(Leaves p, torch.Tensor x)
    {
        var seen = torch.nn.functional.scaled_dot_product_attention(Split("query"), Split("key"), Split("value"));
        return Perceptrons.Affine(p, "output", seen.transpose(1, 2).reshape(B, L, Width));

        torch.Tensor Split(string part) => Perceptrons.Affine(p, part, x).view(B, L, Heads, Width / Heads).transpose(1, 2);
    }

    private static torch.Tensor Layer(Leaves p, torch.Tensor x)
    {
        x = x + Attend(p, Norm("firstNorm", x));
        return x + Perceptrons.Affine(p, "outer", torch.nn.functional.gelu(Perceptrons.Affine(p, "inner", Norm("secondNorm", x))));

        torch.Tensor Norm(string name, torch.Tensor value) => torch.nn.functional.layer_norm(value, [Width], p[name + ".Weight"], p[name + ".Bias"]);
    }

    private static string Map(EncoderLayer net, OnnxModel model, string name, string x) =>
        model.Op("Add", [model.Op("MatMul", [x, model.Constant(Transpose(net.Find(name + ".Weight")))]), model.Constant(net.Find(name + ".Bias"))]);

    private static string Attend(EncoderLayer net, OnnxModel model, string x)
    {
        var scaled = model.Op("Mul", [Split("query", 0, 2, 1, 3), model.Scalar(1 / MathF.Sqrt(Width / Heads))]);
        var share = model.Op("Softmax", [model.Op("MatMul", [scaled, Split("key", 0, 2, 3, 1)])], ("axis", -1));
        var seen = model.Op("Transpose", [model.Op("MatMul", [share, Split("value", 0, 2, 1, 3)])], ("perm", new[] { 0, 2, 1, 3 }));
        return Map(net, model, "output", model.Op("Reshape", [seen, model.Integers(B, L, Width)]));

        string Split(string name, params int[] order) =>
            model.Op("Transpose", [model.Op("Reshape", [Map(net, model, name, x), model.Integers(B, L, Heads, Width / Heads)])], ("perm", order));
    }
}
