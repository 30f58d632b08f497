// BitwiseAnd: x is Float32, and only Int64 has bits; convert it with To

[Network]
public partial class Net(int n)
{
    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|BitwiseAnd(x, 7)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => BitwiseAnd(x.To(DType.Int64), 7);
}
