// Norm: x is declared [b n], and x is [n]; it has 2 dimensions there and 1 here. Did you mean Norm(Unsqueeze(x, 0))?

[Network]
public partial class Net(int n)
{
    [return: Shape("1 n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Norm([|x|]);

    [return: Shape("b n")] public virtual Tensor Norm([Shape({|1:"b n"|})] Tensor x) => x / 2;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("1 n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Norm(Unsqueeze(x, 0));

    [return: Shape("b n")] public virtual Tensor Norm([Shape("b n")] Tensor x) => x / 2;
}
