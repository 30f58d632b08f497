using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>Broken trees: whatever is missing, doubled or of the wrong kind becomes findings, never an exception.</summary>
public sealed class LoweringMutilationTests
{
    [Fact]
    public void NothingThrows()
    {
        var random = new Random(1);
        var bodies = LoweringTests.Bodies.Select(Surface.Parse).ToArray();
        var pieces = bodies.SelectMany(All).ToArray();
        for (var i = 0; i < 4000; i++)
        {
            var body = bodies[random.Next(bodies.Length)];
            for (var changes = random.Next(1, 4); changes > 0; changes--) body = Mutilate(body, random, pieces);
            var network = LoweringTests.Playground(body);
            try
            {
                foreach (var variant in Lower(network, "Forward", LoweringTests.Block, LoweringTests.Functions).Variants) Verifier.Check(variant);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException(body.ToString(), error);
            }
        }
    }

    private static IEnumerable<Surface> All(Surface node) => node.Items.SelectMany(All).Append(node);

    private static Surface Mutilate(Surface node, Random random, Surface[] pieces)
    {
        if (node.Count > 0 && random.Next(4) != 0)
        {
            var at = random.Next(node.Count);
            return new Surface(node.Kind, node.Value, node.Items.SetItem(at, Mutilate(node[at], random, pieces)));
        }
        var piece = pieces[random.Next(pieces.Length)];
        return random.Next(7) switch
        {
            0 when node.Count > 0 => new Surface(node.Kind, node.Value, node.Items.RemoveAt(random.Next(node.Count))),
            1 => new Surface(node.Kind, node.Value, node.Items.Add(piece)),
            2 => new Surface(piece.Kind, node.Value, node.Items),
            3 => new Surface(node.Kind, piece.Value, node.Items),
            4 => Surface.Of("null"),
            5 => new Surface(node.Kind, "", []),
            _ => piece,
        };
    }

    [Fact]
    public void DeepExpressionsAreReported()
    {
        var deep = Surface.Of("local", "y");
        for (var i = 0; i < 100_000; i++) deep = new Surface("unary", "-", [deep]);
        var body = new Surface("block", "", [Surface.Of("return", "", null, deep)]);
        var network = LoweringTests.Playground(body);
        Assert.Equal("PRX0013", Mistake(network, "Forward", LoweringTests.Block).Id);
    }

    [Fact]
    public void LongSumsAreFine()
    {
        var sum = Surface.Of("local", "y");
        for (var i = 0; i < 5000; i++) sum = new Surface("binary", "+", [sum, Surface.Of("local", "y")]);
        var result = Surface.Parse("(return (op MatMul (arg x (local sum)) (arg y (param W))))");
        var network = LoweringTests.Playground(new Surface("block", "", [Surface.Of("let", "sum", null, sum), result]));
        Function(network, "Forward", LoweringTests.Block);
    }
}
