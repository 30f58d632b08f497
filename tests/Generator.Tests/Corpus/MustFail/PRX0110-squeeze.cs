// Squeeze: x is [b n]; dimension 1 is n, and only a 1 is squeezed

[Network]
public partial class Net(int {|1:n|})
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Squeeze(x, 1)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b 1")] Tensor x) => Squeeze(x, 1);
}
