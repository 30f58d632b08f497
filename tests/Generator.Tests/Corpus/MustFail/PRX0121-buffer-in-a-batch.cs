// Forward assigns the buffer 'Calls', and [Vmap] does not say when: derive from a method that gives the value, and assign where it is called

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Calls { get; private set; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x)
    {
        Calls = Calls + 1;
        return x * 2;
    }

    [Vmap(of: nameof([|Forward|]))]
    public virtual partial Tensor All(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Calls { get; private set; }

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => x * 2;

    [Vmap(of: nameof(Forward))]
    public virtual partial Tensor All(Tensor x);

    [return: Shape("b n")]
    public virtual Tensor Counted([Shape("b n")] Tensor x)
    {
        Calls = Calls + 1;
        return All(x);
    }
}
