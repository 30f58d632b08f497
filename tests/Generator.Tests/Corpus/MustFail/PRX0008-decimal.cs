// 'rate' is decimal; the constructor of a network takes int, float, double and bool

[Network]
public partial class Net(int n, decimal [|rate|])
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => (float)rate * x;
}

// mended:

[Network]
public partial class Net(int n, float rate)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => rate * x;
}
