// Again calls itself; a body is inlined where it is called, so write the repetition as a 'for' loop

[Network]
public partial class Net(int n)
{
    readonly Middle middle = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => middle.Forward(x);
}

[Network]
public partial class Middle(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => {|1:Again(Sin(x))|};

    Tensor Again(Tensor x) => [|Again(Cos(x))|];
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Middle middle = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => middle.Forward(x);
}

[Network]
public partial class Middle(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Again(Sin(x));

    Tensor Again(Tensor x)
    {
        for (var k = 0; k < n; k++) x = Cos(x);
        return x;
    }
}
