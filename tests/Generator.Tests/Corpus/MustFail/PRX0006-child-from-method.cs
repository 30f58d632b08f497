// the child 'first' is not part of the language: create it where it is declared: = new(..)

[Network]
public partial class Net(int n)
{
    readonly Linear first = [|Make()|];

    private static Linear Make() => new(4, 4);

    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * first.Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(4, 4);


    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * first.Forward(x);
}
