// ?
// A loop stays a loop in the generated code, so what it carries from one iteration to the next keeps its shape and its element type.

[Network]
public partial class Net(int n)
{
    [return: Shape("b _")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 3; k++) [|x|] = Concat([x, x], dim: 1);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 3; k++) x = Sin(x) + x;
        return x;
    }
}
