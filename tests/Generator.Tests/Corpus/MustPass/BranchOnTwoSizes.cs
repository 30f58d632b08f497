// Variants per outcome.

[Network]
public partial class Net(int n, int k)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (n > 4 && k > 1) return x * k;
        if (n == k) return -x;
        return x;
    }
}
