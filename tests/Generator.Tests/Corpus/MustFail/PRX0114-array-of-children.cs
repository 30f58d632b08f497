// the elements of 'ends' differ, so which one this is must be known at build time; foreach runs over all of them

[Network]
public partial class Net(int n)
{
    readonly Linear[] ends = [new(n, 4), new(4, n)];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 2; k++) x = [|ends[k]|].Forward(x);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear[] ends = [new(n, 4), new(4, n)];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        foreach (var end in ends) x = end.Forward(x);
        return x;
    }
}
