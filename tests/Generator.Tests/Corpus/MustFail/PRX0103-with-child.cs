// With: n of Net.small is n, and that of large is 2*n

[Network]
public partial class Inner(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
}

[Network]
public partial class Net(int {|2:n|})
{
    readonly Inner {|1:small|} = new(n);
    readonly Inner large = new(2 * n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => small.Forward(x) + Sum(large.Scale);

    [return: Shape("b n")]
    public virtual Tensor Exchanged([Shape("b n")] Tensor x) => With(small: [|large|]).Forward(x);
}

// mended:
[Network]
public partial class Inner(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
}

[Network]
public partial class Net(int n)
{
    readonly Inner small = new(n);
    readonly Inner large = new(2 * n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => small.Forward(x) + Sum(large.Scale);

    [return: Shape("b n")]
    public virtual Tensor Exchanged([Shape("b n")] Tensor x) => With(small: small.With(scale: large.Scale[..n])).Forward(x);
}
