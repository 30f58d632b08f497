// MatMul: y is [b m], Inhibition is [n n]; the inner dims m and n differ

[Network]
public partial class Net(int {|1:m|}, int {|2:n|})
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n n")] public partial Tensor Inhibition { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var c = MatMul(y, Weight);
        return [|MatMul(y, Inhibition)|] + c;
    }
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n n")] public partial Tensor Inhibition { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var c = MatMul(y, Weight);
        return MatMul(c, Inhibition) + c;
    }
}
