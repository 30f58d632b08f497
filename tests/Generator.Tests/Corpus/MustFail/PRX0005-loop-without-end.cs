// a loop without an end is not part of the language: write for (var k = start; k < end; k++), or with k <= end, k--, k += step

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|for|] (var k = 0; ; k++) x = Sin(x);
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n; k++) x = Sin(x);
        return x;
    }
}
