// With: LayerNorm.Weight is declared Float32, and w is Int64; convert it with To

[Network]
public partial class Net(int n)
{
    readonly LayerNorm norm = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n", DType.Int64)] Tensor w) => norm.With(weight: [|w|]).Forward(x);
}

// mended:
[Network]
public partial class Net(int n)
{
    readonly LayerNorm norm = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n", DType.Int64)] Tensor w) => norm.With(weight: w.To(DType.Float32)).Forward(x);
}
