// A loss by cases.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y)
    {
        var d = Abs(x - y);
        return Mean(Where(d < 1, 0.5 * d * d, d - 0.5));
    }
}
