// Arange: steps of 1 do not lead from 5 to 2

[Network]
public partial class Net
{
    [return: Shape("_")]
    public virtual Tensor Forward() => [|Arange(5, 2)|].To(DType.Float32);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("_")]
    public virtual Tensor Forward() => Arange(5, 2, -1).To(DType.Float32);
}
