// this loop step is not part of the language: write for (var k = start; k < end; k++), or with k <= end, k--, k += step

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|for|] (var k = 1; k < n; k *= 2) x = Sin(x);
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
        for (var k = 1; k < n; k += 2) x = Sin(x);
        return x;
    }
}
