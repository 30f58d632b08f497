// No method reads the buffer 'UnreadMean'

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor [|UnreadMean|] { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor UnreadMean { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x - UnreadMean);
}
