// foreach over this is not part of the language: foreach runs over a field that is an array of child networks; for the rows of a tensor write a 'for'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|foreach|] (var k in Enumerable.Range(0, n)) x = Sin(x);
        return x;
    }
}

// mended by: Write it as a 'for' loop

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
