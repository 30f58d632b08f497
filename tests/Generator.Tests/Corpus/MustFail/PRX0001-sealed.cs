// ?
// The compiled targets derive from the class, so it is neither sealed nor static nor abstract.

[Network]
public sealed partial class [|Net|](int n)
{
    const float Slope = 0.1f;
}

// mended:

[Network]
public partial class Net(int n)
{
    const float Slope = 0.1f;
}
