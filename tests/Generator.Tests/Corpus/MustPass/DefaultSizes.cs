// Sizes may have defaults.

[Network]
public partial class Net(int n = 4, int width = 8)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * width;
}
