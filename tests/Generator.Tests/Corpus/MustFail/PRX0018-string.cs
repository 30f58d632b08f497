// 'mode' is string; a compiled method takes Tensor, Graph, int, float, double and bool, by value

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, string [|mode|]) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, bool twice) => twice ? Relu(Relu(x)) : Relu(x);
}
