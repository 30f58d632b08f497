// Forward declares the result [b n], and Concat([x, x], dim: 1) is [b 2*n]; n and 2*n differ

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Concat([x, x], dim: 1)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2*n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Concat([x, x], dim: 1);
}
