// ?
// A shape is a list of entries with blanks between them.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m[|,|] n")] public partial Tensor Weight { get; }
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
}
