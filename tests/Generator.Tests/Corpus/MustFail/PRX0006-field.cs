// ?
// Expressions are arithmetic, calls of Ops, children, methods and tensor functions, indexing, tuples and ?:. What a body computes with is declared: an
// argument, a parameter, a buffer, a child or a size.

[Network]
public partial class Net(int n)
{
    readonly Tensor mean = Tensor.Zeros(1);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - [|mean|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Mean { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - Mean;
}
