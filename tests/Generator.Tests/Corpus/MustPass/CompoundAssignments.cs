// The operators that assign.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x += 1;
        x *= 2;
        x -= x / 3;
        x /= 1 + Square(x);
        return x;
    }
}
