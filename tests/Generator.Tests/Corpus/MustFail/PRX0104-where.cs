// Where: x is [b n] and mask > 0 is [b]; n and b differ and neither is a written 1. Did you mean Where(Unsqueeze(mask > 0, -1), x, 0)?

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("{|2:b|} {|1:n|}")] Tensor x, [Shape("b")] Tensor mask) => [|Where(mask > 0, x, 0)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b")] Tensor mask) => Where(Unsqueeze(mask > 0, -1), x, 0);
}
