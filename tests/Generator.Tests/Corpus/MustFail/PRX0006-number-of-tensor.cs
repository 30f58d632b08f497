// turning a tensor into a number is not part of the language: its value is not known here: compute with the tensor itself

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x / [|(float)Sum(x)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x / Sum(x);
}
