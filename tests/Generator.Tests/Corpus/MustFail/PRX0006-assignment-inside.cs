// an assignment inside an expression is not part of the language: make it a statement of its own

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        Tensor y;
        return Relu([|y = x + 1|]) + y;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = x + 1;
        return Relu(y) + y;
    }
}
