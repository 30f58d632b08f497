// 'Net' needs a primary constructor: class Net(int n); children and parameters are made from its parameters

[Network]
public partial class Net
{
    private readonly int width;

    public [|Net|](int width) => this.width = width;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
}

// mended:

[Network]
public partial class Net(int width)
{


    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => width * x;
}
