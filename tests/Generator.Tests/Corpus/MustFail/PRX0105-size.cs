// the size 'width' changes by k+1 in this iteration; a size that changes in a loop grows by the same amount in each

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var width = 1;
        for (var k = 0; k < 4; k++)
        {
            x = x / width;
            [|width|] *= 2;
        }
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
        var width = 1;
        for (var k = 0; k < 4; k++)
        {
            x = x / width;
            width += 2;
        }
        return x;
    }
}
