// The value of Clamp(x, -1, 1) is not used, and a tensor never changes in place: assign it

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|Clamp(x, -1, 1)|];
        return x;
    }
}

// mended by: Assign it to 'x'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x = Clamp(x, -1, 1);
        return x;
    }
}
