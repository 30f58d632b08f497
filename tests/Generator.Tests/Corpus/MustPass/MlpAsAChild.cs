// A layer of several.

[Network]
public partial class Net(int n)
{
    readonly Mlp mlp = new(n, 32, 1, 3);

    [return: Shape("b 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => mlp.Forward(x);
}
