// the property 'ProcessorCount' is not part of the language: use a constant or an argument

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * [|Environment.ProcessorCount|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, int cores) => x * cores;
}
