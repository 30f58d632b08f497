// 'Net' derives from 'Base'; a network derives from nothing and holds other networks as fields

[Network]
public partial class Base(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Half([Shape("b n")] Tensor x) => x / 2;
}

[Network]
public partial class [|Net|](int n) : Base(n);

// mended:

[Network]
public partial class Base(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Half([Shape("b n")] Tensor x) => x / 2;
}

[Network]
public partial class Net(int n)
{
    readonly Base half = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => half.Half(x);
}
