// Forward declares the result [b 1], and Sum(x, dim: 1) is [b]; it has 2 dimensions there and 1 here. Did you mean Unsqueeze(Sum(x, dim: 1), -1)?

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:"b 1"|})]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Sum(x, dim: 1)|];
}

// mended by: Unsqueeze 'Sum(x, dim: 1)'

[Network]
public partial class Net(int n)
{
    [return: Shape("b 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Unsqueeze(Sum(x, dim: 1), -1);
}
