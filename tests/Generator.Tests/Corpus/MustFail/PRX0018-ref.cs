// 'x' is 'ref Tensor'; a compiled method takes Tensor, Graph, int, float, double and bool, by value
// Tensors are passed by value, and a method gives several results as a tuple.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] ref Tensor [|x|]) => Relu(x);
}

// mended by: Remove 'ref'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
