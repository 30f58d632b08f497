// Unsqueeze: x is [b n]; it has no dimension 3: dimensions run from -3 to 2

[Network]
public partial class Net
{
    [return: Shape("b n 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Unsqueeze(x, [|3|]);
}

// mended by: Use the last dimension

[Network]
public partial class Net
{
    [return: Shape("b n 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Unsqueeze(x, -1);
}
