using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Optimize;

/// <summary>
/// Turns each search for a fixed point into a loop that stops: the step, the residual, and what the solver makes of them. Runs after all transforms, so
/// that derivatives never see the search.
/// </summary>
/// <remarks>
/// The point is seen as [B N]: B separate problems (the batch dims), N unknowns each. Past steps lie in rows of [B window N] tensors, each in a slot that
/// is overwritten when its turn comes again.
/// </remarks>
internal sealed class SolverLowering : Copier
{
    private readonly CounterNames _names;

    private SolverLowering(Builder builder, CounterNames names) : base(builder) => _names = names;

    public static Function Run(Function function) => function.Body.Any(node => node.Loop is { Solver: not null }) ? new SolverLowering(new Builder(), CounterNames.Of(function)).Copy(function) : function;

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new SolverLowering(body, _names);

    protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
    {
        var loop = CopyInfo(node.Loop!);
        ImmutableArray<Node> inputs = [.. Enumerable.Range(0, node.Inputs.Length).Select(input)];
        return loop.Solver is { } solver ? new Search(Builder, loop, solver, _names).Emit(inputs) : Builder.Loop(loop, inputs);
    }

    /// <summary>The loop of one search.</summary>
    private sealed class Search
    {
        private readonly Builder _outer;
        private readonly LoopInfo _loop;
        private readonly SolverInfo _solver;
        private readonly CounterNames _names;
        private readonly Builder _b = new();
        private readonly TensorType _type;
        private readonly Dim _batches;
        private readonly Dim _unknowns;
        private readonly Dim _window;
        private readonly Dim _counter;
        private readonly List<(Node Parameter, Node Start)> _carried = [];
        private readonly List<Node> _next = [];
        private readonly double _unit;

        public Search(Builder outer, LoopInfo loop, SolverInfo solver, CounterNames names)
        {
            (_outer, _loop, _solver, _names) = (outer, loop, solver, names);
            _type = loop.Body.Results[0].Type;
            _batches = Dim.Product(_type.Shape.Take(solver.BatchDims));
            _unknowns = Dim.Product(_type.Shape.Skip(solver.BatchDims));
            _window = Dim.Of(solver.Window);
            _counter = Dim.Counter(loop.Counter, loop.Trips);
            _unit = _type.DType == DType.Float32 ? 1.0 / (1 << 23) : 1.0 / (1L << 52);
        }


        /// <summary>The point, the number of iterations, the last residual.</summary>
        public ImmutableArray<Node> Emit(ImmutableArray<Node> inputs)
        {
            var z = Carry(inputs[0], _loop.Body.Parameters[0].Name);
            var residual = Carry(_outer.Full(double.PositiveInfinity, _type.DType, []), "residual");
            var count = Carry(_outer.Full(0, DType.Int64, []), "iterations");
            var copier = new Copier(_b);
            copier.Map(_loop.Body.Parameters[0], z);
            ImmutableArray<Node> captures = [.. _loop.Body.Parameters.Skip(1).Select(copier.CopyParameter)];
            var f = copier.Copy(_loop.Body.Results[0]);
            _b.Source = f.Source;
            f.Name ??= f.Op == Op.Parameter ? null : "f";
            var next = _solver.Kind switch
            {
                SolverKind.Anderson => Anderson(inputs[0], z, f),
                SolverKind.Broyden => Broyden(inputs[0], z, f),
                _ => _solver.Damping == 1 ? f : _b.Add(z, _b.Scale(_b.Sub(f, z), _solver.Damping)),
            };
            _next.InsertRange(0, [next, FixedPoint.Residual(_b, z, f, _solver.Floor), _b.Add(count, _b.Full(1, DType.Int64, []))]);
            var info = new LoopInfo(
                _loop.Counter, _loop.Trips, _carried.Count, EquatableArray<int>.Empty, 0,
                new Region([.. _carried.Select(c => c.Parameter), .. captures], [.. _next]))
            {
                Stop = new(1, Math.Max(_solver.Tolerance, 8 * _unit), _solver.Name),
            };
            var results = _outer.Loop(info, [.. _carried.Select(c => c.Start), .. inputs.Skip(1)]);
            return [results[0], results[2], results[1]];
        }

        private Node Carry(Node start, string? name)
        {
            var parameter = _b.Parameter(name ?? "", start.Type);
            _carried.Add((parameter, start));
            return parameter;
        }

        private Node CarryZeros(string name, params Dim[] shape) => Carry(_outer.Full(0, _type.DType, [.. shape]), name);

        private Node Rows(Node x) => _b.Reshape(x, [_batches, Dim.One, _unknowns]);

        private Node Spread(Node x, Node like, params int[] axes) => _b.Broadcast(x, like.Shape, [.. axes]);

        private Dim Slot => Dim.Mod(_counter + _window - Dim.One, _window);

        /// <summary>The value, and zeros in the iterations that fill the first slot: a full memory is forgotten there.</summary>
        private Node Remembered(Node x) =>
            _b.Where(_b.Broadcast(_b.Pointwise(Op.Greater, _b.Size(Slot, _type.DType), _b.Full(0, _type.DType, [])), x.Shape, []), x, _b.Zeros(x.Type));

        /// <summary>The past steps with one of them, in the slot of this iteration, replaced.</summary>
        private Node Put(Node past, Node row, bool isFirstLeftOut)
        {
            var slot = Slot;
            var isSlot = _b.Pointwise(
                Op.Equal, _b.Iota(past.Shape, 1, _type.DType), _b.Broadcast(_b.Size(slot, _type.DType), past.Shape, []));
            if (isFirstLeftOut)
                isSlot = _b.Pointwise(Op.And, isSlot, _b.Broadcast(_b.Pointwise(Op.Greater, _b.Size(_counter, _type.DType), _b.Full(0, _type.DType, [])), past.Shape, []));
            return _b.Where(isSlot, Spread(_b.Reshape(row, [_batches, _unknowns]), past, 0, 2), past);
        }

        /// <summary>
        /// z' = z + b g - sum_j c_j (dz_j + b dg_j) with g = f - z: c minimises |g - sum_j c_j dg_j|, columns scaled to length 1, slightly regularised.
        /// </summary>
        private Node Anderson(Node start, Node z, Node f)
        {
            var b = _b;
            Node lastZ = Carry(start, "last"), lastG = CarryZeros("lastDifference", [.. _type.Shape]);
            Node pastZ = CarryZeros("steps", _batches, _window, _unknowns), pastG = CarryZeros("changes", _batches, _window, _unknowns);
            var g = b.Sub(f, z);
            Node newZ = Put(pastZ, b.Sub(z, lastZ), true), newG = Put(pastG, b.Sub(g, lastG), true);
            _next.AddRange([z, g, newZ, newG]);

            var products = b.Dot(newG, b.Transpose(newG));
            var right = b.Reshape(b.Dot(newG, b.Transpose(Rows(g))), [_batches, _window]);
            var isDiagonal = b.Pointwise(Op.Equal, b.Iota(products.Shape, 1, _type.DType), b.Iota(products.Shape, 2, _type.DType));
            var squares = b.Sum(b.Where(isDiagonal, products, b.Zeros(products.Type)), [2]);
            var isUsed = b.Pointwise(Op.Greater, squares, b.Zeros(squares.Type));
            var scale = b.Where(isUsed, b.Pointwise(Op.Rsqrt, squares), b.Zeros(squares.Type));
            scale.Name ??= "scale";
            var regularization = Math.Max(_solver.Regularization, 16 * _unit);
            var shift = b.Where(isUsed, b.Full(regularization, squares.Type), b.Full(1 + regularization, squares.Type));
            var scaled = b.Mul(b.Mul(products, Spread(scale, products, 0, 1)), Spread(scale, products, 0, 2));
            var matrix = b.Add(scaled, b.Where(isDiagonal, Spread(shift, products, 0, 1), b.Zeros(products.Type)));
            var solution = Solve(matrix, b.Mul(right, scale));
            var weights = b.Reshape(b.Mul(solution, scale), [_batches, Dim.One, _window]);
            weights.Name ??= "weights";
            var move = Scaled(Rows(g));
            move = b.Sub(move, b.Dot(weights, newZ));
            move = b.Sub(move, Scaled(b.Dot(weights, newG)));
            return b.Add(z, b.Reshape(move, _type.Shape));
        }

        private Node Scaled(Node x) => _b.Scale(x, _solver.Damping);

        /// <summary>Gauss and Jordan without pivoting, one pivot per iteration: the matrices are positive definite.</summary>
        private Node Solve(Node matrix, Node right)
        {
            var augmented = _b.Concat([matrix, _b.Reshape(right, [_batches, _window, Dim.One])], 2);
            var counter = _names.Fresh("p");
            var pivot = Dim.Counter(counter, _window);
            var b = new Builder();
            var current = b.Parameter("elimination", augmented.Type);
            var row = b.Select(current, 1, pivot);
            var column = b.Select(current, 2, pivot);
            var reduced = b.Div(row, b.Broadcast(b.Select(row, 1, pivot), row.Shape, [0]));
            var spread = b.Broadcast(reduced, current.Shape, [0, 2]);
            var isPivot = b.Pointwise(Op.Equal, b.Iota(current.Shape, 1, _type.DType), b.Broadcast(b.Size(pivot, _type.DType), current.Shape, []));
            var next = b.Where(isPivot, spread, b.Sub(current, b.Mul(b.Broadcast(column, current.Shape, [0, 1]), spread)));
            var eliminated = _b.Loop(new LoopInfo(counter, _window, 1, EquatableArray<int>.Empty, 0, new Region([current], [next])), [augmented])[0];
            return _b.Select(eliminated, 2, _window);
        }

        /// <summary>
        /// Broyden's first method on g(z) = f(z) - z: the inverse Jacobian is -1 plus a product u vᵀ for each step since the memory was last full. To replace the oldest
        /// product alone would leave the others without what they correct.
        /// </summary>
        private Node Broyden(Node start, Node z, Node f)
        {
            var b = _b;
            Node lastZ = Carry(start, "last"), lastG = CarryZeros("lastDifference", [.. _type.Shape]);
            Node pastU = CarryZeros("left", _batches, _window, _unknowns), pastV = CarryZeros("right", _batches, _window, _unknowns);
            var g = b.Sub(f, z);
            Node dz = Rows(b.Sub(z, lastZ)), dg = Rows(b.Sub(g, lastG));
            // In the first iteration dz is 0, and so are v and u.
            var v = Times(dz, pastU, pastV, forgets: true);
            var divisor = b.Sum(b.Mul(v, dg), [2]);
            var spread = Spread(divisor, dg, 0, 1);
            var u = b.Where(b.Pointwise(Op.Equal, spread, b.Zeros(dg.Type)), b.Zeros(dg.Type), b.Div(b.Sub(dz, Times(dg, pastV, pastU, forgets: true)), spread));
            Node newU = Put(Remembered(pastU), u, false), newV = Put(Remembered(pastV), v, false);
            _next.AddRange([z, g, newU, newV]);
            return b.Sub(z, b.Reshape(Scaled(Times(Rows(g), newV, newU)), _type.Shape));
        }

        /// <summary>-x + sum_i (left_i . x) right_i.</summary>
        private Node Times(Node x, Node left, Node right, bool forgets = false)
        {
            var products = _b.Dot(x, _b.Transpose(left));
            return _b.Sub(_b.Dot(forgets ? Remembered(products) : products, right), x);
        }
    }
}
