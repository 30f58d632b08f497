global using Leaves = System.Collections.Generic.Dictionary<string, TorchSharp.Modules.Parameter>;

using Proxima.Training;
using TorchSharp;

namespace Proxima.Benchmarks;

/// <summary>A case of the suite: the same work for every library, from the same numbers. Nothing is made before a library is asked for.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Work">What is computed, and its sizes.</param>
/// <param name="Flops">Multiplications and additions of its products, convolutions and the like.</param>
/// <param name="Bytes">What it must read and write at least once, were the caches endless: arguments, parameters, results, and what the derivative needs of the forward pass.</param>
internal sealed record Trial(string Name, string Work, double Flops, double Bytes)
{
    /// <summary>Every case, in the order of the table.</summary>
    public static IReadOnlyList<Trial> All { get; } =
        [.. Recovery.Trials, .. Unrolled.Trials, .. Pointwise.Trials, .. Perceptrons.Trials, .. Transformers.Trials, .. Images.Trials, .. Recurrence.Trials, .. GraphLayers.Trials, .. Operators.Trials, .. Certificates.Trials];

    /// <summary>The generated CPU class.</summary>
    public required Func<Side> Proxima { get; init; }

    /// <summary>TorchSharp as its users write it: eager operations, autograd.</summary>
    public required Func<Side> Torch { get; init; }

    /// <summary>The forward pass as a graph; null where ONNX Runtime has no operators for it, or does not differentiate.</summary>
    public Func<OnnxModel>? Onnx { get; init; }

    /// <summary>How far the answers may be apart, |x - t| / |t|.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>What a library does; null where it cannot.</summary>
    public Side? Of(string library, int threads) => library switch
    {
        "Proxima" => Proxima(),
        "TorchSharp" => Torch(),
        _ => Onnx?.Invoke().Run(threads),
    };
}

/// <summary>A library's side of a case.</summary>
/// <param name="Call">What is measured.</param>
/// <param name="Answer">What the last call has computed.</param>
internal sealed record Side(Action Call, Func<float[]> Answer);

/// <summary>The sides of Proxima and of torch, and how numbers come to both.</summary>
internal static class Sides
{
    /// <summary>Normal numbers, the same ones for the same seed.</summary>
    public static Tensor Normal(ulong seed, params int[] shape) => Sample.Normal(seed, shape);

    /// <summary>Classes, the same ones for the same seed.</summary>
    public static Tensor Labels(int count, int classes)
    {
        var labels = Tensor.Zeros([count], DType.Int64);
        for (var i = 0; i < count; i++) labels.AsSpan<long>()[i] = i * 7919L % classes;
        return labels;
    }

    /// <summary>A call that writes into a result.</summary>
    public static Side Into(Tensor result, Action<Tensor> call) => new(() => call(result), result.ToArray<float>);

    /// <summary>A gradient, and a step of an optimizer where there is one. The answer is all derivatives, by name.</summary>
    public static Side Train(Network network, Func<Gradients> gradient, Optimizer? optimizer = null)
    {
        Gradients? last = null;
        return new(
            () =>
            {
                last = gradient();
                optimizer?.Step(last);
            },
            () => [.. Learned(network).SelectMany(parameter => last!.Of(parameter.Name).ToArray<float>())]);
    }

    /// <summary>Torch's copy.</summary>
    public static torch.Tensor Torch(this Tensor x)
    {
        long[] shape = [.. x.Shape.ToArray().Select(size => (long)size)];
        return x.DType == DType.Int64 ? torch.tensor(x.ToArray<long>(), shape) : torch.tensor(x.ToArray<float>(), shape);
    }

    /// <summary>Torch's copies of the learned parameters.</summary>
    public static Leaves TorchParameters(this Network network) =>
        Learned(network).ToDictionary(parameter => parameter.Name, parameter => torch.nn.Parameter(parameter.Value.Torch()));

    /// <summary>A forward pass in torch: no graph of derivatives, a scope that frees what the call makes.</summary>
    public static Side Eager(Func<torch.Tensor> forward)
    {
        torch.Tensor? last = null;
        return new(
            () =>
            {
                using var off = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                var result = forward();
                last?.Dispose();
                last = result.DetachFromDisposeScope();
            },
            () => last!.contiguous().data<float>().ToArray());
    }

    /// <summary>A derivative by an input in torch.</summary>
    public static Side EagerSlope(Func<torch.Tensor> slope)
    {
        torch.Tensor? last = null;
        return new(
            () =>
            {
                using var scope = torch.NewDisposeScope();
                var result = slope();
                last?.Dispose();
                last = result.DetachFromDisposeScope();
            },
            () => last!.detach().contiguous().data<float>().ToArray());
    }

    /// <summary>The loss, its derivatives, and a step of Adam where that is asked for, in torch.</summary>
    public static Side EagerTrain(Leaves parameters, Func<torch.Tensor> loss, bool step = false)
    {
        var optimizer = torch.optim.Adam(parameters.Values, lr: 1e-3);
        return new(
            () =>
            {
                using var scope = torch.NewDisposeScope();
                optimizer.zero_grad();
                loss().backward();
                if (step) optimizer.step();
            },
            () => [.. parameters.Values.SelectMany(parameter => (parameter.grad ?? torch.zeros_like(parameter)).contiguous().data<float>().ToArray())]);
    }

    private static IEnumerable<Parameter> Learned(Network network) => network.Parameters.Where(parameter => !parameter.IsBuffer);
}
