// Sum: x is []; it has no dimension 0: a scalar has no dimensions

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("")] Tensor x) => Sum(x, dim: [|0|]);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("")] Tensor x) => x;
}
