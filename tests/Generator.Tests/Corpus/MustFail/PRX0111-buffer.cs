// Calls is declared Int64, and Calls * 0.5 is Float32; convert it with To

[Network]
public partial class Net(int n)
{
    [Buffer({|1:""|}, DType.Int64)] public partial Tensor Calls { get; private set; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x)
    {
        Calls = [|Calls * 0.5|];
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("", DType.Int64)] public partial Tensor Calls { get; private set; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x)
    {
        Calls = Calls + 1;
        return x;
    }
}
