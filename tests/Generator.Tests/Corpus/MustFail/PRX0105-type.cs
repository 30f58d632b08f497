// 'x' is [b n] in the first iteration and Float64 [b n] in the next; a loop keeps the shape of what it carries

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Forward([Shape("{|1:b|} n")] Tensor x)
    {
        for (var k = 0; k < 4; k++) [|x|] = x.To(DType.Float64);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = x.To(DType.Float64);
        for (var k = 0; k < 4; k++) y = Sin(y);
        return y;
    }
}
