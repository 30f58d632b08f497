// ?

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor [|Scale|] { get; set; }
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }
}
