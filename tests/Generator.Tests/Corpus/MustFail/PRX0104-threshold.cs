// SoftThreshold: x is [b n] and threshold is [m]; n and m differ and neither is a written 1

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b {|1:n|}")] Tensor x, [Shape("{|2:m|}")] Tensor threshold) => [|SoftThreshold(x, threshold)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n")] Tensor threshold) => SoftThreshold(x, threshold);
}
