// a local function is not part of the language: make it a private method

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return Twice(x);

        Tensor [|Twice|](Tensor v) => 2 * v;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        return Twice(x);
    }

    Tensor Twice(Tensor v) => 2 * v;
}
