// 'widt' is not a constructor parameter of Net; did you mean 'width'?

[Network, Require("[|widt|] % 4 == 0")]
public partial class Net(int width)
{
    [return: Shape("width")]
    public virtual Tensor Forward([Shape("width")] Tensor x) => 2 * x;
}

// mended:

[Network, Require("width % 4 == 0")]
public partial class Net(int width)
{
    [return: Shape("width")]
    public virtual Tensor Forward([Shape("width")] Tensor x) => 2 * x;
}
