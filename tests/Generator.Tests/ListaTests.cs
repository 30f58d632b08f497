using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>The generated code of the example that the README shows: what a person reads when F12 takes them there.</summary>
public class ListaTests
{
    private const string Source = """
        using Proxima;
        using static Proxima.Ops;

        namespace Demo;

        [Network]
        public partial class Lista(int m, int n, int layers = 16)
        {
            [Parameter("m n")]                 public partial Tensor Encoder { get; }
            [Parameter("n n")]                 public partial Tensor Inhibition { get; }
            [Parameter("layers", Init = 0.1)]  public partial Tensor Threshold { get; }

            [return: Shape("b n")]
            public virtual Tensor Forward([Shape("b m")] Tensor y)
            {
                var c = MatMul(y, Encoder);
                var x = SoftThreshold(c, Threshold[0]);
                for (var k = 1; k < layers; k++)
                    x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
                return x;
            }

            [return: Shape("")]
            public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target)
                => Mean(Square(Forward(y) - target));

            [Gradient(of: nameof(Loss))]
            public virtual partial Gradients LossGradient(Tensor y, Tensor target);
        }
        """;

    private static string Cpu { get; } = GeneratorHarness.Run(Source)["Demo.Lista.Cpu.proxima.g.cs"];

    [Fact]
    public void Code() => Snapshot.Verify(Cpu);

    [Fact]
    public void Soft_threshold_sum_and_product_are_one_kernel_per_layer()
    {
        var layer = Loops("RunForward").Single();
        Assert.Equal(1, Count(layer, "Gemm.Run("));
        Assert.Equal(0, Count(layer, "WorkerPool.Run("));
    }

    [Fact]
    public void The_backward_pass_is_a_loop_with_one_product_per_layer()
    {
        // The second product of the textbook, the gradient of Inhibition, waits until after the loop.
        var loops = Loops("RunLossGradient");
        Assert.Equal(2, loops.Length);
        Assert.Equal(1, Count(loops[1], "Gemm.Run("));
    }

    /// <summary>The bodies of the host loops of a method.</summary>
    private static string[] Loops(string method)
    {
        var start = Cpu.IndexOf($"private void {method}(", StringComparison.Ordinal);
        var body = Cpu[start..Cpu.IndexOf("\n        }\n", start, StringComparison.Ordinal)];
        return [.. body.Split("            for (nint ").Skip(1).Select(loop => loop[..loop.IndexOf("\n            }\n", StringComparison.Ordinal)])];
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
