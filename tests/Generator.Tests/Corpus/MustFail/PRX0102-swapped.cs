// MatMul: x is [n b], a is [m n]; the inner dims b and m differ. Did you mean MatMul(a, x)?

[Network]
public partial class Net(int {|2:m|}, int n)
{
    [return: Shape("m b")]
    public virtual Tensor Forward([Shape("m n")] Tensor a, [Shape("n {|1:b|}")] Tensor x) => [|MatMul(x, a)|];
}

// mended by: Exchange the operands of MatMul

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("m b")]
    public virtual Tensor Forward([Shape("m n")] Tensor a, [Shape("n b")] Tensor x) => MatMul(a, x);
}
