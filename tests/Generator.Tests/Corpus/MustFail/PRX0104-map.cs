// Map: x is [b n] and y is [b m]; n and m differ and neither is a written 1

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b {|1:n|}")] Tensor x, [Shape("b {|2:m|}")] Tensor y) => [|Map(x, y, (v, w) => v * w)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Map(x, y, (v, w) => v * w);
}
