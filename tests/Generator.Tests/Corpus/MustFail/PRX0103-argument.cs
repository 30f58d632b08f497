// Encode: y is declared [b m], and Encode(y) is [b n]; m is m there and n here
// A call of a compiled method gives each argument the shape that the method declares. Names that the method binds take the sizes of this call; the
// others are already known and must agree.

[Network]
public partial class Net(int {|2:m|}, int {|3:n|})
{
    [return: Shape("b n")]
    public virtual Tensor Encode([Shape({|1:"b m"|})] Tensor y) => y[.., ..n];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y) => Encode([|Encode(y)|]);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Encode([Shape("b m")] Tensor y) => y[.., ..n];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y) => Encode(2 * y);
}
