using System.Reflection;
using System.Runtime.CompilerServices;
using Proxima.Torch;
using TorchSharp;

namespace Proxima.Tests.Infrastructure;

/// <summary>
/// Methods of generated classes, called by name, and the law that their results keep: as wrong as the reference in Float32, or as the exact result moves when its inputs are rounded
/// differently, and no more.
/// </summary>
internal static class TargetLaw
{
    /// <summary>The results of a method, in double precision: of gradients the value and one for each parameter.</summary>
    /// <exception cref="ArgumentException">The method refuses the arguments.</exception>
    public static double[][] Call(object network, string method, object[] arguments)
    {
        try
        {
            return Flatten(network.GetType().GetMethods().First(m => m.Name == method && m.ReturnType != typeof(void)).Invoke(network, arguments)!);
        }
        catch (TargetInvocationException exception)
        {
            if (exception.InnerException is ArgumentException) throw exception.InnerException;
            throw new InvalidOperationException(exception.InnerException!.ToString(), exception.InnerException);
        }
    }

    /// <summary>The arguments for a reference in double precision.</summary>
    public static object[] InDouble(object[] arguments) => [.. arguments.Select(a => a is Tensor { DType: DType.Float32 } tensor ? tensor.To(DType.Float64) : a)];

    /// <summary>The same of a torch module.</summary>
    public static double[][] CallTorch(object module, string method, object[] arguments)
    {
        using var scope = torch.NewDisposeScope();
        return [.. Outputs(module, method, [.. arguments.Select(a => a is Tensor tensor ? tensor.ToTorch() : a)]).Select(Doubles)];
    }

    /// <summary>What torch's own differentiation of a method gives.</summary>
    /// <param name="cotangents">Of its results; none where it is a scalar to be differentiated.</param>
    /// <param name="wanted">The derivatives by which arguments; null for those by all parameters, after the value.</param>
    public static double[][] Backward(torch.nn.Module module, string method, object[] arguments, object[] cotangents, Func<int, bool>? wanted)
    {
        using var scope = torch.NewDisposeScope();
        object[] inputs = [.. arguments.Select(a => a is not Tensor tensor ? a : tensor.DType is DType.Float32 or DType.Float64 ? tensor.Clone().ToTorch().requires_grad_(true) : tensor.ToTorch())];
        var outputs = Outputs(module, method, inputs);
        if (cotangents.Length > 0) torch.autograd.backward(outputs, [.. cotangents.Select(c => ((Tensor)c).ToTorch())]);
        else if (outputs[0].requires_grad) outputs[0].backward();
        return wanted is null
            ? [Doubles(outputs[0]), .. module.named_parameters().Select(p => Gradient(p.parameter))]
            : [.. cotangents.Length > 0 ? outputs.Select(Doubles) : [], .. inputs.Where((_, i) => wanted(i)).Select(input => Gradient((torch.Tensor)input))];

        static double[] Gradient(torch.Tensor of) => Doubles(of.grad ?? torch.zeros_like(of));
    }

    private static torch.Tensor[] Outputs(object module, string method, object[] arguments)
    {
        var results = module.GetType().GetMethods().First(m => m.Name == method).Invoke(module, arguments)!;
        return results is ITuple tuple ? [.. Enumerable.Range(0, tuple.Length).Select(i => (torch.Tensor)tuple[i]!)] : [(torch.Tensor)results];
    }

    private static double[] Doubles(torch.Tensor tensor) => Doubles(tensor.detach().ToProxima());

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).ToArray<double>();

    private static double[][] Flatten(object result) => result switch
    {
        Tensor tensor => [Doubles(tensor)],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => Doubles((Tensor)tuple[i]!))],
        Gradients gradients => [Doubles(gradients.Value), .. gradients.Network.Parameters.Where(p => !p.IsBuffer).Select(p => Doubles(gradients.Of(p.Name)))],
        _ => throw new InvalidOperationException($"a result of type {result.GetType()}"),
    };

    /// <summary>Where a target departs from the reference, in words.</summary>
    /// <param name="single">The results of the reference in Float32.</param>
    /// <param name="truth">Those of the reference in Float64.</param>
    /// <param name="actual">Those of the target.</param>
    /// <param name="sensitivity">Of a result, see <see cref="Sensitivity"/>: asked for where an error is larger than that of the Float32 reference.</param>
    public static string? Compare(double[][] single, double[][] truth, double[][] actual, Func<int, double> sensitivity)
    {
        for (var r = 0; r < truth.Length; r++)
        {
            if (Compare(single[r], truth[r], actual[r], () => sensitivity(r)) is { } message) return $"result {r + 1}: {message}";
        }
        return null;
    }

    private static string? Compare(double[] single, double[] truth, double[] actual, Func<double> sensitivity)
    {
        if (actual.Length != truth.Length) return $"{actual.Length} elements instead of {truth.Length}";
        double allowed = 0, scale = 1;
        for (var i = 0; i < truth.Length; i++)
        {
            allowed = Math.Max(allowed, Math.Abs(single[i] - truth[i]));
            scale = Math.Max(scale, Math.Abs(truth[i]));
        }
        var unit = 8 * Math.ScaleB(1, -23) * scale;
        var limit = 3 * allowed + unit;
        for (var i = 0; i < truth.Length; i++)
        {
            var error = Math.Abs(actual[i] - truth[i]);
            if (error <= limit) continue;
            limit = Math.Max(limit, sensitivity() + unit);
            if (!(error <= limit)) return $"element {i} is {actual[i]:R} instead of {truth[i]:R} (Float32 reference {single[i]:R}), allowed {limit:E2}";
        }
        return null;
    }

    /// <summary>How much a result of the exact reference moves when arguments and parameters are rounded to Float32 differently.</summary>
    public static double Sensitivity(Network exact, string method, object[] arguments, double[][] truth, int result)
    {
        var worst = 0.0;
        var random = new Random(1);
        var parameters = exact.Parameters.Where(p => p.Value.DType == DType.Float64).Select(p => (p.Value, Saved: p.Value.ToArray<double>())).ToArray();
        for (var trial = 0; trial < 6; trial++)
        {
            foreach (var (value, saved) in parameters) Disturb(value, saved);
            var moved = Call(exact, method, [.. InDouble(arguments).Select(a =>
            {
                if (a is Tensor { DType: DType.Float64 } own) Disturb(own, own.ToArray<double>());
                return a;
            })]);
            for (var i = 0; i < truth[result].Length; i++) worst = Math.Max(worst, Math.Abs(moved[result][i] - truth[result][i]));
        }
        foreach (var (value, saved) in parameters) saved.CopyTo(value.AsSpan<double>());
        return 24 * worst;

        void Disturb(Tensor tensor, double[] saved)
        {
            var span = tensor.AsSpan<double>();
            for (var i = 0; i < span.Length; i++) span[i] = saved[i] * (1 + (random.NextDouble() * 2 - 1) * Math.ScaleB(1, -23));
        }
    }
}
