// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n; k++)
        {
            if (k == 3) [|break|];
            x = Sin(x);
        }
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
        for (var k = 0; k < Math.Min(n, 3); k++) x = Sin(x);
        return x;
    }
}
