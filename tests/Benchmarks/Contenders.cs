using Microsoft.ML.OnnxRuntime;
using Proxima.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Proxima.Benchmarks;

/// <summary>A library that runs the network.</summary>
internal interface IContender : IDisposable
{
    /// <summary>The call to measure; null where the library cannot do it.</summary>
    Action? Prepare(Case work);

    /// <summary>What the last call computed: the codes, or the derivatives by encoder, inhibition and thresholds one after another.</summary>
    float[] Answer(Case work);
}

/// <summary>The generated CPU class, or the reference in Float64 that the others are compared with.</summary>
internal sealed class ProximaContender : IContender
{
    private readonly Problem _problem;
    private readonly Lista _model;
    private readonly bool _exact;
    private Tensor _codes = Tensor.Zeros();
    private Gradients? _gradients;

    private ProximaContender(Problem problem, Lista model, bool exact)
    {
        (_problem, _model, _exact) = (problem, model, exact);
        problem.Encoder.CopyTo(model.Encoder.AsSpan<float>());
        problem.Inhibition.CopyTo(model.Inhibition.AsSpan<float>());
        problem.Threshold.CopyTo(model.Threshold.AsSpan<float>());
        if (exact) model.To(DType.Float64);
    }

    public static ProximaContender Compiled(Problem problem, int threads)
    {
        WorkerPool.Threads = threads;
        return new(problem, new Lista.Cpu(Problem.Measurements, Problem.Atoms, Problem.Layers), exact: false);
    }

    public static ProximaContender Exact(Problem problem) =>
        new(problem, new Lista(Problem.Measurements, Problem.Atoms, Problem.Layers), exact: true);

    public Action Prepare(Case work)
    {
        var signals = Batch(_problem.Signals, work.Batch, Problem.Measurements);
        var target = Batch(_problem.Codes, work.Batch, Problem.Atoms);
        _codes = Batch(new float[target.Length], work.Batch, Problem.Atoms);
        return work.Gradient
            ? () => _gradients = _model.LossGradient(signals, target)
            : () => _model.Forward(signals, _codes);
    }

    public float[] Answer(Case work)
    {
        IEnumerable<Tensor> parts = work.Gradient ? [_gradients!.Of("Encoder"), _gradients.Of("Inhibition"), _gradients.Of("Threshold")] : [_codes];
        return [.. parts.SelectMany(part => part.To(DType.Float32).ToArray<float>())];
    }

    public void Dispose()
    {
    }

    private Tensor Batch(float[] rows, int count, int width)
    {
        var tensor = Tensor.From(rows.AsSpan(0, count * width), count, width);
        return _exact ? tensor.To(DType.Float64) : tensor;
    }
}

/// <summary>TorchSharp as its users write it: eager operations, autograd, a dispose scope per call.</summary>
internal sealed class TorchContender : IContender
{
    private readonly Problem _problem;
    private readonly TorchLista _model;
    private torch.Tensor _codes = empty(0);

    public TorchContender(Problem problem, int threads)
    {
        set_num_threads(threads);
        _problem = problem;
        _model = new TorchLista(problem);
    }

    public Action Prepare(Case work)
    {
        var signals = tensor(_problem.Signals).reshape(-1, Problem.Measurements)[..work.Batch].contiguous();
        var target = tensor(_problem.Codes).reshape(-1, Problem.Atoms)[..work.Batch].contiguous();
        return work.Gradient ? Train : Infer;

        void Infer()
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            Keep(_model.forward(signals));
        }

        void Train()
        {
            using var scope = NewDisposeScope();
            _model.zero_grad();
            var loss = (_model.forward(signals) - target).square().mean();
            loss.backward();
        }
    }

    public float[] Answer(Case work)
    {
        IEnumerable<torch.Tensor> parts = work.Gradient ? _model.parameters().Select(parameter => parameter.grad!) : [_codes];
        return [.. parts.SelectMany(part => part.data<float>().ToArray())];
    }

    public void Dispose()
    {
        _codes.Dispose();
        _model.Dispose();
    }

    private void Keep(torch.Tensor codes)
    {
        _codes.Dispose();
        _codes = codes.DetachFromDisposeScope();
    }

    private sealed class TorchLista : nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _encoder, _inhibition;
        private readonly TorchSharp.Modules.ParameterList _thresholds;

        public TorchLista(Problem problem) : base(nameof(Lista))
        {
            _encoder = nn.Parameter(tensor(problem.Encoder).reshape(Problem.Measurements, Problem.Atoms));
            _inhibition = nn.Parameter(tensor(problem.Inhibition).reshape(Problem.Atoms, Problem.Atoms));
            _thresholds = nn.ParameterList([.. problem.Threshold.Select(threshold => nn.Parameter(tensor(threshold)))]);
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor y)
        {
            var c = y.matmul(_encoder);
            var x = SoftThreshold(c, _thresholds[0]);
            for (var k = 1; k < _thresholds.Count; k++)
                x = SoftThreshold(c + x.matmul(_inhibition), _thresholds[k]);
            return x;
        }

        private static torch.Tensor SoftThreshold(torch.Tensor x, torch.Tensor threshold) => x.sign() * (x.abs() - threshold).relu();
    }
}

/// <summary>ONNX Runtime, all graph optimisations on, inputs and outputs bound to memory of ours. Inference only.</summary>
internal sealed class OnnxContender : IContender
{
    private static readonly string[] Inputs = ["y"], Outputs = ["x"];

    private readonly Problem _problem;
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private float[] _codes = [];

    public OnnxContender(Problem problem, int threads)
    {
        _problem = problem;
        _options = new SessionOptions { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        _session = new InferenceSession(Model(problem), _options);
    }

    public Action? Prepare(Case work)
    {
        if (work.Gradient) return null;
        _codes = new float[work.Batch * Problem.Atoms];
        OrtValue[] inputs = [OrtValue.CreateTensorValueFromMemory(_problem.Signals[..(work.Batch * Problem.Measurements)], [work.Batch, Problem.Measurements])];
        OrtValue[] outputs = [OrtValue.CreateTensorValueFromMemory(_codes, [work.Batch, Problem.Atoms])];
        return () => _session.Run(_run, Inputs, inputs, Outputs, outputs);
    }

    public float[] Answer(Case work) => _codes;

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
        _options.Dispose();
    }

    private static byte[] Model(Problem problem)
    {
        var graph = new OnnxGraph(nameof(Lista))
            .Constant("encoder", problem.Encoder, Problem.Measurements, Problem.Atoms)
            .Constant("inhibition", problem.Inhibition, Problem.Atoms, Problem.Atoms)
            .Input("y", "b", Problem.Measurements)
            .Output("x", "b", Problem.Atoms)
            .Node("MatMul", ["y", "encoder"], "c");
        var codes = Shrink("c", 0);
        for (var k = 1; k < Problem.Layers; k++)
        {
            graph.Node("MatMul", [codes, "inhibition"], $"inhibited{k}").Node("Add", ["c", $"inhibited{k}"], $"sum{k}");
            codes = Shrink($"sum{k}", k);
        }
        return graph.Model();

        string Shrink(string input, int layer)
        {
            var output = layer == Problem.Layers - 1 ? "x" : $"x{layer}";
            graph.Node("Shrink", [input], output, ("lambd", problem.Threshold[layer]), ("bias", problem.Threshold[layer]));
            return output;
        }
    }
}
