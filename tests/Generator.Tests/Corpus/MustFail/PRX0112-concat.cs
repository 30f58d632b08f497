// Concat: x is [b m] and y is [b n]; they may differ in dimension 0 only, and m and n differ. Did you mean Concat([x, y], dim: 1)?
// Tensors that are concatenated may differ in one dimension only; tensors that are stacked have one shape.

[Network]
public partial class Net(int {|1:m|}, int {|2:n|})
{
    [return: Shape("b m+n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("b n")] Tensor y) => [|Concat([x, y])|];
}

// mended by: Use dim: 1

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b m+n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("b n")] Tensor y) => Concat([x, y], dim: 1);
}
