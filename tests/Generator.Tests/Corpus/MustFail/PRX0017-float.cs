// 'rate' is float; [Shape] belongs to tensors

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape([|""|])] float rate) => rate * x;
}

// mended by: Remove [Shape]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, float rate) => rate * x;
}
