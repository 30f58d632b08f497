// 'scale' is double, and the compiled targets compute with it as float
// The reference computes with the number as it is, a compiled target in the element type of the tensors.

[Network]
public partial class Net(int n, double [|scale|])
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => scale * x;
}

// mended:

[Network]
public partial class Net(int n, float scale)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => scale * x;
}
