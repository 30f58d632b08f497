// Forward declares the result [b n], and Sum(x, dim: 1) is [b]; it has 2 dimensions there and 1 here
// What a method returns has the shape that [return: Shape] declares: callers and targets rely on it.

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Sum(x, dim: 1)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 1);
}
