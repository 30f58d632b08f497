// ?
// Expressions and statements nest up to 200 deep.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor [|Forward|]([Shape("b n")] Tensor x) =>
        Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(Relu(x))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))));
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 230; k++) x = Relu(x);
        return x;
    }
}
