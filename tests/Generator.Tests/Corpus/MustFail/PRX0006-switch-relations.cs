// a switch expression is not part of the language: use '?:' or 'if' on sizes, Where on values

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|n switch { 1 => x, < 4 => Sin(x), _ => Cos(x) }|];
}

// mended by: Write it with '?:'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => n == 1 ? x : n < 4 ? Sin(x) : Cos(x);
}
