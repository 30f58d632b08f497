// ?

[Network]
public partial class Net
{
    [return: Shape("b t s")]
    public virtual Tensor Forward([Shape("2 t d")] Tensor q, [Shape("3 d s")] Tensor k) => [|MatMul(q, k)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b t s")]
    public virtual Tensor Forward([Shape("b t d")] Tensor q, [Shape("b d s")] Tensor k) => MatMul(q, k);
}
