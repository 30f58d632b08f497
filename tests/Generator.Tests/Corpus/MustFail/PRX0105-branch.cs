// y is [b 1] in one branch and [b n] in the other; which one depends on a loop's counter, so the shapes must agree

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 4; k++)
        {
            var y = x;
            if ([|k == 2|]) y = Sum(x, dim: 1, keepDim: true);
            x = x + y;
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
        for (var k = 0; k < 4; k++)
        {
            var y = x;
            if (k == 2) y = Expand(Sum(x, dim: 1, keepDim: true), -1, n);
            x = x + y;
        }
        return x;
    }
}
