// assigning this is not part of the language: assign a local or a [Buffer]

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Bias { get; }
    private Tensor? last;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|last|] = x;
        return x + Bias;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Bias { get; }
    [Buffer("n")] public partial Tensor Last { get; set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        Last = Mean(x, dim: 0);
        return x + Bias;
    }
}
