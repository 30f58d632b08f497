// ?
// Each target overrides the compiled methods with its own code. A method that is not virtual cannot be overridden, and every target would run the reference.
// A helper that only other methods call is private and needs no virtual.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public Tensor [|Forward|]([Shape("b n")] Tensor x) => Relu(x);
}

// mended by: Add 'virtual'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
