// 'Net' must not be static: every target is an instance of it

[Network]
public static partial class [|Net|]
{
    [TensorFunction] public static Tensor Twice(Tensor x) => 2 * x;
}

// mended:

public static class Net
{
    [TensorFunction] public static Tensor Twice(Tensor x) => 2 * x;
}
