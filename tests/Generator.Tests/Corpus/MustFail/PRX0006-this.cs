// 'this' as a value is not part of the language: name a parameter, a child or a method

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Other([|this|], x);

    Tensor Other(Net net, Tensor x) => x;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Other(x);

    Tensor Other(Tensor x) => n * x;
}
