// MatMul: q is [b t d], k is [b s d]; the inner dims d and s differ. Did you mean MatMul(q, Transpose(k))?

[Network]
public partial class Net
{
    [return: Shape("b t s")]
    public virtual Tensor Forward([Shape("b t {|1:d|}")] Tensor q, [Shape("b {|2:s|} d")] Tensor k) => Softmax([|MatMul(q, k)|]);
}

// mended by: Transpose 'k'

[Network]
public partial class Net
{
    [return: Shape("b t s")]
    public virtual Tensor Forward([Shape("b t d")] Tensor q, [Shape("b s d")] Tensor k) => Softmax(MatMul(q, Transpose(k)));
}
