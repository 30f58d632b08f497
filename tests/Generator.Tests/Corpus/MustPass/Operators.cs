// Operators and functions of two tensors; a written 1 broadcasts.
[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }
    [Parameter("1 n")] public partial Tensor Shift { get; }

    [return: Shape("b n")]
    public virtual Tensor Arithmetic([Shape("b n")] Tensor x, [Shape("b 1")] Tensor weight) =>
        (x * Scale + Shift) * weight - x / (1 + Abs(x)) + 2 * x - x * 0.5f;

    [return: Shape("b n")]
    public virtual Tensor Choose([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) =>
        Where(x > y & y >= 0 | !(x < 1), Minimum(x, y), Maximum(x, -y)) + Where(Equal(x, y), 1, 0) + Where(x <= y, x, 0);
}
