// Expand: x is [2 n], the new shape is [4 -1]; 2 and 4 differ, and only a written 1 is repeated

[Network]
public partial class Net
{
    [return: Shape("4 n")]
    public virtual Tensor Forward([Shape("2 n")] Tensor x) => [|Expand(x, 4, -1)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("2 2 n")]
    public virtual Tensor Forward([Shape("2 n")] Tensor x) => Expand(Unsqueeze(x, 0), 2, -1, -1);
}
