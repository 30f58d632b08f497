// The child 'norm' is not used; its parameters are stored and saved, and never learned
// A private child that nothing calls costs memory and time in every file and optimizer.

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);
    readonly LayerNorm [|norm|] = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => first.Forward(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);
    readonly LayerNorm norm = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => first.Forward(norm.Forward(x));
}
