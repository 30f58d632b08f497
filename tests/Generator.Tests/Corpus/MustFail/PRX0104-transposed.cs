// Add: x is [m n] and Transpose(x) is [n m]; n and m differ and neither is a written 1

[Network]
public partial class Net
{
    [return: Shape("n m")]
    public virtual Tensor Forward([Shape("{|2:m|} {|1:n|}")] Tensor x) => [|x + Transpose(x)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("n n")]
    public virtual Tensor Forward([Shape("n n")] Tensor x) => x + Transpose(x);
}
