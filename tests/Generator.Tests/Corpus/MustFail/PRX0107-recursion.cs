// ?
// A body is inlined where it is called. Repetition is a loop.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, int k) => k == 0 ? x : [|Forward(Sin(x), k - 1)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, int k)
    {
        for (var i = 0; i < k; i++) x = Sin(x);
        return x;
    }
}
