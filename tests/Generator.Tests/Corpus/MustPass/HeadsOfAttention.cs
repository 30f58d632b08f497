// Heads are split and put together again.

[Network]
public partial class Net(int heads, int d)
{
    [return: Shape("b t heads*d")]
    public virtual Tensor Forward([Shape("b t heads*d")] Tensor x)
    {
        var q = Permute(Reshape(x, x.Dim(0), x.Dim(1), heads, d), 0, 2, 1, 3);
        var weights = Softmax(MatMul(q, Transpose(q)) / MathF.Sqrt(d));
        return Reshape(Permute(MatMul(weights, q), 0, 2, 1, 3), x.Dim(0), x.Dim(1), heads * d);
    }
}
