// Forward declares a result of Float32, and Exp(x) is Float64; convert it with To
// Element types never change by themselves on the way in or out of a method; To converts.

[Network]
public partial class Net(int n)
{
    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n", DType.Float64)] Tensor x) => [|Exp(x)|];
}

// mended by: Convert to Float32

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n", DType.Float64)] Tensor x) => Exp(x).To(DType.Float32);
}
