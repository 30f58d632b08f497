// The children 'layers' must not depend on the index 'i'; write them as [new(..), new(..)] where they differ

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(3, i => new Linear(n << [|i|], n << (i + 1)));

    [return: Shape("b 2*n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layers[0].Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = [new(n, 2 * n), new(2 * n, 4 * n), new(4 * n, 8 * n)];

    [return: Shape("b 2*n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layers[0].Forward(x);
}
