// 'Twice' is a [TensorFunction]: it must be static
// A function on tensors belongs to no object: it is inlined where it is called.

public class Functions
{
    [TensorFunction] public Tensor [|Twice|](Tensor x) => 2 * x;
}

// mended:

public static class Functions
{
    [TensorFunction] public static Tensor Twice(Tensor x) => 2 * x;
}
