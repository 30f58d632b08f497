// 'y' is 'out Tensor'; a compiled method takes Tensor, Graph, int, float, double and bool, by value

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] out Tensor [|y|])
    {
        y = x;
        return Relu(x);
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("b n")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (Relu(x), x);
}
