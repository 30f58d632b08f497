// a while loop is not part of the language: write a 'for' over an int range

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var k = 0;
        [|while|] (k < n)
        {
            x = Sin(x);
            k++;
        }
        return x;
    }
}

// mended by: Write it as a 'for' loop

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < n; k++)
        {
            x = Sin(x);
        }
        return x;
    }
}
