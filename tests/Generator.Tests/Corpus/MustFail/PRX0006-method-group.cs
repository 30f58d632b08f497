// this expression is not part of the language: a body has arithmetic, calls of Ops, children, methods and [TensorFunction]s, indexing, tuples and '?:'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scan(x, [|Maximum|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scan(x, (before, next) => Maximum(before, next));
}
