// ?
// Repeat makes children that are alike: their parameters are one stacked tensor, and a loop over them is one loop in the generated code. Children that differ are
// written out.

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(2, i => new Linear(n + [|i|], n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = [new(n, n + 1), new(n + 1, n)];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }
}
