// Net requires n < n, which no sizes satisfy

[Network, Require([|"n < n"|])]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => 2 * x;
}

// mended:

[Network, Require("n > 0")]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => 2 * x;
}
