// assigning the loop variable 'k' is not part of the language: copy it to a local of its own

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n; k++)
        {
            [|k|] = k + 1;
            x = Sin(x);
        }
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
        for (var k = 0; k < n; k += 2)
        {
            x = Sin(x);
        }
        return x;
    }
}
