// ?
// A body calls Ops, compiled methods of its class and of its children, and static methods marked [TensorFunction]. Any other method is C# code that the
// compiler cannot see through.

public static class Helpers
{
    public static Tensor Halve(Tensor x) => 0.5f * x;
}

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Helpers.[|Halve|](x);
}

// mended:

public static class Helpers
{
    [TensorFunction]
    public static Tensor Halve(Tensor x) => 0.5f * x;
}

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Helpers.Halve(x);
}
