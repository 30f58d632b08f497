// ?

[Network]
public partial class Net(int n)
{
    public virtual [|Tensor|] Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
