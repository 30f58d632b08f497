// Norm: x is declared [b n], and x is [n b]; n is n there and b here. Did you mean Norm(Transpose(x))?

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("n {|3:b|}")] Tensor x) => Norm([|x|]);

    [return: Shape("b")] public virtual Tensor Norm([Shape({|1:"b n"|})] Tensor x) => Sum(Square(x), dim: 1);
}

// mended by: Transpose 'x'

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("n b")] Tensor x) => Norm(Transpose(x));

    [return: Shape("b")] public virtual Tensor Norm([Shape("b n")] Tensor x) => Sum(Square(x), dim: 1);
}
