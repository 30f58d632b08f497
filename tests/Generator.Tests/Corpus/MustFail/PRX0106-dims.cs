// ?

[Network]
public partial class Net(int {|3:n|})
{
    [return: Shape({|1:"n b"|})]
    public virtual Tensor Forward([Shape("{|2:b|} n")] Tensor x)
    {
        var y = Relu(x);
        return [|y|];
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = Relu(x);
        return Transpose(y);
    }
}
