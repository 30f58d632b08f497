// 'Net' must be a class and no record: a network is not a value

[Network]
public partial record [|Net|](int n);

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => n * x;
}
