// Heads requires heads * size == width; here heads is 3, size is 8, width is 32

[Network, Require({|1:"heads * size == width"|})]
public partial class Heads(int heads, int size, int width)
{
    [return: Shape("b heads size")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => Reshape(x, x.Dim(0), heads, size);
}

[Network]
public partial class Net
{
    readonly Heads [|split|] = new(3, 8, 32);

    [return: Shape("b 3 8")]
    public virtual Tensor Forward([Shape("b 32")] Tensor x) => split.Forward(x);
}

// mended:

[Network, Require("heads * size == width")]
public partial class Heads(int heads, int size, int width)
{
    [return: Shape("b heads size")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => Reshape(x, x.Dim(0), heads, size);
}

[Network]
public partial class Net
{
    readonly Heads split = new(4, 8, 32);

    [return: Shape("b 4 8")]
    public virtual Tensor Forward([Shape("b 32")] Tensor x) => split.Forward(x);
}
