// Energy: target is declared [b n], and 0 is []; it has 2 dimensions there and 0 here
// What a call gives to a derived method is compared with the declarations of the method that it is derived from.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x, [Shape({|1:"b n"|})] Tensor target) => Sum(Abs(x - target));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Shrink(Tensor x, Tensor target, float step);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Shrink(x, [|0|], 0.5f);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => Sum(Abs(x - target));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor Shrink(Tensor x, Tensor target, float step);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Shrink(x, 0 * x, 0.5f);
}
