// x is [4 n]; index 4 is not within its dimension 0, which is 4
// An index, and both ends of a range, lie within the dimension. What depends on sizes that are not known yet is checked when the method is entered.

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[[|4|]];
}

// mended by: Take the last one

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x) => x[^1];
}
