// foreach over this is not part of the language: foreach runs over a field that is an array of child networks; for the rows of a tensor write a 'for'

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        var sum = Zeros(n);
        [|foreach|] (var row in new[] { x[0], x[1], x[2], x[3] }) sum += row;
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
