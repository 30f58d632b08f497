// 'Forward' has more than 16 variants: every 'if' on sizes that the build cannot decide doubles them; compute with Where, or split the method

[Network]
public partial class Net(int a, int b, int c, int d, int e)
{
    [return: Shape("n")]
    public virtual Tensor [|Forward|]([Shape("n")] Tensor x) => Deeper(Deeper(Deeper(Deeper(Deeper(x, a), b), c), d), e);

    Tensor Deeper(Tensor x, int k) => k > 3 ? Sin(x) : Cos(x);
}

// mended:

[Network]
public partial class Net(int a, int b, int c, int d, int e)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Deeper(Deeper(Deeper(Deeper(Deeper(x, a), b), c), d), e);

    Tensor Deeper(Tensor x, int k)
    {
        for (var i = 0; i < k; i++) x = Sin(x);
        return x;
    }
}
