// An index, from the end as well.

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(3, _ => new Linear(n, n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => layers[^1].Forward(layers[0].Forward(x));
}
