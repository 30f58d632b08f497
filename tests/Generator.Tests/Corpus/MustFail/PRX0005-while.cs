// ?
// A body is compiled, not run: its loops are for over a range of ints and foreach over children, its conditions speak of sizes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var k = 0;
        [|while|] (k < 4) { x = Sin(x); k++; }
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
        for (var k = 0; k < 4; k++) x = Sin(x);
        return x;
    }
}
