// 'x' is [b n] in the first iteration and [b] in the next; a loop keeps the shape of what it carries

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("{|1:b|} n")] Tensor x)
    {
        for (var k = 0; k < 3; k++) [|x|] = Sum(x, dim: 1);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 3; k++) x = x / (1 + Sum(x, dim: 1, keepDim: true));
        return Sum(x, dim: 1);
    }
}
