// The first block is minimised over, the second maximised: extragradients find where both rest.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Payoff { get; }

    [return: Shape("")]
    public virtual Tensor Game([Shape("m")] Tensor row, [Shape("n")] Tensor column) => Sum(MatMul(row, Payoff) * column);

    [return: Shape("")]
    [Require("1 <= m")]
    public virtual Tensor OfRows([Shape("m")] Tensor row) => Simplex.Value(row, 1);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor OfColumns([Shape("n")] Tensor column) => Simplex.Value(column, 1);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), proximable: nameof(OfRows), wrt: "row, column", Other = nameof(OfColumns), Iterations = 500)]
    [Require("1 <= m", "1 <= n")]
    public virtual partial (Tensor Row, Tensor Column) Solve(Tensor row, Tensor column);
}
