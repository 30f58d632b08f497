using System.Diagnostics;
using System.Globalization;

namespace Proxima.Examples;

/// <summary>A quick measurement of the generated code on this machine.</summary>
internal static class Bench
{
    /// <summary>The time of a forward pass and of a gradient of the 16-layer sparse recovery network, by batch size.</summary>
    /// <returns>Rows of batch size, forward time, forward speed and gradient time.</returns>
    public static IEnumerable<string[]> Rows()
    {
        const int m = 250, n = 500, layers = 16;
        var problem = new SparseProblem(m, n, seed: 0);
        var model = new Alista.Cpu(m, n, layers);
        model.A.CopyFrom(problem.A);
        model.W.CopyFrom(problem.AnalyticWeight());
        foreach (var batch in new[] { 1, 64 })
        {
            var (y, x) = problem.Draw(batch, snr: 30, index: 0);
            var output = Tensor.Zeros(batch, n);
            var forward = Microseconds(() => model.Forward(y, into: output));
            var gradient = Microseconds(() => model.LossGradient(y, x));
            var speed = 4.0 * m * n * layers * batch / forward / 1000;
            yield return [$"{batch}", Text(forward), Text(speed), Text(gradient)];
        }

        static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
    }

    /// <summary>The shortest of many runs, which other load on the machine disturbs least.</summary>
    private static double Microseconds(Action action)
    {
        var best = double.PositiveInfinity;
        var whole = Stopwatch.StartNew();
        for (var i = 0; i < 20 || whole.Elapsed.TotalSeconds < 1; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        return best;
    }
}
