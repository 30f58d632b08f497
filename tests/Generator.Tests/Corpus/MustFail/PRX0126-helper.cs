// Step is looked at where it is called, with the shapes of that call: state it of a method that others can call
// A private method has no shapes of its own.

[Network]
public partial class Net
{
    [PermutationEquivariant([|"n"|])]
    private Tensor Step(Tensor x) => Tanh(x - Mean(x));

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Step(Step(x));
}

// mended:

[Network]
public partial class Net
{
    private Tensor Step(Tensor x) => Tanh(x - Mean(x));

    [PermutationEquivariant("n")]
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Step(Step(x));
}
