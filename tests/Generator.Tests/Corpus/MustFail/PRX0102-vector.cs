// MatMul: x is [m], y is [n]; the inner dims m and n differ

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("{|1:m|}")] Tensor x, [Shape("{|2:n|}")] Tensor y) => [|MatMul(x, y)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("m")] Tensor x, [Shape("m")] Tensor y) => MatMul(x, y);
}
