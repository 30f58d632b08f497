// ?
// A call of a compiled method gives each argument the shape that the method declares. Names that the method binds take the sizes of this call; the
// others are already known and must agree.

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b n")]
    public virtual Tensor Encode([Shape({|1:"b m"|})] Tensor y) => y[.., ..n];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y) => Encode([|Encode(y)|]);
}
