using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Puts the bodies of checkpoints back where they stand, once no derivative is to follow, so that fusion crosses them. Those that compute again stay.</summary>
internal sealed class InlineCheckpoints : Copier
{
    private readonly Func<string, Dim?>? _sizes;

    private InlineCheckpoints(Builder builder, Func<string, Dim?>? sizes) : base(builder, sizes) => _sizes = sizes;

    public static Function Apply(Function function) =>
        function.Body.Any(node => node.Loop is { Recomputation: Recomputation.Checkpoint }) ? new InlineCheckpoints(new Builder(), null).Copy(function) : function;

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new InlineCheckpoints(body, bodySizes);

    protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
    {
        var loop = node.Loop!;
        if (loop.Recomputation != Recomputation.Checkpoint || !loop.Trips.IsOne || loop.Histories.Count > 0) return base.CopyLoop(node, input);
        var body = new InlineCheckpoints(Builder, name => name == loop.Counter ? Dim.Zero : _sizes?.Invoke(name));
        for (var i = 0; i < node.Inputs.Length; i++) body.Map(loop.Body.Parameters[i], input(i));
        var results = body.Copy(loop.Body.Results);
        return [.. results.Select((result, i) => i < loop.Carries ? result : Builder.Reshape(result, result.Shape.Insert(0, Dim.One)))];
    }
}
