// 'before', which is the buffer Running itself and has been assigned since it was read, is not part of the language: read the buffer again, or keep a value computed from it

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Running { get; private set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var before = Running;
        Running = Mean(x, dim: 0);
        return x - [|before|];
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Running { get; private set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var centred = x - Running;
        Running = Mean(x, dim: 0);
        return centred;
    }
}
