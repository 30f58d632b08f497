using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Algorithms that move several blocks: one after another, or against each other.</summary>
internal sealed partial class Unroll
{
    private ImmutableArray<Node> Starts => [.. _blocks.Select(block => _arguments[block].Node)];

    private IEnumerable<int> EachBlock => Enumerable.Range(0, _blocks.Length);

    /// <summary>The results that are functions of a block.</summary>
    private ImmutableArray<int> FunctionsOf(int block)
    {
        var functions = ImmutableArray.CreateBuilder<int>();
        for (var result = 1; result <= _proximables; result++)
        {
            var nodes = Region.Order([_of.Results[result]]);
            var varying = EachBlock.Where(i => nodes.Contains(_of.Arguments[_blocks[i]].Node)).ToArray();
            if (varying.Length > 1)
                throw new UnrollException(result == 1 ? "proximable" : "Other", $"a proximable function is one of one block; this varies with {string.Join(" and ", varying.Select(NameOf))}");
            if (varying.Contains(block)) functions.Add(result);
        }
        return functions.ToImmutable();
    }

    /// <summary>The operator of the functions of each block; null where it has none.</summary>
    private ImmutableArray<Function?> OperatorsOfBlocks() => [.. EachBlock.Select(i => FunctionsOf(i) is { IsEmpty: false } of ? Operator(of, of[0] == 1 ? "proximable" : "Other", i) : null)];

    private static Node Proximal(Builder b, Function? prox, At at, ImmutableArray<Node> blocks, int block, Node x, Node length, Unroll unroll) =>
        prox is null ? x : unroll.Inline(b, prox, at(blocks.SetItem(block, x)), length);

    /// <summary>
    /// y = prox of step R at x - step G(x), then x = prox of step R at x - step G(y), where G is the gradient; with two blocks the gradient by the first and minus that by the second, whose
    /// functions are R and S of F(x, y) + R(x) - S(y).
    /// </summary>
    private Scheme Extragradient()
    {
        if (_blocks.Length > 2) throw new UnrollException("wrt", "Extragradient minimises over the first block and maximises over the second: there are at most two");
        if (_blocks.Length == 1) RequireAtMostOne();
        ImmutableArray<Function> gradients = [.. EachBlock.Select(Gradient)];
        var operators = OperatorsOfBlocks();
        var step = GradientStep(gradients, JointBound(gradients, out var error), error, 1, isReached: false);
        Say($"extragradient: y = prox(x - step G(x)), x' = prox(x - step G(y)){(_blocks.Length > 1 ? $", where G is the gradient by {NameOf(0)} and minus the gradient by {NameOf(1)}: a saddle point" : "")}; any monotone Lipschitz G (Korpelevich 1976)");
        return Stepping(Starts, step, (b, state, at, length, _) =>
        {
            return Move(Move(state));

            ImmutableArray<Node> Move(ImmutableArray<Node> to) =>
            [
                .. EachBlock.Select(i =>
                {
                    var slope = Times(b, length, Inline(b, gradients[i], at(to)));
                    return Proximal(b, operators[i], at, state, i, i == 0 ? b.Sub(state[i], slope) : b.Add(state[i], slope), length, this);
                }),
            ];
        }, [.. EachBlock]);
    }

    /// <summary>A bound for the gradients by all blocks together: the root of the sum of the squares of those from each block to each.</summary>
    private Node? JointBound(ImmutableArray<Function> gradients, out string? error)
    {
        if (_blocks.Length == 1) return Bound(gradients[0], out error);
        Node? squares = null;
        error = null;
        foreach (var (i, j) in EachBlock.SelectMany(i => EachBlock.Select(j => (i, j))))
        {
            if (Lipschitz.Apply(gradients[i], [NameOf(j)], 8, out error) is not { } lipschitz) return null;
            if (VariesWithBlocks(lipschitz))
            {
                error = $"that of the gradient by {NameOf(i)} in {NameOf(j)} differs from point to point";
                return null;
            }
            var bound = Inline(_builder, lipschitz, _arguments.ToDictionary(a => a.Name, a => a.Node));
            squares = squares is null ? _builder.Mul(bound, bound) : _builder.Add(squares, _builder.Mul(bound, bound));
        }
        // As of 0, not its root's slope there.
        return _builder.Pointwise(Op.Sqrt, Positive(_builder, squares!));
    }

    private bool VariesWithBlocks(Function function)
    {
        var nodes = Region.Order(function.Results);
        return function.Arguments.Any(a => EachBlock.Any(i => NameOf(i) == a.Name) && nodes.Contains(a.Node));
    }

    /// <summary>Each block in turn to the operator of step F + R, as functions of that block, at its last value: of one block the proximal point algorithm.</summary>
    private Scheme ProximalSteps()
    {
        var isPoint = _algorithm == AlgorithmKind.ProximalPoint;
        if (isPoint) RequireAtMostOne();
        else RequireBlocks();
        ImmutableArray<Function> operators = [.. EachBlock.Select(i => Operator([0, .. FunctionsOf(i)], "", i))];
        Say(isPoint
            ? "proximal point: x' = prox of step (F + R) at x; any step (Martinet 1970; Rockafellar 1976)"
            : "block coordinate descent: each block in turn minimises F + R + |x - x before|²/(2 step), with the others as they are by then; any step (Grippo and Sciandrone 2000; Attouch et al. 2010)");
        return Stepping(Starts, AnyStep(), (b, state, at, length, _) =>
        {
            var blocks = state;
            foreach (var i in EachBlock) blocks = blocks.SetItem(i, Inline(b, operators[i], at(blocks), length));
            return blocks;
        }, [.. EachBlock]);
    }

    /// <summary>Each block in turn to prox of step R at y - step ∇F, where y is the block (carried on along its last move), and the step follows from the others as they are by then.</summary>
    private Scheme Palm()
    {
        RequireBlocks();
        var isInertial = _algorithm == AlgorithmKind.IPalm;
        ImmutableArray<Function> gradients = [.. EachBlock.Select(Gradient)];
        var operators = OperatorsOfBlocks();
        var inertia = isInertial ? _options.Number("Inertia", 0.2) : 0;
        var isConvex = EachBlock.All(HasConvexFunctions);
        if (!(inertia >= 0 && inertia < (isConvex ? 1 : 0.5))) throw new UnrollException("Inertia", $"Inertia is at least 0 and below {(isConvex ? "1" : "0.5, as a proximable function is not convex")}");
        // Of a step in units of 1/L (Pock and Sabach 2016, with the same inertia in the point and in its gradient).
        var most = isConvex ? (2 - inertia) / (3 * inertia / (2 * (1 - inertia)) + 1 + inertia) : (1 - inertia) / (2 * inertia / (1 - 2 * inertia) + 1 + inertia);
        var share = isInertial ? 0.99 * most : 1;
        ImmutableArray<Function> bounds = [];
        if (_learned is null)
        {
            var found = EachBlock.Select(i => (Bound: Lipschitz.Apply(gradients[i], [NameOf(i)], 8, out var error), Error: error)).ToArray();
            if (_step > 0)
            {
                foreach (var (bound, _) in found) RequireShort(bound?.Results[0], most, isReached: false);
                _premise = new(gradients, most, IsReached: false, IsEach: true);
            }
            else if (found.FirstOrDefault(f => f.Bound is null).Error is { } error)
                throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient by each block is known ({error}); give a Step, or Learn one");
            else bounds = [.. found.Select(f => f.Bound!)];
        }
        if (!bounds.IsEmpty) Say($"step: {(share == 1 ? "1" : TextPrinter.Text(Math.Round(share, 4)))}/L of each block, where L bounds the Lipschitz constant of its gradient with the other blocks as they are by then");
        Say(isInertial
            ? $"iPALM: each block in turn x' = prox(y - step ∇F(y)), y = x + {TextPrinter.Text(inertia)} (x - x before); to a critical point (Pock and Sabach 2016)"
            : "PALM: each block in turn x' = prox(x - step ∇F(x)); to a critical point (Bolte, Sabach and Teboulle 2014)");
        ImmutableArray<Node> start = isInertial ? [.. Starts, .. Starts] : Starts;
        return Stepping(start, AnyStep(), (b, state, at, given, _) =>
        {
            var count = _blocks.Length;
            var blocks = state.RemoveRange(count, state.Length - count);
            foreach (var i in EachBlock)
            {
                var y = isInertial ? b.Add(blocks[i], b.Scale(b.Sub(blocks[i], state[count + i]), inertia)) : blocks[i];
                var length = bounds.IsEmpty ? given : b.Div(b.Full(share, Scalar), Positive(b, Inline(b, bounds[i], at(blocks))));
                var slope = Times(b, length, Inline(b, gradients[i], at(blocks.SetItem(i, y))));
                blocks = blocks.SetItem(i, Proximal(b, operators[i], at, blocks, i, b.Sub(y, slope), length, this));
            }
            return isInertial ? blocks.AddRange(state.Take(count)) : blocks;
        }, [.. EachBlock]);
    }

    private bool HasConvexFunctions(int block)
    {
        if (FunctionsOf(block) is not { IsEmpty: false } functions) return true;
        try
        {
            Prox.Apply(Scalarly(functions), [NameOf(block)], _options, null, _catalogue, isConvex: true);
            return true;
        }
        catch (NoProximalOperatorException)
        {
            return false;
        }
    }

    private void RequireBlocks()
    {
        if (_blocks.Length == 1) throw new UnrollException("", $"{_algorithm} moves several blocks: name the arguments of the smooth function with wrt");
    }
}
