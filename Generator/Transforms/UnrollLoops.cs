using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Writes loops of a known, small number of iterations out.</summary>
internal sealed class UnrollLoops : Copier
{
    private const long MostIterations = 32;

    private readonly CounterNames _names;
    private readonly Func<string, Dim?>? _sizes;

    private UnrollLoops(Builder builder, CounterNames names, Func<string, Dim?>? sizes) : base(builder, sizes, names) => (_names, _sizes) = (names, sizes);

    public static Function Apply(Function function) => new UnrollLoops(new Builder(), CounterNames.Of(function), null).Copy(function);

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new UnrollLoops(body, _names, bodySizes);

    protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
    {
        var loop = node.Loop!;
        if (Substitute(loop.Trips).Constant is not { } trips || trips > MostIterations || loop.Histories.Count + loop.Scans > 0 || loop.Solver is not null || loop.Stop is not null)
            return base.CopyLoop(node, input);
        ImmutableArray<Node> carried = [.. Enumerable.Range(0, loop.Carries).Select(input)];
        for (var k = 0L; k < trips; k++)
        {
            var at = Dim.Of(k);
            var iteration = new UnrollLoops(Builder, _names, name => name == loop.Counter ? at : _sizes?.Invoke(name));
            for (var i = 0; i < loop.Body.Parameters.Length; i++) iteration.Map(loop.Body.Parameters[i], i < loop.Carries ? carried[i] : input(i));
            carried = iteration.Copy(loop.Body.Results);
        }
        return carried;
    }
}
