// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape({|1:""|})]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (x, [|Sum(x, dim: 1)|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (x, Sum(x));
}
