// ?
// Element types never change by themselves on the way in or out of a method; To converts.

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n", DType.Float64)] Tensor x) => [|Exp(x)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n", DType.Float64)] Tensor x) => Exp(x).To(DType.Float32);
}
