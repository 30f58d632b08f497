// a while loop is not part of the language: write a 'for' over an int range

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|do|] x = Sin(x);
        while (n > 3);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n - 3; k++) x = Sin(x);
        return x;
    }
}
