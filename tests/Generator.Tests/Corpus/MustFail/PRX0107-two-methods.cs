// Even calls itself; a body is inlined where it is called, so write the repetition as a 'for' loop

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Even(x, n);

    Tensor Even(Tensor x, int k) => k == 0 ? x : {|1:Odd(Sin(x), k - 1)|};

    Tensor Odd(Tensor x, int k) => k == 0 ? -x : [|Even(Cos(x), k - 1)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Even(x, n);

    Tensor Even(Tensor x, int k)
    {
        for (var i = 0; i < k / 2; i++) x = Cos(Sin(x));
        return x;
    }
}
