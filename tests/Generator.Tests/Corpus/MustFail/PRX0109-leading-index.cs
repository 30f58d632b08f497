// x is [batch n] with leading batch dims ('...') in front; use Slice with a dimension counted from the end, as -1

[Network]
public partial class Net
{
    [return: Shape("...")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => [|x[.., 0]|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("...")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => Squeeze(Slice(x, -1, 0, 1), -1);
}
