// ?

[Network]
public partial class Net(int hidden)
{
    [Parameter("[|hiden|] hidden")] public partial Tensor Weight { get; }

    [return: Shape("b hidden")]
    public virtual Tensor Forward([Shape("b hidden")] Tensor x) => MatMul(x, Weight);
}

// mended by: Change 'hiden' to 'hidden'

[Network]
public partial class Net(int hidden)
{
    [Parameter("hidden hidden")] public partial Tensor Weight { get; }

    [return: Shape("b hidden")]
    public virtual Tensor Forward([Shape("b hidden")] Tensor x) => MatMul(x, Weight);
}
