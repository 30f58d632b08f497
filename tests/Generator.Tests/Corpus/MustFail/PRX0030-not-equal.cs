// '!=' asks whether two tensors are the same object; NotEqual compares their elements

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where([|x != y|], x, 0);
}

// mended by: Use NotEqual

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Where(NotEqual(x, y), x, 0);
}
