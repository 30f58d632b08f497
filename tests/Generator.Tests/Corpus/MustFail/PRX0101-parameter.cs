// ?
// The shape of a parameter names constructor parameters. The shape of a result names those, and what the shapes of the arguments bind.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m [|width|]")] public partial Tensor Weight { get; }
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
}
