// assigning part of a tensor is not part of the language: build the tensor with Where, Concat or Stack

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|x[0]|] = Zeros(n);
        return x;
    }
}

// mended by: Put the rows together with Concat

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x = Concat([x[..0], Unsqueeze(Zeros(n), 0), x[1..]]);
        return x;
    }
}
