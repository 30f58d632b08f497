using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Neural operators: parameters that belong to functions and not to grids, in closed form and learned from Burgers' equation.</summary>
public sealed class NeuralOperatorLearning : IExample
{
    private const int Grid = 128;
    private const int Finer = 4;
    private const int Channels = 16;
    private const int Modes = 8;
    private const int Layers = 3;

    /// <inheritdoc/>
    public string Id => "S016";

    /// <inheritdoc/>
    public string Title => "Neural operators: Fourier, low-rank and graph kernels that know no grid";

    /// <inheritdoc/>
    public string Family => "neural-operator";

    /// <inheritdoc/>
    public string Paper => "Kovachki, Li, Liu, Azizzadenesheli, Bhattacharya, Stuart, Anandkumar: Neural Operator: Learning Maps Between Function Spaces (JMLR 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(FourierOperator), new Dictionary<string, long> { ["channels"] = Channels, ["modes"] = Modes, ["layers"] = Layers, ["b"] = 20, ["n"] = Grid }),
        new(typeof(GraphKernel), new Dictionary<string, long> { ["width"] = 16, ["n"] = 256, ["e"] = 16640 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Heat(context);
        Rank(context);
        Graphs(context);
        Burgers(context);
    }

    /// <summary>Values on a grid of functions with the given coefficients of cosines (first) and sines, from frequency 1 on.</summary>
    private static Tensor Values(Tensor coefficients, int n, Func<int, double>? factor = null)
    {
        var (rows, modes) = (coefficients.Dim(0), coefficients.Dim(2));
        var values = Tensor.Zeros([rows, n], DType.Float64);
        double[] c = coefficients.To(DType.Float64).ToArray<double>();
        for (var i = 0; i < rows; i++)
        {
            var row = values.AsSpan<double>().Slice(i * n, n);
            for (var k = 1; k <= modes; k++)
            {
                var scale = factor?.Invoke(k) ?? 1;
                for (var j = 0; j < n; j++)
                {
                    var (sin, cos) = Math.SinCos(2 * Math.PI * ((long)k * j % n) / n);
                    row[j] += scale * (c[(2 * i) * modes + k - 1] * cos + c[(2 * i + 1) * modes + k - 1] * sin);
                }
            }
        }
        return values;
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    /// <summary>One filter with R_k = exp(-nu (2 pi k)^2 t) is the heat semigroup, on every grid.</summary>
    private static void Heat(Context context)
    {
        const double nu = 0.01, time = 0.1;
        const int modes = 16;
        var coefficients = Sample.Normal(context.Seed + 1, 10, 2, modes - 1);
        var worst = 0.0;
        foreach (var n in new[] { 64, 256, 1024 })
        {
            var filter = new SpectralConvolution.Cpu(1, modes);
            filter.Imaginary.Fill(0);
            for (var k = 0; k < modes; k++) filter.Real.AsSpan<float>()[k] = (float)Decay(k);
            Tensor initial = Values(coefficients, n), later = Values(coefficients, n, Decay);
            var actual = filter.Forward(Ops.Unsqueeze(initial, 1).To(DType.Float32));
            worst = Math.Max(worst, Largest(Ops.Squeeze(actual, 1).To(DType.Float64) - later) / Largest(initial));
        }
        context.Claim(Claim.AtMost("Fourier layer minus the heat semigroup on grids of 64, 256 and 1024", worst, 1e-6));

        static double Decay(int k) => Math.Exp(-nu * Math.Pow(2 * Math.PI * k, 2) * time);
    }

    /// <summary>The matrix of a low-rank kernel on a grid has its declared rank.</summary>
    private static void Rank(Context context)
    {
        const int n = 40;
        foreach (var rank in new[] { 3, 6 })
        {
            var kernel = new LowRankKernel(rank, 16);
            kernel.Initialize(context.Seed + 1);
            kernel.To(DType.Float64);
            var points = Ops.Reshape(8 * Ops.Arange(n, DType.Float64) / n - 4, n, 1);
            var matrix = kernel.Forward(Ops.Eye(n, DType.Float64), points, Tensor.Full([n], 1.0 / n, DType.Float64));
            context.Claim(Claim.Near($"rank of a kernel of {rank} terms on {n} points", Matrices.Rank(matrix, 1e-12), rank, 0));
        }
    }

    /// <summary>The mean over the neighbours converges to the mean over the interval as fast as the sum over equidistant points does: with 1 / n.</summary>
    private static void Graphs(Context context)
    {
        const double radius = 1.0 / 8;
        var layer = new GraphKernel(16);
        layer.Initialize(context.Seed + 3);
        layer.To(DType.Float64);
        int[] counts = [64, 128, 256, 512];
        var errors = new double[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var n = counts[i];
            var reach = (int)(radius * n);
            Tensor sources = Tensor.Zeros([n * (2 * reach + 1)], DType.Int64), targets = Tensor.Zeros([n * (2 * reach + 1)], DType.Int64), steps = Tensor.Zeros([n * (2 * reach + 1), 1], DType.Float64);
            for (var (target, edge) = (0, 0); target < n; target++)
                for (var step = -reach; step <= reach; step++, edge++)
                {
                    (targets.AsSpan<long>()[edge], sources.AsSpan<long>()[edge]) = (target, (target + step + n) % n);
                    steps.AsSpan<double>()[edge] = (double)step / n;
                }
            var mean = layer.Forward(Function(n), sources, targets, steps).ToArray<double>();
            // The mean over the interval at each of 64 points, by Simpson's rule.
            const int fine = 4000;
            var kernel = layer.At(Ops.Reshape((Ops.Arange(fine + 1, DType.Float64) / fine * 2 - 1) * radius, fine + 1, 1)).ToArray<double>();
            for (var point = 0; point < 64; point++)
            {
                var integral = 0.0;
                for (var k = 0; k <= fine; k++)
                    integral += (k is 0 or fine ? 1 : k % 2 == 1 ? 4 : 2) / (3.0 * fine) * kernel[k] * At((double)point / 64 + (2.0 * k / fine - 1) * radius);
                errors[i] = Math.Max(errors[i], Math.Abs(mean[point * (n / 64)] - integral));
            }
        }
        var slope = Math.Log(errors[^1] / errors[0]) / Math.Log((double)counts[^1] / counts[0]);
        context.Table("graph kernel", ["points", "largest error"], counts.Select((n, i) => (string[])[$"{n}", Claim.Text(errors[i])]));
        context.Claim(Claim.Near("log-log slope of its error", slope, -1, 0.1));

        static double At(double x) => Math.Sin(2 * Math.PI * x) + 0.5 * Math.Cos(6 * Math.PI * x);

        static Tensor Function(int n)
        {
            var values = Tensor.Zeros([n], DType.Float64);
            for (var i = 0; i < n; i++) values.AsSpan<double>()[i] = At((double)i / n);
            return values;
        }
    }

    /// <summary>Initial functions from a Gaussian process that is smooth enough for every grid used, and what Burgers' equation makes of them, on a fine grid.</summary>
    private static (Tensor Initial, Tensor Final) Draw(ulong seed, int rows)
    {
        const int modes = 20;
        var coefficients = Sample.Normal(seed, rows, 2, modes);
        // The paper's covariance 625 (25 - d^2/dx^2)^-2, cut off where it is small.
        for (var i = 0; i < coefficients.Length; i++) coefficients.AsSpan<float>()[(int)i] *= (float)(25 * Math.Sqrt(2) / (25 + Math.Pow(2 * Math.PI * (i % modes + 1), 2)));
        var initial = Values(coefficients, Finer * Grid).To(DType.Float32);
        return (initial, new BurgersFlow.Cpu(Grid, Finer, steps: 100).Forward(Coarse(initial, Grid)));
    }

    private static Tensor Coarse(Tensor values, int n) => Ops.Slice(values, 1, 0, values.Dim(1), values.Dim(1) / n);

    private static void Burgers(Context context)
    {
        const int reach = Modes;
        var (training, tests) = context.Quick ? (120, 30) : (300, 100);
        var (initial, final) = Draw(context.Seed + 10, training + tests);
        context.Claim(Claim.AtMost("flow of 100 steps minus that of 200", Largest(new BurgersFlow.Cpu(Grid, Finer, steps: 200).Forward(Coarse(initial[..20], Grid)) - final[..20]), 1e-4));
        context.Claim(Claim.AtMost("change of the mean of the functions, which the equation keeps", Largest(Ops.Mean(final, dim: 1) - Ops.Mean(initial, dim: 1)), 1e-5));

        Tensor x = Coarse(initial[..training], Grid), y = Coarse(final[..training], Grid);
        Tensor testX = initial[training..], testY = final[training..];
        var operation = new FourierOperator.Cpu(Channels, Modes, Layers);
        var baseline = new GridOperator.Cpu(Channels, reach, Layers);
        operation.Initialize(context.Seed);
        baseline.Initialize(context.Seed);
        var epochs = context.Quick ? 30 : 50;
        Learn("Fourier operator", operation, operation.LossGradient);
        Learn("convolutions on the grid", baseline, baseline.LossGradient);

        double[] errors = new double[2], grid = new double[2];
        int[] sizes = [Grid, Finer * Grid];
        for (var i = 0; i < 2; i++)
        {
            errors[i] = (double)operation.Loss(Coarse(testX, sizes[i]), Coarse(testY, sizes[i]));
            grid[i] = (double)baseline.Loss(Coarse(testX, sizes[i]), Coarse(testY, sizes[i]));
        }
        context.Table("relative error on unseen functions", ["grid", "Fourier operator", "convolutions"], sizes.Select((n, i) => (string[])[$"{n}", Claim.Text(errors[i]), Claim.Text(grid[i])]));
        // What the equation does without its nonlinear part.
        var heat = new SpectralConvolution.Cpu(1, Grid / 2);
        heat.Imaginary.Fill(0);
        for (var k = 0; k < Grid / 2; k++) heat.Real.AsSpan<float>()[k] = (float)Math.Exp(-0.1 * Math.Pow(2 * Math.PI * k, 2));
        var linear = Ops.Squeeze(heat.Forward(Ops.Unsqueeze(testX, 1)), 1);
        var baselineError = (double)Ops.Mean(Ops.Norm(linear - testY, 2, dim: 1) / Ops.Norm(testY, 2, dim: 1));
        context.Claim(Claim.AtMost("relative error on the grid of the training, against that of the heat equation", errors[0], 0.03, baselineError));
        context.Claim(Claim.AtMost("error on a grid four times finer / error on that of the training", errors[1] / errors[0], 1.1, grid[1] / grid[0]));
        context.Claim(Claim.AtLeast("error of the convolutions / of the operator on the finer grid", grid[1] / errors[1], 4, 1));

        void Learn(string title, Network network, Func<Tensor, Tensor, Gradients> gradient)
        {
            var adam = new Adam(network, learningRate: 3e-3);
            var batches = new Batches(20, context.Seed, true, x, y);
            context.Steps(title, epochs, epoch =>
            {
                adam.LearningRate = 3e-3 * 0.5 * (1 + Math.Cos(Math.PI * epoch / epochs)) + 1e-5;
                var loss = 0.0;
                foreach (var batch in batches.Epoch(epoch))
                {
                    var g = gradient(batch[0], batch[1]);
                    adam.Step(g);
                    loss += (double)g.Value / batches.Count;
                }
                return $"error {Claim.Text(loss)}";
            });
        }
    }
}
