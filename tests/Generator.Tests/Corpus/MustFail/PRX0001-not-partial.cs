// ?
// The compiler adds members to a network class: the storage of its parameters, the derived methods, and the classes Cpu, Gpu and Torch. C# lets it do so
// only where every part of the class, and of the classes around it, says partial.

[Network]
public class [|Net|](int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended by: Add 'partial'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
