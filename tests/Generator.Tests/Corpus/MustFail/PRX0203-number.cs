// Nothing in the class mentions the size 'rate'

[Network]
public partial class Net(int n, float [|rate|] = 0.1f)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n, float rate = 0.1f)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => rate * Relu(x);
}
