// ?

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("m b")] Tensor x, [Shape("m n")] Tensor a) => [|MatMul(x, a)|];
}

// mended by: Transpose 'x'

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("m b")] Tensor x, [Shape("m n")] Tensor a) => MatMul(Transpose(x), a);
}
