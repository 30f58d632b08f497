// '==' asks whether two tensors are the same object; Equal compares their elements

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = Relu(x);
        if ([|y == x|]) y = 2 * y;
        return y;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = Relu(x);
        return Where(Equal(y, x), 2 * y, y);
    }
}
