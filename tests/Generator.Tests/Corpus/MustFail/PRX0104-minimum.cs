// Minimum: x is [b n] and y is [n b]; n and b differ and neither is a written 1

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("{|2:b|} {|1:n|}")] Tensor x, [Shape("n b")] Tensor y) => [|Minimum(x, y)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n b")] Tensor y) => Minimum(x, Transpose(y));
}
