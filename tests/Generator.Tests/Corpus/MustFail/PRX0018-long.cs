// 'k' is long; a compiled method takes Tensor, Graph, int, float, double and bool, by value

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, long [|k|]) => x;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, int k) => k * x;
}
