// ?
// An index, and both ends of a range, lie within the dimension. What depends on sizes that are not known yet is checked when the method is entered.

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[[|4|]];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[^1];
}
