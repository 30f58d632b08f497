// ?
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
