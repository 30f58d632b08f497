// ?

[Network]
public partial class Net(int n)
{
    readonly Net [|inner|] = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => inner.Forward(Sin(x));
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sin(x);
}
