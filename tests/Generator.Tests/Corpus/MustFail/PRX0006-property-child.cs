// the property 'First' as a child is not part of the language: make it a readonly field

[Network]
public partial class Net(int n)
{
    private Linear First { get; } = new(4, 4);

    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * [|First|].Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(4, 4);

    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 4")] Tensor x) => n * first.Forward(x);
}
