// Sum: x is [batch n] with leading batch dims ('...') in front; count its dimensions from the end, as -1

[Network]
public partial class Net
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x / Sum(x, dim: [|0|], keepDim: true);
}

// mended by: Count from the end

[Network]
public partial class Net
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x / Sum(x, dim: -1, keepDim: true);
}
