// Both branches are computed in every iteration, because the condition depends on the loop; take the iteration out of the loop where that costs too much
// An if on the counter of a loop does not branch in the kernels: both sides run in every iteration, and the values are picked.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 8; k++)
        {
            if ([|k == 0|]) x = Tanh(x);
            else x = Sin(x);
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
        x = Tanh(x);
        for (var k = 1; k < 8; k++) x = Sin(x);
        return x;
    }
}
