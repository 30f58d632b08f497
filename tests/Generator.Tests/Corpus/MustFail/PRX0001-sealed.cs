// 'Net' must not be sealed: the compiled targets derive from it
// The compiled targets derive from the class, so it is neither sealed nor static nor abstract.

[Network]
public sealed partial class [|Net|](int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
}

// mended by: Remove 'sealed'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
}
