using Proxima.Training;

namespace Proxima.Examples;

/// <summary>All optimal networks of a training problem at once: one fit, a polyhedron of weights, the path over the decay, and pruning that costs nothing.</summary>
/// <remarks>Inputs are of two dimensions, so that all patterns of active samples are known: they change where a unit's weights are perpendicular to a sample.</remarks>
public sealed class OptimalSets : IExample
{
    private const double Decay = 0.1;

    /// <inheritdoc/>
    public string Id => "S022";

    /// <inheritdoc/>
    public string Title => "Optimal sets of rectified networks: the convex program behind training, its solutions, and exact pruning";

    /// <inheritdoc/>
    public string Family => "convexity/theory";

    /// <inheritdoc/>
    public string Paper => "Mishkin, Pilanci: Optimal Sets and Solution Paths of ReLU Networks (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(RectifiedProgram), new Dictionary<string, long> { ["samples"] = 8, ["groups"] = 32 }),
        new(typeof(RectifiedRuns), new Dictionary<string, long> { ["runs"] = 20, ["width"] = 16, ["m"] = 8 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Generic(context);
        Symmetric(context);
    }

    /// <summary>A training problem and its program.</summary>
    private sealed class Problem
    {
        public Problem(double[,] x, double[] y)
        {
            (X, Target) = (Tensor.From(x), Tensor.From(y));
            var n = y.Length;
            // The directions of weights at which a sample becomes active or stops to be.
            List<double> turns = [];
            for (var i = 0; i < n; i++)
                foreach (var side in new[] { 0.5, -0.5 })
                {
                    var angle = Math.Atan2(x[i, 1], x[i, 0]) + side * Math.PI;
                    angle -= 2 * Math.PI * Math.Floor(angle / (2 * Math.PI));
                    if (!turns.Exists(other => Math.Abs(Math.Sin((angle - other) / 2)) < 1e-9)) turns.Add(angle);
                }
            turns.Sort();
            Groups = 2 * turns.Count;
            double[,] active = new double[Groups, n], right = new double[Groups, 2], left = new double[Groups, 2];
            for (var g = 0; g < Groups; g++)
            {
                double from = turns[g / 2], to = g / 2 + 1 < turns.Count ? turns[g / 2 + 1] : turns[0] + 2 * Math.PI;
                (right[g, 0], right[g, 1], left[g, 0], left[g, 1]) = (Math.Cos(from), Math.Sin(from), Math.Cos(to), Math.Sin(to));
                var middle = (from + to) / 2;
                for (var i = 0; i < n; i++) active[g, i] = Math.Cos(middle) * x[i, 0] + Math.Sin(middle) * x[i, 1] > 0 ? 1 - 2 * (g % 2) : 0;
            }
            Program = new(n, Groups);
            Program.Inputs.CopyFrom(X);
            Program.Active.CopyFrom(Tensor.From(active));
            Program.Right.CopyFrom(Tensor.From(right));
            Program.Left.CopyFrom(Tensor.From(left));
        }

        public Tensor X { get; }

        public Tensor Target { get; }

        public int Groups { get; }

        public RectifiedProgram.Cpu Program { get; }

        /// <summary>Solves from a start, restarting the iterations, until objective and bound meet.</summary>
        public Tensor Solve(Tensor start, double decay, double gap = 1e-11)
        {
            var u = Program.Admit(start);
            for (var round = 0; round < 400; round++)
            {
                u = Program.Solve(u, Target, Tensor.Scalar(decay));
                if (Objective(u, decay) - (double)Program.Certificate(u, Target, Tensor.Scalar(decay)).Dual < gap) break;
            }
            return u;
        }

        public double Objective(Tensor u, double decay = Decay) => (double)Program.Objective(u, Target, Tensor.Scalar(decay));

        /// <summary>The network of a solution: each vector shares its length between the two layers.</summary>
        public RectifiedRuns.Cpu Network(Tensor u)
        {
            var v = u.ToArray<double>();
            double[] first = new double[2 * Groups], last = new double[Groups];
            for (var g = 0; g < Groups; g++)
            {
                var length = Math.Sqrt(v[2 * g] * v[2 * g] + v[2 * g + 1] * v[2 * g + 1]);
                if (length == 0) continue;
                (first[g], first[Groups + g], last[g]) = (v[2 * g] / Math.Sqrt(length), v[2 * g + 1] / Math.Sqrt(length), (1 - 2 * (g % 2)) * Math.Sqrt(length));
            }
            var net = new RectifiedRuns.Cpu(1, Groups);
            net.First.CopyFrom(Tensor.From(first, 1, 2, Groups));
            net.Last.CopyFrom(Tensor.From(last, 1, Groups));
            return net;
        }
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    private static Tensor Random(ulong seed, params int[] shape) => Sample.Normal(seed, shape).To(DType.Float64);

    /// <summary>Samples in no special position: one input, and one that is always 1.</summary>
    private static void Generic(Context context)
    {
        const int n = 8;
        int problems = context.Quick ? 1 : 3;
        double gap = 0, objective = 0, fit = 0, turned = 0, idle = 0, mapped = 0, below = double.PositiveInfinity, best = 0, worst = 0, bend = 0, beyond = 0, within = double.PositiveInfinity, slack = 0;
        for (var index = 0ul; index < (ulong)problems; index++)
        {
            var seed = context.Seed + 100 * index;
            float[] draws = Sample.Uniform(seed, n).ToArray<float>(), noise = Sample.Normal(seed + 1, n).ToArray<float>();
            var (x, y) = (new double[n, 2], new double[n]);
            for (var i = 0; i < n; i++)
            {
                var at = (i + 0.8 * draws[i] - 0.4 * n) / 2;
                (x[i, 0], x[i, 1], y[i]) = (at, 1, Math.Sin(2 * at) + 0.3 * noise[i]);
            }
            var problem = new Problem(x, y);
            Tensor u = problem.Solve(Tensor.Zeros([problem.Groups, 2], DType.Float64), Decay), other = problem.Solve(Random(seed + 2, problem.Groups, 2), Decay);
            var value = problem.Objective(u);
            var (pull, dual) = problem.Program.Certificate(u, problem.Target, Tensor.Scalar(Decay));
            gap = Math.Max(gap, value - (double)dual);
            objective = Math.Max(objective, Math.Abs(value - problem.Objective(other)));
            fit = Math.Max(fit, Largest(problem.Program.Predict(u) - problem.Program.Predict(other)));

            // Every vector that is not 0 points where the residual pulls, with the force of the decay; no pull is stronger.
            double[] v = u.ToArray<double>(), q = pull.ToArray<double>();
            for (var g = 0; g < problem.Groups; g++)
            {
                double length = Math.Sqrt(v[2 * g] * v[2 * g] + v[2 * g + 1] * v[2 * g + 1]), force = Math.Sqrt(q[2 * g] * q[2 * g] + q[2 * g + 1] * q[2 * g + 1]);
                idle = Math.Max(idle, force / Decay);
                if (length > 1e-3) (turned, slack) = (Math.Max(turned, Math.Abs(v[2 * g] * q[2 * g + 1] - v[2 * g + 1] * q[2 * g]) / (length * force)), Math.Max(slack, Math.Abs(force / Decay - 1)));
            }

            mapped = Math.Max(mapped, Math.Abs((double)problem.Network(u).Objectives(problem.X, problem.Target, Tensor.Scalar(Decay))[0] - value));
            var runs = new RectifiedRuns.Cpu(20, 16);
            runs.First.CopyFrom(Random(seed + 3, 20, 2, 16));
            runs.Last.CopyFrom(Random(seed + 4, 20, 16));
            var adam = new Adam(runs, learningRate: 0.02);
            var steps = context.Quick ? 3000 : 10_000;
            for (var i = 0; i < steps; i++)
            {
                adam.LearningRate = 0.02 * Math.Pow(0.003, (double)i / steps);
                adam.Step(runs.TotalGradient(problem.X, problem.Target, Tensor.Scalar(Decay)));
            }
            var trained = runs.Objectives(problem.X, problem.Target, Tensor.Scalar(Decay)).ToArray<double>();
            (below, best, worst) = (Math.Min(below, trained.Min() - value), Math.Max(best, trained.Min() - value), Math.Max(worst, trained.Max() - value));

            // Beyond the strongest pull on an empty network, the network is empty; the optimal value is a concave function of the decay.
            var most = (double)Ops.Max(Ops.Norm(problem.Program.Certificate(Tensor.Zeros([problem.Groups, 2], DType.Float64), problem.Target, Tensor.Scalar(Decay)).Pull, 2, dim: 1));
            beyond = Math.Max(beyond, Largest(problem.Solve(u, 1.001 * most)));
            within = Math.Min(within, Largest(problem.Solve(u, 0.99 * most)));
            var grid = context.Quick ? 8 : 20;
            var start = u;
            double[] path = [.. Enumerable.Range(1, grid).Select(i => problem.Objective(start = problem.Solve(start, most * i / grid, 1e-9), most * i / grid))];
            for (var i = 1; i + 1 < grid; i++) bend = Math.Max(bend, path[i - 1] - 2 * path[i] + path[i + 1]);
        }
        context.Claim(Claim.AtMost("gap of the program and its dual bound", gap, 1e-9));
        context.Claim(Claim.AtMost("two starts: difference of the objectives", objective, 1e-9));
        context.Claim(Claim.AtMost("two starts: difference of the fits", fit, 1e-5));
        context.Claim(Claim.AtMost("vectors in use: sine of the angle to the pull of the residual", turned, 1e-3));
        context.Claim(Claim.AtMost("vectors in use: pull over decay, distance from 1", slack, 1e-5));
        context.Claim(Claim.AtMost("all vectors: pull over decay above 1, largest", idle - 1, 1e-5));
        context.Claim(Claim.AtMost("network of the solution: difference of the objectives", mapped, 1e-9));
        context.Claim(Claim.AtLeast("training from 20 draws: least objective less the program's", below, -1e-9));
        context.Claim(Claim.AtMost("training from 20 draws: best run above the program", best, 1e-3, baseline: worst));
        context.Claim(Claim.AtMost("decay above the strongest pull: largest weight", beyond, 1e-6));
        context.Claim(Claim.AtLeast("decay just below it: largest weight", within, 1e-4));
        context.Claim(Claim.AtMost("optimal value over the decay: second differences, largest", bend, 1e-7));
    }

    /// <summary>Eight samples around a circle with equal targets: the patterns outnumber the rank of their fits, so networks differ that fit alike.</summary>
    private static void Symmetric(Context context)
    {
        const int n = 8;
        var (x, y) = (new double[n, 2], new double[n]);
        for (var i = 0; i < n; i++) (x[i, 0], x[i, 1], y[i]) = (Math.Cos(i * Math.PI / 4), Math.Sin(i * Math.PI / 4), 1);
        var problem = new Problem(x, y);
        Tensor[] solutions = [.. Enumerable.Range(0, context.Quick ? 3 : 6).Select(i => problem.Solve(Random(context.Seed + 500 + (ulong)i, problem.Groups, 2), Decay))];
        var first = solutions[0];
        var value = problem.Objective(first);
        context.Claim(Claim.AtMost("samples around a circle: spread of the objectives", solutions.Max(u => Math.Abs(problem.Objective(u) - value)), 1e-9));
        context.Claim(Claim.AtMost("spread of the fits", solutions.Max(u => Largest(problem.Program.Predict(u) - problem.Program.Predict(first))), 1e-5));
        context.Claim(Claim.AtLeast("spread of the weights", solutions.Max(u => Largest(u - first)), 0.05));
        context.Claim(Claim.AtMost("points between two solutions: objective above theirs", solutions.Max(u => problem.Objective(0.3 * u + 0.7 * first) - value), 1e-9));

        // Between the samples the networks say different things.
        const int angles = 720;
        var circle = new double[angles, 2];
        for (var i = 0; i < angles; i++) (circle[i, 0], circle[i, 1]) = (Math.Cos(i * Math.PI / 360), Math.Sin(i * Math.PI / 360));
        var curves = solutions.Select(u => problem.Network(u).Predict(Tensor.From(circle)).ToArray<double>()).ToArray();
        context.Claim(Claim.AtLeast("spread of what the networks say between the samples", curves.Max(curve => curve.Zip(curves[0], (a, b) => Math.Abs(a - b)).Max()), 0.01));

        Prune(context, problem, solutions.MaxBy(u => Used(u).Length)!, value);
        context.Plot("relu-paths.png", plot =>
        {
            double[] degrees = [.. Enumerable.Range(0, angles).Select(i => i / 2.0)];
            foreach (var curve in curves) plot.Add.ScatterLine(degrees, curve);
            plot.Add.ScatterPoints(Enumerable.Range(0, n).Select(i => 45.0 * i).ToArray(), problem.Program.Predict(first).ToArray<double>(), ScottPlot.Colors.Black).MarkerSize = 9;
            plot.Title("Optimal networks agree on the samples, and only there");
            plot.XLabel("angle");
            plot.YLabel("output");
        });
    }

    private static int[] Used(Tensor u) => u.ToArray<double>() is var v ? [.. Enumerable.Range(0, v.Length / 2).Where(g => Math.Abs(v[2 * g]) + Math.Abs(v[2 * g + 1]) > 1e-6)] : [];

    /// <summary>While the fits of the units depend on each other, the dependence shrinks all units until one is gone.</summary>
    private static void Prune(Context context, Problem problem, Tensor solution, double value)
    {
        var u = solution.ToArray<double>();
        var features = problem.Program.Features().ToArray<double>();
        var samples = problem.Target.Dim(0);
        var before = Used(solution).Length;
        while (true)
        {
            var used = Used(Tensor.From(u, problem.Groups, 2));
            var fits = new double[samples, used.Length];
            for (var i = 0; i < samples; i++)
                for (var k = 0; k < used.Length; k++)
                    fits[i, k] = features[i * 2 * problem.Groups + 2 * used[k]] * u[2 * used[k]] + features[i * 2 * problem.Groups + 2 * used[k] + 1] * u[2 * used[k] + 1];
            var fit = Tensor.From(fits);
            var (values, vectors) = Ops.Eigh(Ops.MatMul(Ops.Transpose(fit), fit));
            if ((double)values[0] > 1e-12 * (double)values[^1]) break;
            double[] b = [.. vectors.ToArray<double>().Where((_, i) => i % used.Length == 0)];
            if (b.Max() < -b.Min()) b = [.. b.Select(c => -c)];
            for (var k = 0; k < used.Length; k++)
                foreach (var c in new[] { 0, 1 }) u[2 * used[k] + c] *= b[k] == b.Max() ? 0 : 1 - b[k] / b.Max();
        }
        var pruned = Tensor.From(u, problem.Groups, 2);
        var left = Used(pruned).Length;
        var cut = solution.ToArray<double>();
        foreach (var g in Used(solution).OrderBy(g => cut[2 * g] * cut[2 * g] + cut[2 * g + 1] * cut[2 * g + 1]).Take(before - left)) (cut[2 * g], cut[2 * g + 1]) = (0, 0);
        context.Claim(Claim.AtMost("units after pruning (at most as many as samples)", left, Math.Min(samples, before - 1), baseline: before));
        context.Claim(Claim.AtMost("objective after pruning above the optimum", problem.Objective(pruned) - value, 1e-9));
        context.Claim(Claim.AtLeast("as many of the shortest units removed: objective above the optimum", problem.Objective(Tensor.From(cut, problem.Groups, 2)) - value, 1e-3));
    }
}
