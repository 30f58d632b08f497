// a jump is not part of the language: choose the loop's range so that it runs to its end, or use 'if' on sizes

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n; k++)
        {
            if (k == 2) [|continue|];
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
        for (var k = 0; k < n; k++)
        {
            if (k != 2) x = Sin(x);
        }
        return x;
    }
}
