// 'Half' is a [TensorFunction]: it must return Tensor or a tuple of tensors

public static class Functions
{
    [TensorFunction] public static [|float|] Half(float x) => x / 2;
}

// mended:

public static class Functions
{
    [TensorFunction] public static Tensor Half(Tensor x) => x / 2;
}
