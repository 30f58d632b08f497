// ?
// Sizes are computed in 64 bits.

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x[..([|n * 2147483647 * 2147483647 * 2147483647|])];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n/2")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x[..(n / 2)];
}
