// Transpose: x is [n]; it has no dimension -2: dimensions run from -1 to 0

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => [|Transpose(x)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x;
}
