using TorchSharp;
using static TorchSharp.torch;

namespace Proxima.Torch;

/// <summary>A torch module around a compiled network: the base of generated <c>Torch</c> classes.</summary>
/// <remarks>
/// Every parameter of the network is registered under its full name (<c>blocks.0.Weight</c>) and shares its memory, so optimizers, <c>state_dict</c>,
/// <c>load</c> and the network see one set of values. The module lives on the CPU and keeps its element types. An instance serves one thread at a time.
/// </remarks>
public abstract class TorchNetwork : nn.Module
{
    private readonly TorchBinding _binding;

    /// <summary>Wraps a network, of which the module becomes the owner.</summary>
    /// <param name="name">The name of the module.</param>
    /// <param name="inner">The network that computes.</param>
    protected TorchNetwork(string name, Network inner) : base(name)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _binding = new TorchBinding(this, inner);
    }

    /// <summary>The network that computes; its parameters are this module's.</summary>
    public Network Inner => _binding.Inner;

    /// <summary>Calls a method of the network as one node of torch's autograd: gradients reach the inputs and the parameters.</summary>
    /// <remarks>
    /// Torch can differentiate the result once; a derivative of it by <c>create_graph</c> is NaN. When a backward pass fails its gradients are NaN, and the
    /// next call throws the reason: libtorch would end the process if the pass itself threw.
    /// </remarks>
    /// <exception cref="ArgumentException">The inputs do not fit the declared shapes and element types.</exception>
    /// <exception cref="NotSupportedException">An input is of a kind that <see cref="TorchConversions.ToProxima"/> refuses.</exception>
    /// <exception cref="InvalidOperationException">An earlier backward pass failed.</exception>
    protected torch.Tensor[] Apply(ITorchFunction function, params torch.Tensor[] inputs) => _binding.Apply(function, inputs);

    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking) => _binding.Stay(dtype, device);
}

/// <summary>A <see cref="TorchNetwork"/> whose <c>forward</c> takes one tensor and gives one, so that it fits into <c>Sequential</c>.</summary>
/// <inheritdoc cref="TorchNetwork" path="/remarks"/>
public abstract class TorchLayer : nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly TorchBinding _binding;

    /// <inheritdoc cref="TorchNetwork(string, Network)"/>
    protected TorchLayer(string name, Network inner) : base(name)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _binding = new TorchBinding(this, inner);
    }

    /// <inheritdoc cref="TorchNetwork.Inner"/>
    public Network Inner => _binding.Inner;

    /// <inheritdoc cref="TorchNetwork.Apply"/>
    protected torch.Tensor[] Apply(ITorchFunction function, params torch.Tensor[] inputs) => _binding.Apply(function, inputs);

    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking) => _binding.Stay(dtype, device);
}
