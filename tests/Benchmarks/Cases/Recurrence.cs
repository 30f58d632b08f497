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
                var (net, x, h) = (new Sequence(Width, Width), Normal(1, T, B, Width).Torch(), torch.zeros(1, B, Width));
                var gru = torch.nn.GRU(Width, Width);
                using (torch.no_grad())
                {
                    foreach (var (theirs, ours) in new[] { ("weight_ih_l0", "InputWeight"), ("weight_hh_l0", "HiddenWeight"), ("bias_ih_l0", "InputBias"), ("bias_hh_l0", "HiddenBias") })
                        gru.get_parameter(theirs)!.copy_(net.Find("cell." + ours).Torch());
                }
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
    ];

    private static Tensor Swapped(Tensor gates) => Concat([gates[Width..(2 * Width)], gates[..Width], gates[(2 * Width)..]], 0);
}
