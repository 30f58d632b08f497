// ?

[Network]
public partial class Net(int n, int {|1:layers|})
{
    [Parameter("layers")] public partial Tensor Threshold { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < layers; k++) x = SoftThreshold(x, Threshold[[|k + 1|]]);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n, int layers)
{
    [Parameter("layers")] public partial Tensor Threshold { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < layers; k++) x = SoftThreshold(x, Threshold[k]);
        return x;
    }
}
