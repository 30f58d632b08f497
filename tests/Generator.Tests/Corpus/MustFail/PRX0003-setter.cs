// 'Scale' must be 'partial Tensor Scale { get; }': the compiler supplies its storage

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
