// Positions and frequencies broadcast to a table.

[Network]
public partial class Net(int d)
{
    [return: Shape("t 2*d")]
    public virtual Tensor Forward([Shape("t 2*d")] Tensor x)
    {
        var positions = Unsqueeze(Arange(x.Dim(0)).To(DType.Float32), 1);
        var angles = positions * Exp(Arange(d).To(DType.Float32) * (-4f / d));
        return x + Concat([Sin(angles), Cos(angles)], dim: 1);
    }
}
