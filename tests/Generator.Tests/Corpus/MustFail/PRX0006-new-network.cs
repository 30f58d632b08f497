// creating a network in a body is not part of the language: declare it as a readonly field

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|new Linear(n, n)|].Forward(x);
}

// mended by: Make it a child

[Network]
public partial class Net(int n)
{
    readonly Linear linear = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => linear.Forward(x);
}
