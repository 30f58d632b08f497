// 'x' is 'in Tensor'; a compiled method takes Tensor, Graph, int, float, double and bool, by value

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] in Tensor [|x|]) => Relu(x);
}

// mended by: Remove 'in'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
