// this factory of children is not part of the language: create the child with 'new' and sizes

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(3, _ => [|Make(4)|]);

    private static Linear Make(int n) => new(n, n);

    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * layers[0].Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear[] layers = Repeat(3, _ => new Linear(4, 4));


    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * layers[0].Forward(x);
}
