// Sizes of a child follow from those of its parent.

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, 2 * n);
    readonly Linear last = new(2 * n, 1);

    [return: Shape("b 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => last.Forward(Relu(first.Forward(x)));
}
