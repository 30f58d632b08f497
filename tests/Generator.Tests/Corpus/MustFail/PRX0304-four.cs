// 'Forward' is generated 4 times, once per outcome of its conditions on sizes
// Every if on sizes that the build cannot decide doubles the code that is generated for the method.

[Network]
public partial class Net(int n, int k)
{
    [return: Shape("b n")]
    public virtual Tensor [|Forward|]([Shape("b n")] Tensor x)
    {
        if (n > 4) x = Sin(x);
        if (k > 4) x = Cos(x);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n, int k)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (n > 4) x = Sin(x);
        return k * x;
    }
}
