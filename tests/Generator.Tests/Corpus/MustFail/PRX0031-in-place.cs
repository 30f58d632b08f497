// The value of Relu(y) is not used, and a tensor never changes in place: assign it
// Operations give new tensors and change none.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = x + 1;
        [|Relu(y)|];
        return y;
    }
}

// mended by: Assign it to 'y'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = x + 1;
        y = Relu(y);
        return y;
    }
}
