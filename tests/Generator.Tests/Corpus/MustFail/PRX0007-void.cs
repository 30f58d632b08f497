// 'Log' is not compiled: a body calls Ops, compiled methods of this class and its children, and [TensorFunction]s

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|Log|]();
        return x;
    }

    private void Log() => Console.WriteLine("called");
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return x;
    }
}
