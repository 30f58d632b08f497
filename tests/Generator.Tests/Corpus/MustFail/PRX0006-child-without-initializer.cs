// ?

[Network]
public partial class Net(int n)
{
    readonly Linear [|layer|];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layer.Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear layer = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layer.Forward(x);
}
