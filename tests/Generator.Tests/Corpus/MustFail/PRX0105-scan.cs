// Scan: the function makes Float32 [2 n] of Float32 [n]; it must keep the shape and the element type
// A scan hands what its function makes to the next call of it.

[Network]
public partial class Net(int {|1:n|})
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scan(x, (before, next) => [|Stack([before, next])|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Scan(x, (before, next) => before + Sum(next));
}
