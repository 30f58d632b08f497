// No argument of Forward has a dimension 'nodes' whose order could change
// The attribute names a dimension as the shapes do.

[Network]
public partial class Net
{
    [PermutationEquivariant([|"nodes"|])]
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n n")] Tensor x) => Sum(x, dim: 1);
}

// mended:

[Network]
public partial class Net
{
    [PermutationEquivariant("n")]
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n n")] Tensor x) => Sum(x, dim: 1);
}
