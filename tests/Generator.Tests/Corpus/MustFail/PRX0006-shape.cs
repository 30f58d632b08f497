// 'Shape' of a tensor is not part of the language: use x.Dim(i) for a size and x.Rank for the number of dims

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return x / [|x.Shape|][1];
    }
}

// mended by: Use Dim

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return x / x.Dim(1);
    }
}
