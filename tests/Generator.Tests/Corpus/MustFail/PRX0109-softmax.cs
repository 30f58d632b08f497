// Softmax: x is [b n]; it has no dimension 2: dimensions run from -2 to 1

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Softmax(x, dim: [|2|]);
}

// mended by: Use the last dimension

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Softmax(x, dim: -1);
}
