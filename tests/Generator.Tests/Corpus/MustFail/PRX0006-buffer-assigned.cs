// ?

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Running { get; private set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|Running|] = Mean(x, dim: 0);
        return x - Running;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("n")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x)
    {
        var mean = Mean(x, dim: 0);
        return (x - mean, mean);
    }
}
