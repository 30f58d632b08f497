// Max: x > 0 holds truth values, not numbers; convert it with To, or use &, | and !

[Network]
public partial class Net
{
    [return: Shape("b", DType.Bool)]
    public virtual Tensor Any([Shape("b 3")] Tensor x) => Max([|x > 0|], dim: 1);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b", DType.Bool)]
    public virtual Tensor Any([Shape("b 3")] Tensor x) => Max(x, dim: 1) > 0;
}
