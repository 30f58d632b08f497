// Conv2d: x is [b 3 h w], Weight is [8 4 3 3]; 3 and 4 channels differ
// A kernel has one slice for each channel of the image.

[Network]
public partial class Net
{
    [Parameter("8 4 3 3")] public partial Tensor Weight { get; }

    [return: Shape("b 8 _ _")]
    public virtual Tensor Forward([Shape("b 3 h w")] Tensor x) => [|Conv2d(x, Weight)|];
}

// mended:

[Network]
public partial class Net
{
    [Parameter("8 3 3 3")] public partial Tensor Weight { get; }

    [return: Shape("b 8 _ _")]
    public virtual Tensor Forward([Shape("b 3 h w")] Tensor x) => Conv2d(x, Weight);
}
