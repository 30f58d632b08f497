// '_' has no meaning here: it stands in the shape of an argument, or in that of a result which follows from the arguments

[Network]
public partial class Net(int n)
{
    [Parameter("n [|_|]")] public partial Tensor Weight { get; }
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }
}
