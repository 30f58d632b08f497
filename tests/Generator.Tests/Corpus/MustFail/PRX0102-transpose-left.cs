// MatMul: x is [m b], a is [m n]; the inner dims b and m differ. Did you mean MatMul(Transpose(x), a)?

[Network]
public partial class Net(int {|2:m|}, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("m {|1:b|}")] Tensor x, [Shape("m n")] Tensor a) => [|MatMul(x, a)|];
}

// mended by: Transpose 'x'

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("m b")] Tensor x, [Shape("m n")] Tensor a) => MatMul(Transpose(x), a);
}
