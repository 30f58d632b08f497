using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The solution of dy/dt = f(t, y, ...) at an end time, by Runge and Kutta: a loop over steps that carries the time and the state.</summary>
internal static class Ode
{
    private const int MostSteps = 1_000_000;

    /// <summary>A method of Runge and Kutta: the weights of the stages before each stage, those of the result, and of an estimate of the error.</summary>
    private sealed record Tableau(double[][] Stages, double[] Weights, double[]? Error = null, int Order = 1)
    {
        public static Tableau Of(string method) => method switch
        {
            "Euler" => new([[]], [1]),
            "Midpoint" => new([[], [0.5]], [0, 1]),
            "DormandPrince" => new(
                [
                    [],
                    [1.0 / 5],
                    [3.0 / 40, 9.0 / 40],
                    [44.0 / 45, -56.0 / 15, 32.0 / 9],
                    [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
                    [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
                    [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
                ],
                [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0],
                [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40],
                5),
            _ => new([[], [0.5], [0, 0.5], [0, 0, 1]], [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]),
        };
    }

    /// <summary>
    /// The function that takes the arguments of <paramref name="of"/> (time and state being those of the start) and the end time, and returns the state then;
    /// null where the options or the function do not fit, and <paramref name="error"/> says why.
    /// </summary>
    public static Function? Apply(Function of, TransformOptions options, out string? error)
    {
        var method = options.Text("Method", "Rk4");
        var steps = options.Int("Steps", 32);
        var backward = options.Text("Backward", "Checkpoint");
        var tolerance = options.Number("Tolerance", 0);
        var inputs = of.Arguments.Items.Where(a => a.Kind == ArgumentKind.Input).ToArray();
        bool IsState(int i) => i < inputs.Length && of.Results.Count == 1 && inputs[i].Node.Type.Equals(of.Results[0].Type) && of.Results[0].Type.IsFloat;
        var hasTime = inputs.Length > 1 && inputs[0].Node.Rank == 0 && IsState(1) && inputs[0].Node.Type.DType == inputs[1].Node.Type.DType;
        error = !hasTime && !IsState(0)
                ? $"a field gives the change of its state, and has that state for its first argument, or a time of shape [] and then the state; {of.Name} maps {string.Join(", ", inputs.Select(a => a.Node.Type))} to {string.Join(", ", of.Results.Select(r => r.Type))}"
            : steps is < 1 or > MostSteps ? $"Steps is 1 to {MostSteps}"
            : !(tolerance >= 0 && tolerance < 1) ? "Tolerance is at least 0 and below 1"
            : tolerance > 0 && method != "DormandPrince" ? $"only DormandPrince estimates its error; {method} takes steps of equal length, so it has no Tolerance"
            : backward is not ("Adjoint" or "Checkpoint" or "Unroll") ? $"a solution is differentiated by Adjoint, Checkpoint or Unroll, not by {backward}"
            : tolerance > 0 && backward == "Adjoint" ? "steps of chosen lengths are kept, not found again backwards: use Checkpoint or Unroll with a Tolerance"
            : null;
        if (error is not null) return null;
        of = Cleanup.Apply(of);
        return Cleanup.Apply(new Integration(of, hasTime, Tableau.Of(method), steps, tolerance, backward).Build());
    }

    private sealed class Integration
    {
        private readonly Function _of;
        private readonly bool _hasTime;
        private readonly Tableau _tableau;
        private readonly int _steps;
        private readonly double _tolerance;
        private readonly string _backward;
        private readonly CounterNames _names;
        private readonly Builder _b = new();
        private readonly int _time;
        private readonly int _state;
        private readonly ImmutableArray<int> _others;

        public Integration(Function of, bool hasTime, Tableau tableau, int steps, double tolerance, string backward)
        {
            (_of, _hasTime, _tableau, _steps, _tolerance, _backward) = (of, hasTime, tableau, steps, tolerance, backward);
            _names = CounterNames.Of(of);
            var inputs = Enumerable.Range(0, of.Arguments.Count).Where(i => of.Arguments[i].Kind == ArgumentKind.Input).ToArray();
            _time = hasTime ? inputs[0] : -1;
            _state = inputs[hasTime ? 1 : 0];
            _others = [.. Enumerable.Range(0, of.Arguments.Count).Where(i => i != _time && i != _state)];
        }

        private TensorType Scalar => new(_of.Results[0].Type.DType, []);

        public Function Build()
        {
            var arguments = _of.Arguments.Select(a => a with { Node = Copied(_b, a.Node) }).ToImmutableArray();
            var endName = "end";
            while (arguments.Any(a => a.Name == endName)) endName += "_";
            var end = _b.Parameter(endName, Scalar);
            end.Name = endName;
            var start = _hasTime ? arguments[_time].Node : _b.Zeros(Scalar);
            ImmutableArray<Node> captured = [.. _others.Select(i => arguments[i].Node)];
            var y = arguments[_state].Node;
            var span = _b.Sub(end, start);
            Node result;
            if (_tolerance == 0) result = Fixed(start, y, _b.Div(span, _b.Full(_steps, Scalar)), captured);
            else result = Chosen(start, y, Lengths(start, y, span, captured), captured);
            return _of with
            {
                Arguments = arguments.Add(new(end, ArgumentKind.Input, endName)),
                Results = ImmutableArray.Create(result),
                ResultNames = ImmutableArray.Create(""),
            };
        }

        private static Node Copied(Builder b, Node parameter)
        {
            var copy = b.Parameter(parameter.Text, parameter.Type);
            copy.Name = parameter.Name;
            return copy;
        }

        private Node Parameter(Builder b, string name, TensorType type)
        {
            var parameter = b.Parameter(name, type);
            parameter.Name = name;
            return parameter;
        }

        private ImmutableArray<Node> Captures(Builder b) => [.. _others.Select(i => Copied(b, _of.Arguments[i].Node))];

        /// <summary>The field at a time and a state: a copy of the function's body.</summary>
        private Node Field(Builder b, Node t, Node y, ImmutableArray<Node> captures)
        {
            var copier = new Copier(b, null, _names);
            if (_hasTime) copier.Map(_of.Arguments[_time].Node, t);
            copier.Map(_of.Arguments[_state].Node, y);
            for (var i = 0; i < _others.Length; i++) copier.Map(_of.Arguments[_others[i]].Node, captures[i]);
            return copier.Copy(_of.Results[0]);
        }

        private static Node Times(Builder b, Node h, double weight, Node k) => b.Mul(b.Broadcast(b.Scale(h, weight), k.Shape, []), k);

        private static Node Weighted(Builder b, Node y, Node h, double[] weights, IReadOnlyList<Node> slopes)
        {
            for (var i = 0; i < weights.Length; i++)
                if (weights[i] != 0) y = b.Add(y, Times(b, h, weights[i], slopes[i]));
            return y;
        }

        /// <summary>One step; <paramref name="slopes"/> are those of its stages.</summary>
        private Node Step(Builder b, Node t, Node y, Node h, ImmutableArray<Node> captures, out List<Node> slopes)
        {
            slopes = [];
            var needed = _tableau.Error is null || _tolerance == 0 ? _tableau.Weights.ToList().FindLastIndex(w => w != 0) + 1 : _tableau.Weights.Length;
            foreach (var stage in _tableau.Stages.Take(needed))
            {
                var share = stage.Sum();
                var at = share == 0 ? t : b.Add(t, b.Scale(h, share));
                slopes.Add(Field(b, at, Weighted(b, y, h, stage, slopes), captures));
            }
            return Weighted(b, y, h, _tableau.Weights, slopes);
        }

        /// <summary>Steps of equal length. Negating the length turns a step round, but for an error of the order of the method.</summary>
        private Node Fixed(Node start, Node y0, Node length, ImmutableArray<Node> captured)
        {
            var b = new Builder();
            Node t = Parameter(b, "t", Scalar), y = Parameter(b, "y", y0.Type), h = Parameter(b, "h", Scalar);
            var captures = Captures(b);
            var next = Step(b, t, y, h, captures, out _);
            var info = new LoopInfo(
                _names.Fresh("k"), Dim.Of(_steps), 2, EquatableArray<int>.Empty, 0, new Region([t, y, h, .. captures], [b.Add(t, h), next]))
            {
                Recomputes = _backward != "Unroll",
                Reversal = _backward == "Adjoint" ? 2 : null,
            };
            return _b.Loop(info, [start, y0, length, .. captured])[1];
        }

        /// <summary>
        /// The lengths of the steps that keep the estimated error of each below the tolerance: [steps], zeros behind the last one. They are constants to
        /// derivatives, as everything that a loop with a stop gives.
        /// </summary>
        private Node Lengths(Node start, Node y0, Node span, ImmutableArray<Node> captured)
        {
            var b = new Builder();
            TensorType lengthsType = new(Scalar.DType, [Dim.Of(_steps)]);
            Node rest = Parameter(b, "rest", Scalar), t = Parameter(b, "t", Scalar), y = Parameter(b, "y", y0.Type), h = Parameter(b, "h", Scalar);
            Node lengths = Parameter(b, "lengths", lengthsType), count = Parameter(b, "count", Scalar), whole = Parameter(b, "span", Scalar);
            var captures = Captures(b);
            Node zero = b.Zeros(Scalar), one = b.Full(1, Scalar);
            Node Largest(Node x) => b.Pointwise(Op.Max, b.Reduce(Op.ReduceMax, b.Pointwise(Op.Abs, x), [.. Enumerable.Range(0, x.Rank)]), zero);

            // The last step ends at the end.
            var isLast = b.Pointwise(Op.GreaterEqual, b.Pointwise(Op.Abs, h), b.Scale(rest, 1 - 1e-6));
            var sign = b.Pointwise(Op.Sign, whole);
            var taken = b.Where(isLast, b.Mul(rest, sign), h);
            var next = Step(b, t, y, taken, captures, out var slopes);
            var error = Weighted(b, b.Zeros(y.Type), taken, _tableau.Error!, slopes);
            var scale = b.Add(b.Pointwise(Op.Max, b.Pointwise(Op.Abs, y), b.Pointwise(Op.Abs, next)), b.Full(1, y.Type));
            var ratio = b.Scale(Largest(b.Div(error, scale)), 1 / _tolerance);
            ratio.Name = "ratio";
            var isGood = b.Pointwise(Op.LessEqual, ratio, one);
            // 0.9 of the length that would just do, and neither far longer nor far shorter; a NaN halves nothing, it ends the loop.
            var factor = b.Scale(b.Pointwise(Op.Pow, b.Pointwise(Op.Max, ratio, b.Full(1e-8, Scalar)), b.Full(-1.0 / _tableau.Order, Scalar)), 0.9);
            var length = b.Mul(h, b.Pointwise(Op.Min, b.Pointwise(Op.Max, factor, b.Full(0.2, Scalar)), b.Full(5, Scalar)));
            var isHere = b.Pointwise(Op.Equal, b.Iota(lengthsType.Shape, 0, Scalar.DType), b.Broadcast(count, lengthsType.Shape, []));
            var isPut = b.Pointwise(Op.And, isHere, b.Broadcast(isGood, lengthsType.Shape, []));
            var left = b.Where(isLast, zero, b.Sub(rest, b.Pointwise(Op.Abs, taken)));
            // Full without being at the end: not a number, so that it shows.
            var isFull = b.Pointwise(Op.And, b.Pointwise(Op.GreaterEqual, b.Add(count, one), b.Full(_steps, Scalar)), b.Pointwise(Op.Greater, left, zero));
            var bad = b.Full(double.NaN, Scalar);
            var isNumber = b.Pointwise(Op.GreaterEqual, ratio, zero);
            var kept = b.Where(isPut, b.Broadcast(b.Where(isFull, bad, taken), lengthsType.Shape, []), lengths);
            var info = new LoopInfo(
                _names.Fresh("k"), Dim.Of(2L * _steps + 16), 6, EquatableArray<int>.Empty, 0,
                new Region(
                    [rest, t, y, h, lengths, count, whole, .. captures],
                    [
                        b.Where(isNumber, b.Where(isGood, b.Where(isFull, bad, left), rest), ratio), b.Where(isGood, b.Add(t, taken), t), b.Where(b.Broadcast(isGood, y.Shape, []), next, y), length,
                        b.Where(b.Broadcast(isNumber, lengthsType.Shape, []), kept, b.Full(double.NaN, lengthsType)), b.Where(isGood, b.Add(count, one), count),
                    ]))
            {
                Stop = new(0, 0, ""),
            };
            var first = _b.Scale(span, 0.01);
            var results = _b.Loop(info, [_b.Pointwise(Op.Abs, span), start, y0, first, _b.Zeros(lengthsType), _b.Zeros(Scalar), span, .. captured]);
            // What is left at the end, where the steps did not suffice, is no number.
            return _b.Where(
                _b.Broadcast(_b.Pointwise(Op.LessEqual, results[0], _b.Zeros(Scalar)), lengthsType.Shape, []), results[4], _b.Full(double.NaN, lengthsType));
        }

        /// <summary>Steps of given lengths.</summary>
        private Node Chosen(Node start, Node y0, Node lengths, ImmutableArray<Node> captured)
        {
            var b = new Builder();
            var counter = _names.Fresh("k");
            var trips = Dim.Of(_steps);
            Node t = Parameter(b, "t", Scalar), y = Parameter(b, "y", y0.Type), all = Parameter(b, "lengths", lengths.Type);
            var captures = Captures(b);
            var h = b.Select(all, 0, Dim.Counter(counter, trips));
            var next = Step(b, t, y, h, captures, out _);
            var info = new LoopInfo(counter, trips, 2, EquatableArray<int>.Empty, 0, new Region([t, y, all, .. captures], [b.Add(t, h), next])) { Recomputes = _backward != "Unroll" };
            return _b.Loop(info, [start, y0, lengths, .. captured])[1];
        }
    }
}
