// 'sum' is [] in the first iteration and [n] in the next; a loop keeps the shape of what it carries

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("b {|1:n|}")] Tensor x)
    {
        var sum = Zeros();
        for (var k = 0; k < 4; k++) [|sum|] = sum + x[k];
        return sum;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        var sum = Zeros(n);
        for (var k = 0; k < 4; k++) sum = sum + x[k];
        return sum;
    }
}
