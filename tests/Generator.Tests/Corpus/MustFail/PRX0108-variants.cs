// ?
// Every if on sizes that the build cannot decide doubles the number of programs that are generated for the method.

[Network]
public partial class Net(int a, int b, int c, int d, int e)
{
    [return: Shape("n")]
    public virtual Tensor [|Forward|]([Shape("n")] Tensor x)
    {
        if (a > 1) x = Sin(x);
        if (b > 2) x = Sin(x);
        if (c > 3) x = Sin(x);
        if (d > 4) x = Sin(x);
        if (e > 5) x = Sin(x);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int a, int b, int c, int d, int e)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x)
    {
        for (var k = 0; k < a + b + c + d + e; k++) x = Sin(x);
        return x;
    }
}
