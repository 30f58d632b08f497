// a while loop is not part of the language: write a 'for' over an int range

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var k = n;
        [|while|] (k > 0)
        {
            x = Sin(x) / k;
            k -= 2;
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
        for (var k = n; k > 0; k -= 2)
        {
            x = Sin(x) / k;
        }
        return x;
    }
}
