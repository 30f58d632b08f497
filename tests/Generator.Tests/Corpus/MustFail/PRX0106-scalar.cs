// Loss declares the result [], and Square(x) is [b n]; it has 0 dimensions there and 2 here

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:""|})]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => [|Square(x)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x));
}
