// A constraint is projected onto after each step.

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = Init.Ones, Constraint = typeof(NonNegative))] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
}
