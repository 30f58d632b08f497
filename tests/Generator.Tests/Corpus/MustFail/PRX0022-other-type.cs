// 'String' is no constraint: it does not implement IConstraint
// A constraint is a type that implements IConstraint and that the generated code can create.

[Network]
public partial class Net(int n)
{
    [Parameter("n", Constraint = typeof([|string|]))] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n", Constraint = typeof(NonNegative))] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
