// The child 'layers' must be readonly: compiled code inlines what is created where it is declared

[Network]
public partial class Net(int n)
{
    private Linear[] [|layers|] = Repeat(3, _ => new Linear(n, n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        foreach (var layer in layers) x = Tanh(layer.Forward(x));
        return x;
    }
}

// mended by: Add 'readonly'

[Network]
public partial class Net(int n)
{
    private readonly Linear[] layers = Repeat(3, _ => new Linear(n, n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        foreach (var layer in layers) x = Tanh(layer.Forward(x));
        return x;
    }
}
