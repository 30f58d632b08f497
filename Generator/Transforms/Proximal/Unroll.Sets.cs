using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Algorithms that stay in a set without a projection onto it: by what its entry of the catalogue has besides.</summary>
internal sealed partial class Unroll
{
    /// <summary>x moves towards the point of the set at which the linear function of the gradient is least.</summary>
    private Scheme FrankWolfe()
    {
        RequireOne();
        if (_step > 0) throw new UnrollException("Step", "the step of FrankWolfe follows from the gradient, or is 2/(k + 2): a constant one ends nowhere. Learn takes one for each iteration");
        var (gradient, project) = (Gradient(), Operator(1, "proximable"));
        var least = Member("LinearMinimizer", out var entry);
        var lipschitz = _learned is null ? Bound(gradient, out _) : null;
        Say($"linear minimiser: that of {entry.Name}");
        Say("Frank-Wolfe: s = the point of the set where ⟨∇F(x), s⟩ is least, x' = x + step (s - x), with " + (_learned is not null ? "learned steps"
            : lipschitz is null ? "the step 2/(k + 2), as no bound of the gradient's Lipschitz constant is known"
            : "the step ⟨∇F(x), x - s⟩ / (L |x - s|²) of each vector, at most 1, where L bounds the Lipschitz constant of the gradient") + " (Frank and Wolfe 1956; Jaggi 2013)");
        // From a point of the set on it stays in the set.
        ImmutableArray<Node> start = [Inline(_builder, project, _arguments.ToDictionary(a => a.Name, a => a.Node), _builder.Full(1, Scalar))];
        return Stepping(start, _learned ?? lipschitz ?? _builder.Full(1, Scalar), (b, state, at, steps, k) =>
        {
            var x = state[0];
            var slope = Inline(b, gradient, at(x));
            var move = b.Sub(Inline(b, least, at(x), slope), x);
            if (_learned is not null) return [b.Add(x, Times(b, steps, move))];
            if (lipschitz is null) return [b.Add(x, Times(b, b.Div(b.Full(2, Scalar), b.Size(k + Dim.Of(2), Scalar.DType)), move))];
            ImmutableArray<int> axes = [.. Enumerable.Range(x.Rank - entry.Dims, entry.Dims)];
            var gap = b.Neg(b.Sum(b.Mul(slope, move), axes));
            var most = b.Mul(b.Broadcast(steps, gap.Shape, []), b.Sum(b.Mul(move, move), axes));
            var (zero, one) = (b.Zeros(gap.Type), b.Full(1, gap.Type));
            // All the way where the step would be longer, and nowhere from a point that is the least one.
            var isShort = b.Pointwise(Op.Less, gap, most);
            var share = b.Where(isShort, b.Div(b.Pointwise(Op.Max, gap, zero), b.Where(isShort, most, one)), one);
            return [b.Add(x, b.Mul(b.Unreduce(share, x.Shape, axes), move))];
        }, 0) with { Changes = _learned is { Rank: > 0 } ? "each iteration has a step of its own" : _learned is null && lipschitz is null ? "its step is 2/(k + 2)" : null };
    }

    /// <summary>x moves to the least of step ⟨∇F(x), p⟩ plus the divergence of p from x that the set has.</summary>
    private Scheme MirrorDescent()
    {
        if (_options.Enum<GeometryKind>("Geometry") == GeometryKind.Burg) return BurgDescent();
        RequireOne();
        var (gradient, mirror) = (Gradient(), Member("MirrorStep", out var entry));
        // The distance that a bounded set has is strongly convex with the modulus 1.
        var isBounded = entry.Members.Contains("LinearMinimizer");
        if (!isBounded && _learned is null && _step == 0)
            throw new UnrollException("", $"the divergence of {entry.Name} grows slower than squares far out, so that no step follows from the Lipschitz constant of the gradient; give a Step, or Learn one");
        var step = isBounded ? GradientStep(gradient, 1, isReached: true) : AnyStep();
        // In its geometry longer steps may do: what the gradient shows in another one says nothing.
        _premise = null;
        Say($"mirror descent: x' is the least of step ⟨∇F(x), p⟩ plus the divergence of {entry.Name} from x, from a start within the set (Nemirovski and Yudin 1983; Beck and Teboulle 2003)");
        return Stepping([X], step, (b, state, at, length, _) => [Inline(b, mirror, at(state[0]), Times(b, length, Inline(b, gradient, at(state[0]))))], 0);
    }

    /// <summary>x moves to the least of step ⟨∇F(x), p⟩ + Σ (p / x - log(p / x) - 1): to x / (1 + step x ∇F(x)).</summary>
    private Scheme BurgDescent()
    {
        RequireAtMostOne();
        if (_proximables == 1 && (Member("MirrorStep", out var entry), entry.Name).Name != "NonnegativeOrthant")
            throw new UnrollException("proximable", $"the geometry of Burg is that of all positive numbers: it stands for NonnegativeOrthant, and not for {entry.Name}");
        var gradient = Gradient();
        var bound = _learned is not null ? null : Prox.RelativeToLogarithms(_of with { Results = ImmutableArray.Create(_of.Results[0]), ResultNames = ImmutableArray.Create("") }, NameOf(0), _catalogue) is { } relative
            ? Positive(_builder, Inline(_builder, relative, _arguments.ToDictionary(a => a.Name, a => a.Node))) : null;
        if (bound is null && _learned is null && _step == 0)
            throw new UnrollException("", "no constant is known to which the smooth function is smooth relative to -Σ log x: it is no sum of Poisson, NegativeLog and linear terms of linear maps; give a Step, or Learn one");
        var step = AnyStep();
        if (bound is not null)
        {
            Say("relative smoothness: L -Σ log x less the smooth function is convex for x > 0, with L the sum of the counts, for maps without negative elements (Bauschke, Bolte and Teboulle 2017, lemma 7)");
            if (_step > 0) step = Within(step, bound, 1, isReached: true, Relative);
            else
            {
                Say("step: 1/L");
                step = _builder.Div(_builder.Full(1, Scalar), bound);
            }
        }
        Say("mirror descent: x' = x / (1 + step x ∇F(x)), the least of step ⟨∇F(x), p⟩ plus the divergence of Burg from x, from a start of positive numbers (Bauschke, Bolte and Teboulle 2017)");
        return Stepping([X], step, (b, state, at, length, _) =>
        {
            var x = state[0];
            var rest = b.Add(b.Full(1, x.Type), b.Mul(x, Times(b, length, Inline(b, gradient, at(x)))));
            // A slope that is too steep has no least point.
            var isThere = b.Pointwise(Op.Greater, rest, b.Zeros(x.Type));
            return [b.Where(isThere, b.Div(x, b.Where(isThere, rest, b.Full(1, x.Type))), b.Full(double.PositiveInfinity, x.Type))];
        }, 0);
    }

    /// <summary>The operators of all functions in turn, each of the point and what it took away the last time round: the point of their sum nearest to the one that F is the squared distance from.</summary>
    private Scheme Dykstra()
    {
        RequireOneBlock();
        if (_proximables == 0) throw new UnrollException("", "Dykstra goes from operator to operator: name the first function with proximable, and the others with Other");
        if (_learned is not null || _step > 0) throw new UnrollException(_step > 0 ? "Step" : "Learn", "Dykstra takes no step: weights of functions are in the functions");
        Function residual, adjoint;
        try
        {
            (residual, adjoint) = Prox.Residual(Scalarly(0), NameOf(0), _catalogue);
        }
        catch (NoProximalOperatorException)
        {
            throw new UnrollException("smooth", NoDistance);
        }
        var (given, back) = (adjoint.Arguments[adjoint.Arguments.Count - 1].Node, adjoint.Results[0]);
        if (!ReferenceEquals(back, given) && !(back.Op == Op.Neg && ReferenceEquals(back.Inputs[0], given))) throw new UnrollException("smooth", NoDistance);
        ImmutableArray<Function> operators = [.. Enumerable.Range(1, _proximables).Select(i => Operator(i, i == 1 ? "proximable" : "Other"))];
        Say("Dykstra: z = x + u, x = prox(z), u = z - x of each function in turn, from x = y and u = 0; F is ½|x - y|² (Boyle and Dykstra 1986; Bauschke and Combettes 2008)");
        // Lᵀ(L 0 + c) = -y, whichever sign the difference has.
        var at = _arguments.ToDictionary(a => a.Name, a => a.Node);
        at[NameOf(0)] = _builder.Zeros(X.Type);
        var start = _builder.Neg(Inline(_builder, adjoint, at, Inline(_builder, residual, at)));
        return Stepping([start, .. operators.Select(_ => _builder.Zeros(X.Type))], _builder.Full(1, Scalar), (b, state, arguments, one, _) =>
        {
            var (x, taken) = (state[0], ImmutableArray.CreateBuilder<Node>());
            for (var i = 0; i < operators.Length; i++)
            {
                var z = b.Add(x, state[i + 1]);
                x = Inline(b, operators[i], arguments(z), one);
                taken.Add(b.Sub(z, x));
            }
            return [x, .. taken];
        }, 0);
    }

    private const string NoDistance = "Dykstra finds the point of a sum that is nearest to another: the smooth function is half their squared distance, ½|x - y|², and nothing else";

    private Function Member(string member, out ProximalEntry entry)
    {
        try
        {
            return Prox.Member(Scalarly(1), NameOf(0), _catalogue, member, out entry);
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("proximable", no.Message);
        }
    }
}
