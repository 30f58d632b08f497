using System.Numerics;
using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Energies that depend on both ends of a long chain: a learned function of a matrix sees them, messages between neighbours do not.</summary>
/// <remarks>
/// Cumulenes in Hueckel's model: every carbon has two p orbitals across the chain, neighbours overlap, and a CH2 group at an end takes the orbital in its plane away (an on-site
/// energy of 5 overlaps along its axis). The energy is twice the sum of the occupied levels. It counts from its mean over the angles: what a chain adds is the same for all of them.
/// </remarks>
public sealed class CumuleneEnergies : IExample
{
    /// <inheritdoc/>
    public string Id => "S055";

    /// <inheritdoc/>
    public string Title => "Matrix function networks: energies of cumulenes by their twist";

    /// <inheritdoc/>
    public string Family => "equivariant/spectral";

    /// <inheritdoc/>
    public string Paper => "Batatia, Schaaf, Csányi, Ortner, Faber: Equivariant Matrix Function Neural Networks (ICLR 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(MatrixFunctionNetwork), new Dictionary<string, long> { ["poles"] = 6, ["width"] = 4, ["b"] = 11, ["n"] = 8 }),
        new(typeof(LocalMessages), new Dictionary<string, long> { ["width"] = 8, ["b"] = 11, ["n"] = 8 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Adjoint(context);
        Learn(context);
    }

    // ---- exact ----

    private static void Exact(Context context)
    {
        const int n = 6, m = 2 * n;
        var net = new MatrixFunctionNetwork(5, 8);
        // Poles and weights anywhere: they start alike.
        net.Initialize(context.Seed + 1);
        foreach (var (parameter, i) in new[] { net.Centre, net.Height, net.Real, net.Imaginary }.Select((parameter, i) => (parameter, i))) parameter.CopyFrom(Sample.Normal(context.Seed + 20 + (ulong)i, 5));
        net.To(DType.Float64);
        var random = Sample.Normal(context.Seed + 2, 1, m, m).To(DType.Float64);
        var matrix = 0.5 * (random + Ops.Transpose(random));
        var f = net.Function(matrix);
        var (values, vectors) = Ops.Eigh(matrix);
        // The same rational function in complex arithmetic, at the eigenvalues.
        var rational = Tensor.From([.. values.ToArray<double>().Select(value => Enumerable.Range(0, 5).Sum(s => Rational(net, s, value)))]);
        context.Claim(Claim.AtMost("resolvents: distance from the function of the eigenvalues", Largest(f - Ops.MatMul(vectors * rational, Ops.Transpose(vectors))), 1e-8));
        var worst = 0.0;
        for (var run = 0; run < 10; run++)
        {
            var turn = Turn(n, context.Seed + 10 + (ulong)run);
            var turned = Ops.MatMul(Ops.MatMul(turn, matrix), Ops.Transpose(turn));
            worst = Math.Max(worst, Largest(net.Function(turned) - Ops.MatMul(Ops.MatMul(turn, f), Ops.Transpose(turn))));
        }
        context.Claim(Claim.AtMost("atoms exchanged and orbitals turned: f(QHQ') differs from Qf(H)Q' by", worst, 1e-6));

        // Energies do not change where all axes are turned and the chain is turned round.
        var chain = Chain(n, [0.3, 1.1, 2.0]);
        var energy = net.Energy(chain, Bonds(n).To(DType.Float64));
        var moved = net.Energy(Moved(chain, 0.7), Bonds(n).To(DType.Float64));
        context.Claim(Claim.AtMost("energies of the chain turned round and about itself differ by", Largest(energy - moved), 1e-10));

        // What is left is the rounding of cos^2 + sin^2; a chain of four is short enough for two layers.
        var local = new LocalMessages(8);
        local.Initialize(context.Seed + 3);
        local.To(DType.Float64);
        var angles = Enumerable.Range(0, 16).Select(i => Math.PI * i / 16).ToArray();
        double[] blind = local.Energy(Chain(12, angles), Bonds(12).To(DType.Float64)).ToArray<double>(), seen = local.Energy(Chain(4, angles), Bonds(4).To(DType.Float64)).ToArray<double>();
        context.Claim(Claim.AtMost("two layers of messages, 12 carbons: the energy varies with the angle by", blind.Max() - blind.Min(), 1e-12, baseline: seen.Max() - seen.Min()));
    }

    private static double Rational(MatrixFunctionNetwork net, int s, double value)
    {
        double At(Tensor parameter) => parameter.ToArray<double>()[s];
        var pole = new Complex(At(net.Centre), 2 * Math.Log(1 + Math.Exp(At(net.Height))) / (1 << s));
        return (new Complex(At(net.Real), At(net.Imaginary)) / (pole - value)).Real;
    }

    /// <summary>A permutation of atoms, with the orbitals of each turned by an angle of its own.</summary>
    private static Tensor Turn(int n, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("turn"));
        var places = Enumerable.Range(0, n).OrderBy(i => random.Uniform((ulong)i)).ToArray();
        var turn = Tensor.Zeros([2 * n, 2 * n], DType.Float64);
        for (var i = 0; i < n; i++)
        {
            var angle = 2 * Math.PI * random.Uniform((ulong)(100 + i));
            var (row, column) = (2 * places[i], 2 * i);
            var span = turn.AsSpan<double>();
            (span[row * 2 * n + column], span[row * 2 * n + column + 1]) = (Math.Cos(angle), -Math.Sin(angle));
            (span[(row + 1) * 2 * n + column], span[(row + 1) * 2 * n + column + 1]) = (Math.Sin(angle), Math.Cos(angle));
        }
        return turn;
    }

    /// <summary>The gradient through the resolvents against differences.</summary>
    private static void Adjoint(Context context)
    {
        var net = new MatrixFunctionNetwork(3, 4);
        net.Initialize(context.Seed + 4);
        net.To(DType.Float64);
        Tensor axis = Chain(5, [0.2, 0.9, 2.2]), bonds = Bonds(5).To(DType.Float64), energy = Tensor.From([0.3, -0.2, 0.5]);
        var gradient = net.LossGradient(axis, bonds, energy);
        var (worst, size) = (0.0, 0.0);
        foreach (var parameter in net.Parameters)
        {
            var given = gradient.Of(parameter.Name).ToArray<double>();
            for (var i = 0; i < given.Length; i += 3)
            {
                ref var value = ref parameter.Value.AsSpan<double>()[i];
                var (old, step) = (value, 1e-5);
                value = old + step;
                var above = (double)net.Loss(axis, bonds, energy);
                value = old - step;
                var below = (double)net.Loss(axis, bonds, energy);
                value = old;
                worst = Math.Max(worst, Math.Abs(given[i] - (above - below) / (2 * step)));
                size = Math.Max(size, Math.Abs(given[i]));
            }
        }
        context.Claim(Claim.AtMost("gradient through the resolvents: distance from differences, relative", worst / size, 1e-5));
    }

    // ---- learned ----

    // Energies repeat after a half turn, and are the same for an angle and its negative: a quarter turn has all there is. No angle is in two of the sets.
    private static readonly double[] s_train = [.. Enumerable.Range(0, 11).Select(i => Math.PI / 2 * i / 10)];
    private static readonly double[] s_validation = [.. Enumerable.Range(0, 12).Select(i => Math.PI / 2 * (i + 0.71) / 12)];
    private static readonly double[] s_test = [.. Enumerable.Range(0, 16).Select(i => Math.PI / 2 * (i + 0.37) / 16)];

    private static readonly int[] s_lengths = [6, 8, 10];
    private const int Longer = 12;

    private static void Learn(Context context)
    {
        // The numbers of poles and of features, and the learning rate, are chosen by angles that are not those of the test, with a seed of their own.
        (int Poles, int Width, double Rate)[] candidates = [(6, 4, 0.03), (4, 4, 0.03), (6, 8, 0.03), (6, 4, 0.01)];
        var (seeds, steps) = context.Quick ? (1, 400) : (3, 1200);
        var chosen = candidates[0];
        if (!context.Quick)
        {
            var scores = candidates.Select(candidate => Least(Train(context, candidate, context.Seed + 50, steps / 2).Ours, s_validation)).ToArray();
            chosen = candidates[Array.IndexOf(scores, scores.Max())];
            context.Table("explained variance of the validation angles, least over the lengths", ["poles", "features", "learning rate", "validation"],
                candidates.Zip(scores, (candidate, score) => new[] { $"{candidate.Poles}", $"{candidate.Width}", Claim.Text(candidate.Rate), Claim.Text(score) }));
        }
        double seen = 0, unseen = 0, local = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + 100 * (ulong)run;
            var (ours, theirs) = Train(context, chosen, seed, steps);
            double[] own =
            [
                Least(ours, s_test), Explained(ours.Energy(Single(Moved(Chain(Longer, s_test), 0.4)), Bonds(Longer)), Energies(Longer, s_test)),
                s_lengths.Max(n => Explained(theirs.Energy(Single(Moved(Chain(n, s_test), 0.4)), Bonds(n)), Energies(n, s_test))),
            ];
            rows.Add([$"{seed}", .. own.Select(Claim.Text)]);
            (seen, unseen, local) = (seen + own[0] / seeds, unseen + own[1] / seeds, local + own[2] / seeds);
        }
        context.Table("explained variance of the test angles", ["seed", "least over the lengths", $"{Longer} carbons", "two layers of messages, most"], rows);
        context.Claim(Claim.AtLeast("explained variance, unseen angles, least over the lengths", seen, 0.99, baseline: local));
        context.Claim(Claim.AtLeast($"explained variance, {Longer} carbons, never seen", unseen, 0.95, baseline: local));
        context.Claim(Claim.AtMost("explained variance, two layers of messages, most over the lengths", local, 0.05));
    }

    private static (MatrixFunctionNetwork.Cpu Ours, LocalMessages.Cpu Theirs) Train(Context context, (int Poles, int Width, double Rate) settings, ulong seed, int steps)
    {
        var ours = new MatrixFunctionNetwork.Cpu(settings.Poles, settings.Width);
        var theirs = new LocalMessages.Cpu(8);
        ours.Initialize(seed + 5);
        theirs.Initialize(seed + 5);
        var (one, two) = (new Adam(ours, learningRate: settings.Rate), new Adam(theirs, learningRate: 0.03));
        var data = s_lengths.Select(n => (Axis: Single(Chain(n, s_train)), Bonds: Bonds(n), Energy: Energies(n, s_train))).ToArray();
        context.Steps($"chains of {string.Join(", ", s_lengths)} carbons, {settings.Poles} poles, {settings.Width} features, seed {seed}", steps, step =>
        {
            var factor = (1 + Math.Cos(Math.PI * step / steps)) / 2;
            (one.LearningRate, two.LearningRate) = (settings.Rate * factor + 1e-5, 0.03 * factor + 1e-5);
            foreach (var (axis, bonds, energy) in data)
            {
                one.Step(ours.LossGradient(axis, bonds, energy));
                two.Step(theirs.LossGradient(axis, bonds, energy));
            }
            return null;
        });
        return (ours, theirs);
    }

    /// <summary>The explained variance at angles, least over the lengths, of chains turned round and about themselves.</summary>
    private static double Least(MatrixFunctionNetwork.Cpu network, double[] angles) =>
        s_lengths.Min(n => Explained(network.Energy(Single(Moved(Chain(n, angles), 0.4)), Bonds(n)), Energies(n, angles)));

    private static double Explained(Tensor guess, Tensor truth)
    {
        double[] x = guess.To(DType.Float64).ToArray<double>(), y = truth.To(DType.Float64).ToArray<double>();
        var (mx, my) = (x.Average(), y.Average());
        return 1 - x.Zip(y, (a, b) => Math.Pow(a - mx - (b - my), 2)).Sum() / y.Sum(b => Math.Pow(b - my, 2));
    }

    // ---- chains ----

    /// <summary>The axes of chains, one for each angle: those of the ends are turned against each other by it, the others have none.</summary>
    private static Tensor Chain(int n, double[] angles)
    {
        var axis = Tensor.Zeros([angles.Length, n, 2], DType.Float64);
        for (var i = 0; i < angles.Length; i++)
        {
            var own = axis.AsSpan<double>().Slice(i * 2 * n, 2 * n);
            (own[0], own[2 * n - 2], own[2 * n - 1]) = (1, Math.Cos(angles[i]), Math.Sin(angles[i]));
        }
        return axis;
    }

    private static Tensor Single(Tensor x) => x.To(DType.Float32);

    /// <summary>The same chains from the other end, turned about themselves.</summary>
    private static Tensor Moved(Tensor axis, double angle)
    {
        var (c, s) = (Math.Cos(angle), Math.Sin(angle));
        return Ops.MatMul(Ops.Flip(axis, 1), Tensor.From([c, s, -s, c], 2, 2));
    }

    private static Tensor Bonds(int n)
    {
        var bonds = Tensor.Zeros(n, n);
        for (var i = 0; i + 1 < n; i++) bonds.AsSpan<float>()[i * n + i + 1] = bonds.AsSpan<float>()[(i + 1) * n + i] = 1;
        return bonds;
    }

    /// <summary>Twice the sum of the occupied levels: each carbon brings two electrons, but for those at the ends, which keep one for their CH2 group.</summary>
    private static Tensor Energies(int n, double[] angles)
    {
        var energies = Tensor.Empty(DType.Float32, angles.Length);
        for (var k = 0; k < angles.Length; k++)
        {
            var matrix = Tensor.Zeros([2 * n, 2 * n], DType.Float64);
            var h = matrix.AsSpan<double>();
            for (var i = 0; i + 1 < n; i++)
                for (var p = 0; p < 2; p++) h[(2 * i + p) * 2 * n + 2 * i + 2 + p] = h[(2 * i + 2 + p) * 2 * n + 2 * i + p] = -1;
            double[] end = [Math.Cos(angles[k]), Math.Sin(angles[k])];
            h[0] += 5;
            for (var p = 0; p < 2; p++)
                for (var q = 0; q < 2; q++) h[(2 * n - 2 + p) * 2 * n + 2 * n - 2 + q] += 5 * end[p] * end[q];
            energies.AsSpan<float>()[k] = (float)(2 * Ops.Eigh(matrix).Values.ToArray<double>()[..(n - 1)].Sum());
        }
        return energies;
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));
}
