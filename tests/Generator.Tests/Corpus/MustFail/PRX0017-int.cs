// 'k' is int; [Shape] belongs to tensors
// An int argument is a size and has no shape; shapes of the other arguments may use its name.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape([|"k"|])] int k) => k * x;
}

// mended by: Remove [Shape]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, int k) => k * x;
}
