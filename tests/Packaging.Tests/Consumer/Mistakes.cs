using Proxima;
using static Proxima.Ops;

System.Console.WriteLine(new Scores.Cpu(3, 2).Forward(Tensor.Ones(1, 3)).Shape.Length);

/// <summary>Has mistakes that the editor mends: a transposed weight, a misspelled size, a method that nothing can override, an odd requirement.</summary>
[Network, Require("inputs > 0")]
public partial class Scores(int inputs, int outputs)
{
    [Parameter("outputs inputs")]
    public partial Tensor Weight { get; }

    [Parameter("outptus")]
    public partial Tensor Bias { get; }

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x)
        => Softmax(MatMul(x, Weight) + Bias);

    [return: Shape("b")]
    public Tensor Best([Shape("b inputs")] Tensor x)
        => Max(Forward(x), dim: 1);
}
