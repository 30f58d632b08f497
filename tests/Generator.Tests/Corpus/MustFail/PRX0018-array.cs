// 'xs' is Tensor[]; a compiled method takes Tensor, Graph, int, float, double and bool, by value

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward(Tensor[] [|xs|]) => xs[0];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("k b n")] Tensor xs) => xs[0];
}
