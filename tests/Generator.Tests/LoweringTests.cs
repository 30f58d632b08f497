using Xunit;
using Proxima.Generator.Ir;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

public sealed class LoweringTests
{
    private const string ListaForward = """
        (block
          (let c (op MatMul (arg x (local y)) (arg y (param Encoder))))
          (let x (op SoftThreshold (arg x (local c)) (arg threshold (index (param Threshold) (at (int 0))))))
          (for k (int 1) (size layers) (int 1) (block
            (assign x (op SoftThreshold
              (arg x (binary + (local c) (op MatMul (arg x (local x)) (arg y (param Inhibition)))))
              (arg threshold (index (param Threshold) (at (local k))))))))
          (return (local x)))
        """;

    private const string ListaLoss = """
        (block (return (op Mean (arg x (op Square (arg x (binary - (method Forward (arg y (local y))) (local target))))))))
        """;

    internal static NetworkDeclaration Lista() => Network("Lista", "m, n, layers",
        Parameter("Encoder", "m n"), Parameter("Inhibition", "n n"), Parameter("Threshold", "layers"),
        Method("Forward(y: b m) -> b n", ListaForward),
        Method("Loss(y: b m, target: b n) ->", ListaLoss));

    [Fact]
    public void ListaBecomesOneLoop()
    {
        var forward = Function(Lista(), "Forward");
        Assert.Equal("""
            x
            """, Print(forward), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void LossInlinesForward()
    {
        var loss = Function(Lista(), "Loss");
        Assert.Equal("x", Print(loss));
    }
}
