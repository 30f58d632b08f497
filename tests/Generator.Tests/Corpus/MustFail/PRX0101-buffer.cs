// 'k' is not a constructor parameter of Net

[Network]
public partial class Net(int n)
{
    [Buffer("[|k|]")] public partial Tensor Mean { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - Mean;
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Mean { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - Mean;
}
