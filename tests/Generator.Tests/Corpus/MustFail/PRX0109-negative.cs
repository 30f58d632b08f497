// Sum: x is [b n]; it has no dimension -3: dimensions run from -2 to 1

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: [|-3|]);
}

// mended by: Use the last dimension

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: -1);
}
