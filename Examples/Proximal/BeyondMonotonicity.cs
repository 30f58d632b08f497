using System.Numerics;

namespace Proxima.Examples;

/// <summary>Where the proximal point method and extragradient still converge although the field is not monotone.</summary>
public sealed class BeyondMonotonicity : IExample
{
    /// <inheritdoc/>
    public string Id => "S083";

    /// <inheritdoc/>
    public string Title => "Negative comonotonicity: proximal point and extragradient beyond monotone fields";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Gorbunov, Taylor, Horvath, Gidel: Convergence of Proximal Point and Extragradient-Based Methods Beyond Monotonicity: the Case of Negative Comonotonicity (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(LinearField), new Dictionary<string, long> { ["n"] = 4, ["batch"] = 90_000 }),
        new(typeof(ComonotoneField), new Dictionary<string, long> { ["n"] = 6 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        ProximalPoint(context);
        Extragradient(context);
        Rate(context);
    }

    /// <summary>The block that turns by the angle whose cosine is -ρ: it is 1-Lipschitz and exactly ρ-negatively comonotone.</summary>
    private static double[,] Rotation(double rho)
    {
        var sine = Math.Sqrt(1 - rho * rho);
        return new[,] { { -rho, -sine }, { sine, -rho } };
    }

    /// <summary>The factor by which a step shortens x is known for the rotation, and falls below 1 exactly at γ = 2ρ.</summary>
    private static void ProximalPoint(Context context)
    {
        const double rho = 0.4;
        var net = new LinearField.Cpu(2);
        net.Matrix.CopyFrom(Tensor.From(Rotation(rho)));
        var x = Tensor.From([1.0, 0.0], 2);
        double Factor(double step) => Length(net.ProximalPoint(x, x, Tensor.Scalar(step)));
        double error = 0;
        foreach (var step in new[] { 0.3, 0.79, 0.8, 0.81, 1.5 })
            error = Math.Max(error, Math.Abs(Factor(step) - 1 / Math.Sqrt(1 - 2 * step * rho + step * step)));
        context.Claim(Claim.AtMost("proximal point: factor of a step against its formula", error, 1e-10));
        context.Claim(Claim.AtLeast("factor - 1 just below gamma = 2 rho", Factor(2 * rho - 1e-6) - 1, 1e-8));
        context.Claim(Claim.AtMost("factor - 1 just above gamma = 2 rho", Factor(2 * rho + 1e-6) - 1, -1e-8));
        var far = x;
        for (var i = 0; i < 100; i++) far = net.Forward(far, Tensor.Scalar(0.81));
        context.Claim(Claim.AtLeast("length after 100 explicit steps of gamma = 0.81", Length(far), 1e6, Math.Pow(Factor(0.81), 100)));
    }

    /// <summary>The best pair of step lengths for the worse of two blocks, the identity and the rotation: a factor below 1 exists up to ρ = 1/2.</summary>
    private static void Extragradient(Context context)
    {
        var side = context.Quick ? 100 : 300;
        double[] first = new double[side * side], second = new double[side * side];
        for (var i = 0; i < side * side; i++) (first[i], second[i]) = (2.0 * (i / side + 1) / side, 1.0 * (i % side + 1) / side);
        double[] rhos = [0.1, 0.3, 0.45, 0.5, 0.6];
        var best = Array.ConvertAll(rhos, rho =>
        {
            var net = new LinearField.Cpu(4);
            var turn = Rotation(rho);
            net.Matrix.CopyFrom(Tensor.From(new[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, turn[0, 0], turn[0, 1] }, { 0, 0, turn[1, 0], turn[1, 1] } }));
            // Both blocks scale all directions alike, so one vector with a part in each tells both factors.
            var ends = net.Extragradients(Tensor.From([1.0, 0, 1, 0], 4), Tensor.From(first, side * side), Tensor.From(second, side * side)).ToArray<double>();
            return Enumerable.Range(0, side * side).Min(i => Math.Max(Math.Abs(ends[4 * i]), new Complex(ends[4 * i + 2], ends[4 * i + 3]).Magnitude));
        });
        context.Table("extragradient: best worst-case factor", ["rho L", "factor"], rhos.Zip(best, (rho, factor) => new[] { Claim.Text(rho), factor.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture) }));
        context.Claim(Claim.Near("extragradient: best factor at rho = 0.1", best[0], 0.8836, 0.01));
        context.Claim(Claim.Near("at rho = 0.3", best[1], 0.9665, 0.01));
        context.Claim(Claim.AtMost("at rho = 0.45", best[2], 0.9999));
        context.Claim(Claim.AtLeast("at rho = 0.5", best[3], 1));
        context.Claim(Claim.AtLeast("at rho = 0.6", best[4], 1));
    }

    /// <summary>The squared length of a step of the proximal point method falls at least as γ |x₀|² / ((γ - 2ρ) N).</summary>
    private static void Rate(Context context)
    {
        const int n = 6;
        const double rho = 0.2, step = 0.6;
        int fields = context.Quick ? 10 : 50, steps = context.Quick ? 300 : 1000;
        double worst = 0, comonotone = double.PositiveInfinity, residual = 0, nonmonotone = double.PositiveInfinity;
        context.Steps($"proximal point method, {steps} steps each", fields, field =>
        {
            var seed = context.Seed + 10 * (ulong)field;
            var net = new ComonotoneField.Cpu(n);
            net.Turn.CopyFrom(0.8 * Sample.Normal(seed, n, n).To(DType.Float64));
            net.Mix.CopyFrom(0.2 * Sample.Normal(seed + 1, n, n).To(DType.Float64));
            Tensor zero = Tensor.Zeros([n], DType.Float64), y = zero;

            // The premise itself, at random pairs of points.
            for (var pair = 0ul; pair < 10; pair++)
            {
                Tensor a = Sample.Normal(seed + 1000 + pair, n).To(DType.Float64), b = Sample.Normal(seed + 2000 + pair, n).To(DType.Float64);
                var (f, _, left) = net.Field(zero, a, Tensor.Scalar(-rho));
                var (g, _, right) = net.Field(zero, b, Tensor.Scalar(-rho));
                residual = Math.Max(residual, Math.Max((double)left, (double)right));
                var inner = (double)Ops.Sum((f - g) * (a - b)) / Math.Pow(Length(f - g), 2);
                comonotone = Math.Min(comonotone, inner + rho);
                nonmonotone = Math.Min(nonmonotone, inner);
            }

            var x = Sample.Normal(seed + 2, n).To(DType.Float64);
            var start = Math.Pow(Length(x), 2);
            for (var count = 1; count <= steps; count++)
            {
                (y, _, var left) = net.Field(y, x, Tensor.Scalar(step - rho));
                residual = Math.Max(residual, (double)left);
                x -= step * y;
                worst = Math.Max(worst, count * Math.Pow(step * Length(y), 2) / (step * start / (step - 2 * rho)));
            }
            return null;
        });
        context.Claim(Claim.AtMost("largest residual of the implicit equations", residual, 1e-12));
        context.Claim(Claim.AtLeast("<F(x) - F(y), x - y> / |F(x) - F(y)|^2 + rho, smallest", comonotone, -1e-9));
        context.Claim(Claim.AtMost("without rho: the fields are not monotone", nonmonotone, -0.01));
        context.Claim(Claim.AtMost("N |x_N - x_(N-1)|^2 (gamma - 2 rho) / (gamma |x_0|^2), largest", worst, 1));
    }

    private static double Length(Tensor x) => Math.Sqrt((double)Ops.Sum(Ops.Square(x)));
}
