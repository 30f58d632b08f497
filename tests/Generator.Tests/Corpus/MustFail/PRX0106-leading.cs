// Forward declares the result [...], and x is [batch n]; it has 1 dimension there and 2 here

[Network]
public partial class Net
{
    [return: Shape({|1:"..."|})]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => [|x|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("...")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => Sum(x, dim: -1);
}
