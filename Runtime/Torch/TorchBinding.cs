using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;

namespace Proxima.Torch;

/// <summary>Makes the parameters of a network those of a torch module, and its methods nodes of torch's autograd.</summary>
internal sealed class TorchBinding
{
    private readonly List<(Parameter Inner, TorchSharp.Modules.Parameter Torch)> _learned = [];
    private Gradients? _gradients;
    private torch.Tensor[] _gradientViews = [];
    private Exception? _failure;

    public TorchBinding(nn.Module module, Network inner)
    {
        Inner = inner;
        var groups = new Dictionary<string, nn.Module> { [""] = module };
        foreach (var parameter in inner.Parameters)
        {
            var dot = parameter.Name.LastIndexOf('.');
            var group = Group(groups, dot < 0 ? "" : parameter.Name[..dot]);
            var name = parameter.Name[(dot + 1)..];
            var shared = parameter.Value.ToTorch().DetachFromDisposeScope();
            if (parameter.IsBuffer || !parameter.Value.DType.IsFloating)
            {
                group.register_buffer(name, shared);
                continue;
            }
            var registered = new TorchSharp.Modules.Parameter(shared, requires_grad: true);
            group.register_parameter(name, registered);
            _learned.Add((parameter, registered));
        }
    }

    public Network Inner { get; }

    // A name of a torch parameter contains no dots: "blocks.0.Weight" is the parameter Weight of the module 0 of the module blocks.
    private static nn.Module Group(Dictionary<string, nn.Module> groups, string path)
    {
        if (groups.TryGetValue(path, out var known))
            return known;
        var dot = path.LastIndexOf('.');
        var group = new TorchGroup(path);
        Group(groups, dot < 0 ? "" : path[..dot]).register_module(path[(dot + 1)..], group);
        return groups[path] = group;
    }

    /// <summary>A module that only holds the parameters of a child network.</summary>
    private sealed class TorchGroup(string path) : nn.Module(path);

    /// <summary>Refuses to move the parameters elsewhere: they would no longer be the network's.</summary>
    public void Stay(ScalarType? dtype, Device? device)
    {
        if (device is not null && device.type != DeviceType.CPU)
            throw new NotSupportedException($"{Inner.GetType()} computes on the CPU and shares its parameters with this module: it cannot move to {device}. The Gpu target runs on devices.");
        if (dtype is not null && _learned.Find(pair => pair.Torch.dtype != dtype) is { Torch: not null } other)
            throw new NotSupportedException($"{Inner.GetType()} computes in {other.Torch.dtype} and shares its parameters with this module: they cannot become {dtype}.");
    }

    /// <inheritdoc cref="TorchNetwork.Apply"/>
    public torch.Tensor[] Apply(ITorchFunction function, torch.Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw new InvalidOperationException($"An earlier backward pass through {Inner.GetType()} failed and left NaN in its gradients.", failure);
        if (!is_grad_enabled() || !(_learned.Exists(pair => pair.Torch.requires_grad) || Array.Exists(inputs, input => input.requires_grad)))
            return Forward(function, inputs);
        var call = new Call(this, function, Array.ConvertAll(inputs, input => (input.shape, input.dtype)));
        object[] arguments = [call, .. inputs, .. _learned.Select(pair => pair.Torch)];
        return [.. FusedFunction.apply(arguments)];
    }

    private torch.Tensor[] Forward(ITorchFunction function, torch.Tensor[] inputs)
    {
        var views = Array.ConvertAll(inputs, TorchConversions.ToProxima);
        var outputs = function.Forward(views);
        // Autograd relies on every result having memory of its own.
        return Array.ConvertAll(outputs, output =>
            (Array.Exists(views, view => Overlap(view, output)) || Inner.Stacks.Any(stack => Overlap(stack.Value, output)) ? output.Clone() : output).ToTorch());
    }

    private static unsafe bool Overlap(Tensor x, Tensor y)
    {
        byte* a = (byte*)x.Pointer, b = (byte*)y.Pointer;
        return a < b + y.Length * y.DType.Size && b < a + x.Length * x.DType.Size;
    }

    private List<torch.Tensor?> Backward(ITorchFunction function, int inputCount, List<torch.Tensor> saved, List<torch.Tensor> cotangents)
    {
        var inputs = saved.GetRange(0, inputCount).ConvertAll(TorchConversions.ToProxima);
        var gradients = inputs.ConvertAll(input => input.DType.IsFloating ? empty(Array.ConvertAll(input.Shape.ToArray(), size => (long)size), TorchConversions.TypeOf(input.DType)) : null);
        if (_gradients is null)
        {
            _gradients = new Gradients(Inner);
            _gradientViews = [.. _learned.Select(pair => _gradients.Of(pair.Inner.Name).ToTorch().DetachFromDisposeScope())];
        }
        foreach (var view in _gradientViews)
            view.zero_();
        function.Backward([.. inputs], [.. cotangents.Select(TorchConversions.ToProxima)], [.. gradients.Select(gradient => gradient?.ToProxima())], _gradients);
        // Copies: torch may make what it gets the parameter's grad, and the network writes its gradients anew in the next pass.
        return [.. gradients, .. _gradientViews.Select(view => view.clone())];
    }

    private void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>What a node of the graph needs besides its tensors, which torch may refuse to give back.</summary>
    private sealed record Call(TorchBinding Binding, ITorchFunction Function, (long[] Shape, ScalarType Type)[] Inputs)
    {
        /// <summary>NaN for every input and parameter that can have a gradient.</summary>
        public IEnumerable<torch.Tensor?> NaN() =>
        [
            .. Inputs.Select(input => input.Type is ScalarType.Float32 or ScalarType.Float64 ? full(input.Shape, double.NaN, input.Type) : null),
            .. Binding._learned.Select(pair => full_like(pair.Torch, double.NaN)),
        ];
    }

    /// <summary>The node: one call of generated code forward and one backward, with inputs and parameters alike as its arguments.</summary>
    [SuppressMessage("Design", "CA1812", Justification = "TorchSharp creates it.")]
    private sealed class FusedFunction : autograd.MultiTensorFunction<FusedFunction>
    {
        public override string Name => nameof(FusedFunction);

        public override List<torch.Tensor> forward(autograd.AutogradContext context, params object[] arguments)
        {
            var call = (Call)arguments[0];
            var tensors = arguments[1..].Cast<torch.Tensor>().ToList();
            var outputs = call.Binding.Forward(call.Function, [.. tensors.Take(call.Inputs.Length)]);
            context.save_for_backward(tensors);
            context.save_data(nameof(Call), call);
            context.mark_non_differentiable([.. outputs.Where(output => !output.is_floating_point())]);
            return [.. outputs];
        }

        public override List<torch.Tensor> backward(autograd.AutogradContext context, List<torch.Tensor> cotangents)
        {
            var call = (Call)context.get_data(nameof(Call));
            List<torch.Tensor> saved = [];
            List<torch.Tensor?> gradients;
            // An exception must not leave here, it would end the process: the gradients say NaN and the next call throws.
            try
            {
                saved = context.get_saved_variables();
                using (no_grad())
                    gradients = call.Binding.Backward(call.Function, call.Inputs.Length, saved, cotangents);
            }
            catch (Exception failure)
            {
                call.Binding.Fail(failure);
                gradients = [.. call.NaN()];
            }
            if (is_grad_enabled()) // create_graph: torch will differentiate what we return
                gradients = gradients.ConvertAll(gradient => gradient is null ? null : OnceDifferentiable.apply([call, gradient, .. saved]));
            foreach (var tensor in saved)
                tensor.Dispose();
            return [null!, .. gradients.Select(gradient => gradient!)];
        }
    }

    /// <summary>
    /// Stands for the derivative of a derivative by inputs and parameters, which no generated code computes: torch would end the process if nothing stood there.
    /// </summary>
    private sealed class OnceDifferentiable : autograd.SingleTensorFunction<OnceDifferentiable>
    {
        private const string Connected = nameof(Connected); // whether inputs and parameters are arguments, too

        public override string Name => nameof(OnceDifferentiable);

        public override torch.Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            context.save_data(nameof(Call), arguments[0]);
            context.save_data(Connected, arguments.Length > 2);
            return ((torch.Tensor)arguments[1]).clone();
        }

        public override List<torch.Tensor> backward(autograd.AutogradContext context, torch.Tensor cotangent)
        {
            var call = (Call)context.get_data(nameof(Call));
            call.Binding.Fail(new NotSupportedException(
                $"The methods of {call.Binding.Inner.GetType()} can be differentiated once by torch; declare second derivatives in the network, with [Hvp] or a gradient of a gradient."));
            IEnumerable<torch.Tensor?> gradients = [full_like(cotangent, double.NaN), .. (bool)context.get_data(Connected) ? call.NaN() : []];
            return [null!, .. gradients.Select(gradient => gradient!)];
        }
    }
}
