// MatMul: x is [b n], rate is []; a scalar has no matrix product, '*' scales

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("")] Tensor rate) => [|MatMul(x, rate)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("")] Tensor rate) => x * rate;
}
