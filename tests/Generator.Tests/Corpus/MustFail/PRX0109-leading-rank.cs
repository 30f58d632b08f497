// x is [batch n] with leading batch dims ('...') in front; its rank is known only at run time

[Network]
public partial class Net
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x / [|x.Rank|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => x / x.Dim(-1);
}
