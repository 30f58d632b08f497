// Forward declares the result [n b], and y is [b n]; n and b differ. Did you mean Transpose(y)?

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape({|1:"n b"|})]
    public virtual Tensor Forward([Shape("{|3:b|} n")] Tensor x)
    {
        var y = Relu(x);
        return [|y|];
    }
}

// mended by: Transpose 'y'

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
