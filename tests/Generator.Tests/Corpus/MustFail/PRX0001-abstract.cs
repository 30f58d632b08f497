// 'Net' must not be abstract: it is the reference that runs its bodies as written

[Network]
public abstract partial class [|Net|](int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
}

// mended by: Remove 'abstract'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
}
