// 'l' is an index of the result and of no operand
// The letters of an equation's result name dimensions of the operands.

[Network]
public partial class Net(int n)
{
    [return: Shape("n n")]
    public virtual Tensor Forward([Shape("n n")] Tensor x) => Einsum("ij,jk->i[|l|]", x, x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n n")]
    public virtual Tensor Forward([Shape("n n")] Tensor x) => Einsum("ij,jk->ik", x, x);
}
