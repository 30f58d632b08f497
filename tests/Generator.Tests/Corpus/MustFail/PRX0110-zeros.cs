// Zeros: the size -2 is negative

[Network]
public partial class Net
{
    [return: Shape("_")]
    public virtual Tensor Forward() => [|Zeros(-2)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("_")]
    public virtual Tensor Forward() => Zeros(2);
}
