// The child 'first' must be readonly: compiled code inlines what is created where it is declared
// A child that could be replaced later would be another network than the one that is compiled.

[Network]
public partial class Net(int n)
{
    Linear [|first|] = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => first.Forward(x);
}

// mended by: Add 'readonly'

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => first.Forward(x);
}
