// x is [n]; it has no dimension 1: dimensions run from -1 to 0

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x / x.Dim([|1|]);
}

// mended by: Use the last dimension

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x / x.Dim(-1);
}
