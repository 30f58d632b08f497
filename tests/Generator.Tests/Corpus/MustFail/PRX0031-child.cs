// The value of first.Forward(x) is not used, and a tensor never changes in place: assign it

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|first.Forward(x)|];
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x = first.Forward(x);
        return x;
    }
}
