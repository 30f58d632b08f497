// Softmax attention with learned projections.
[Network]
public partial class Net(int width, int heads)
{
    readonly Linear query = new(width, width);
    readonly Linear key = new(width, width);
    readonly Linear value = new(width, width);
    readonly int size = width / heads;

    [return: Shape("b t heads*(width/heads)")]
    public virtual Tensor Forward([Shape("b t width")] Tensor x)
    {
        var q = Heads(query.Forward(x));
        var k = Heads(key.Forward(x));
        var v = Heads(value.Forward(x));
        var weights = Softmax(MatMul(q, Transpose(k)) * (1 / MathF.Sqrt(size)));
        var mixed = Transpose(MatMul(weights, v), 1, 2);
        return Reshape(mixed, x.Dim(0), x.Dim(1), heads * size);
    }

    Tensor Heads(Tensor x) => Transpose(Reshape(x, x.Dim(0), x.Dim(1), heads, size), 1, 2);
}
