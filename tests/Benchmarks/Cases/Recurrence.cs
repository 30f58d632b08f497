using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>A gated recurrent unit over a sequence.</summary>
[Network]
public partial class Sequence(int inputs, int hidden)
{
    readonly GruCell cell = new(inputs, hidden);

    /// <summary>The state after the last input.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Forward([Shape("t b inputs")] Tensor x, [Shape("b hidden")] Tensor h)
    {
        for (var k = 0; k < x.Dim(0); k++) h = cell.Forward(x[k], h);
        return h;
    }

    /// <summary>How far the last state is from a wanted one.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("t b inputs")] Tensor x, [Shape("b hidden")] Tensor h, [Shape("b hidden")] Tensor target) => Mean(Square(Forward(x, h) - target));

    /// <summary>The loss and its derivatives by all parameters.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor h, Tensor target);
}

/// <summary>Sequences.</summary>
internal static class Recurrence
{
    private const int T = 32, B = 16, Width = 128;

    public static IEnumerable<Trial> Trials =>
    [
        new("gru", "32 steps, batch 16, 128 inputs, state 128", 2.0 * T * B * 6 * Width * Width, 4.0 * (6 * Width * Width + T * B * Width))
        {
            Proxima = () =>
            {
                var (model, x, h) = (new Sequence.Cpu(Width, Width), Normal(1, T, B, Width), Tensor.Zeros(B, Width));
                return Into(Tensor.Zeros(B, Width), result => model.Forward(x, h, result));
            },
            Torch = () =>
            {
                var (gru, x, h) = (Gru(), Normal(1, T, B, Width).Torch(), torch.zeros(1, B, Width));
                return Eager(() => gru.call(x, h).Item2.squeeze(0));
            },
            Onnx = () =>
            {
                // ONNX has the update gate before the reset gate, and one vector for both biases.
                var (net, model) = (new Sequence(Width, Width), new OnnxModel());
                string Gates(string name) => model.Constant(Unsqueeze(Swapped(net.Find("cell." + name)), 0));
                var bias = model.Constant(Unsqueeze(Concat([Swapped(net.Find("cell.InputBias")), Swapped(net.Find("cell.HiddenBias"))], 0), 0));
                var all = model.Op("GRU", [model.Input(Normal(1, T, B, Width)), Gates("InputWeight"), Gates("HiddenWeight"), bias], ("hidden_size", Width), ("linear_before_reset", 1));
                var last = model.Op("Slice", [all, model.Integers(T - 1), model.Integers(T), model.Integers(0)]);
                return model.Result(model.Op("Reshape", [last, model.Integers(B, Width)]), B, Width);
            },
        },
        new("gru-train", "the same, squared error, all derivatives", 3 * 2.0 * T * B * 6 * Width * Width, 4.0 * (2 * 6 * Width * Width + 10 * T * B * Width))
        {
            Proxima = () =>
            {
                var (model, x, h, target) = (new Sequence.Cpu(Width, Width), Normal(1, T, B, Width), Tensor.Zeros(B, Width), Normal(2, B, Width));
                return Train(model, () => model.LossGradient(x, h, target));
            },
            Torch = () =>
            {
                var (gru, x, h, target) = (Gru(), Normal(1, T, B, Width).Torch(), torch.zeros(1, B, Width), Normal(2, B, Width).Torch());
                return EagerTrain(s_names.ToDictionary(name => name.Ours, name => gru.get_parameter(name.Torch)!), () => torch.nn.functional.mse_loss(gru.call(x, h).Item2.squeeze(0), target));
            },
        },
    ];

    private static readonly (string Torch, string Ours)[] s_names =
        [("weight_ih_l0", "cell.InputWeight"), ("bias_ih_l0", "cell.InputBias"), ("weight_hh_l0", "cell.HiddenWeight"), ("bias_hh_l0", "cell.HiddenBias")];

    private static TorchSharp.Modules.GRU Gru()
    {
        var (net, gru) = (new Sequence(Width, Width), torch.nn.GRU(Width, Width));
        using var off = torch.no_grad();
        foreach (var (theirs, ours) in s_names) gru.get_parameter(theirs)!.copy_(net.Find(ours).Torch());
        return gru;
    }

    private static Tensor Swapped(Tensor gates) => Concat([gates[Width..(2 * Width)], gates[..Width], gates[(2 * Width)..]], 0);
}
