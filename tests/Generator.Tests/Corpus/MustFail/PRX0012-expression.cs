// The children 'layers' must not depend on the index 'i'; write them as [new(..), new(..)] where they differ

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(3, i => new Linear(n << [|i|], n << (i + 1)));

    [return: Shape("b 2*n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layers[0].Forward(x);
}
