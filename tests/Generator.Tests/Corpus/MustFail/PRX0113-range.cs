// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("_ n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[[|2..6|]];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("2 n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[2..4];
}
