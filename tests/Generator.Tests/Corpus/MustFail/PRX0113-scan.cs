// Scan: x[..0] is [0 n]; a scan starts with the first element, and there must be one
// There is no value to start with.

[Network]
public partial class Net(int n)
{
    [return: Shape("0 n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Scan(x[..0], (before, next) => before * next)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scan(x, (before, next) => before * next);
}
