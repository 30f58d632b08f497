// Net has no method 'Spike' with a body, so there is nothing whose derivative this could be

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Floor(x);

    [CustomGradient(of: [|"Spike"|])]
    Tensor SpikeGradient(Tensor x, Tensor gradient) => gradient;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Floor(x);

    [CustomGradient(of: nameof(Forward))]
    Tensor ForwardGradient(Tensor x, Tensor gradient) => gradient;
}
