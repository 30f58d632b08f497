// a pattern is not part of the language: compare sizes with ==, < and &&, values with Where

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|n is 1 or 2|] ? x : Sin(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => n == 1 || n == 2 ? x : Sin(x);
}
