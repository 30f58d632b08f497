// Running is declared [n], and Mean(x, dim: 1) is [b]; n and b differ

[Network]
public partial class Net(int {|2:n|})
{
    [Buffer({|1:"n"|})] public partial Tensor Running { get; private set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("{|3:b|} n")] Tensor x)
    {
        Running = [|Mean(x, dim: 1)|];
        return x;
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
        Running = Mean(x, dim: 0);
        return x;
    }
}
