// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        Tensor sum = 0;
        for (var k = 0; k < 4; k++) [|sum|] += x[k];
        return sum;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        var sum = Zeros(n);
        for (var k = 0; k < 4; k++) sum += x[k];
        return sum;
    }
}
