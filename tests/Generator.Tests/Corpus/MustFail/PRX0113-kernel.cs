// MaxPool2d: x is [b 3 4 4]; the kernel spans 5 values, and dimension 2 has 4 with its padding
// A window lies within the image and its padding.

[Network]
public partial class Net
{
    [return: Shape("b 3 _ _")]
    public virtual Tensor Forward([Shape("b 3 4 4")] Tensor x) => [|MaxPool2d(x, 5)|];
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("b 3 _ _")]
    public virtual Tensor Forward([Shape("b 3 4 4")] Tensor x) => MaxPool2d(x, 5, padding: 1);
}
