// 'n % 4' is no requirement: write two sizes with ==, !=, <, <=, > or >= between them

[Network, Require([|"n % 4"|])]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => 2 * x;
}

// mended:

[Network, Require("n % 4 == 0")]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => 2 * x;
}
