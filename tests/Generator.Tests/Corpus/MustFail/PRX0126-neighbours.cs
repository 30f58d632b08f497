// Score is not equivariant under permutations of 'n': x[1..] takes elements at given positions along 'n'
// What is not in the result may depend on the order too.

[Network]
public partial class Net
{
    [PermutationEquivariant({|1:"n"|})]
    [return: Shape("")]
    public virtual Tensor Score([Shape("n")] Tensor x) => Sum(Square([|x[1..]|] - x[..^1]));
}

// mended:

[Network]
public partial class Net
{
    [PermutationEquivariant("n")]
    [return: Shape("")]
    public virtual Tensor Score([Shape("n")] Tensor x) => Sum(Square(Unsqueeze(x, 0) - Unsqueeze(x, 1)));
}
