// 'z' is no argument of Forward; it has x, c
// In names arguments of the method that is mapped.

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x, [Shape("n")] Tensor c) => x * c;

    [Vmap(of: nameof(Forward), In = [|"z"|])]
    public virtual partial Tensor Batched(Tensor x, Tensor c);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x, [Shape("n")] Tensor c) => x * c;

    [Vmap(of: nameof(Forward), In = "x")]
    public virtual partial Tensor Batched(Tensor x, Tensor c);
}
