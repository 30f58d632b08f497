// assigning part of a tensor is not part of the language: build the tensor with Where, Concat or Stack

[Network]
public partial class Net(int n)
{
    [return: Shape("4 n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        for (var k = 0; k < 4; k++) [|x[k]|] = Relu(x[k]);
        return x;
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("4 n")]
    public virtual Tensor Forward([Shape("4 n")] Tensor x)
    {
        var rows = x;
        for (var k = 0; k < 4; k++) rows = Concat([rows[1..], Relu(rows[..1])]);
        return rows;
    }
}
