// Shrink is not equivariant under permutations of 'n': TautString(x, step) depends on the order
// A derived method is looked at like one with a body.

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => TotalVariation.Value(x);

    [PermutationEquivariant([|"n"|])]
    [Prox(of: nameof(F))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => L2Norm.Value(x);

    [PermutationEquivariant("n")]
    [Prox(of: nameof(F))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
