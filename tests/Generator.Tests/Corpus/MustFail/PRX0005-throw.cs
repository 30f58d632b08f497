// throw is not part of the language: remove it: shapes are checked at entry

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (n < 2) [|throw|] new ArgumentException("too small");
        return x;
    }
}

// mended by: Remove it

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return x;
    }
}
