// Forward declares the result [b n], and Sum(x) is []; it has 2 dimensions there and 0 here

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Sum(x)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x);
}
