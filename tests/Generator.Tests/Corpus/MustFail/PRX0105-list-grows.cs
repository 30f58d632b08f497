// 'seen' is [1 n] in the first iteration and [2 n] in the next; a loop keeps the shape of what it carries

[Network]
public partial class Net(int {|1:n|}, int steps = 4)
{
    [return: Shape("_ n")]
    public virtual Tensor Forward([Shape("1 n")] Tensor x)
    {
        var seen = x;
        for (var k = 0; k < steps; k++) [|seen|] = Concat([seen, x], dim: 0);
        return seen;
    }
}

// mended:

[Network]
public partial class Net(int n, int steps = 4)
{
    [return: Shape("_ n")]
    public virtual Tensor Forward([Shape("1 n")] Tensor x)
    {
        var seen = Zeros(steps + 1, n) + x;
        for (var k = 0; k < steps; k++) seen = seen + x;
        return seen;
    }
}
