// 'Twice' declares shapes and is not compiled: it is static: make it an instance method of the network, or mark it [TensorFunction]
// What declares shapes asks to be checked and compiled; where that is impossible, nobody would look at the shapes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("b n")] public static Tensor [|Twice|]([Shape("b n")] Tensor x) => 2 * x;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    [TensorFunction] public static Tensor Twice([Shape("b n")] Tensor x) => 2 * x;
}
