// '==' asks whether two tensors are the same object; Equal compares their elements
// Tensors have no operator ==, so C# compares the objects, which says nothing about their elements.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where([|x == y|], x, y);
}

// mended by: Use Equal

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(Equal(x, y), x, y);
}
