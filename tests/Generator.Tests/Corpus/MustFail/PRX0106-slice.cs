// Forward declares the result [b 4], and x[.., 1..4] is [b 3]; 4 and 3 differ

[Network]
public partial class Net
{
    [return: Shape({|1:"b 4"|})]
    public virtual Tensor Forward([Shape("b 8")] Tensor x) => [|x[.., 1..4]|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b 4")]
    public virtual Tensor Forward([Shape("b 8")] Tensor x) => x[.., 1..5];
}
